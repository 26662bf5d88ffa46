/* Clients, and students for them to register. */
#include "school.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

aluno_client_options school_client_options(const struct school *school)
{
    static _Thread_local char server[64];
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    if (getenv("SCHOOL_ONE_THREAD") != NULL)
        aluno_use_one_thread();
    snprintf(server, sizeof server, "tls+tcp://127.0.0.1:%u", school->port);
    options.server = server;
    options.ca_file = school_file(school, "ca/ca.crt");
    options.cert_file = school_file(school, "ca/clients/ana.crt");
    options.key_file = school_file(school, "ca/clients/ana.key");
    return options;
}

aluno_client *school_client(const struct school *school)
{
    aluno_client *client = NULL;
    aluno_error error = {0};
    const aluno_client_options options = school_client_options(school);
    if (aluno_client_open(&client, &options, &error) != ALUNO_OK)
        fail_msg("%s: %s", error.message, error.detail);
    return client;
}

aluno_create_student_request school_student(uint32_t number)
{
    aluno_create_student_request request = {0};
    char text[64], expected[3];
    aluno_student *student = &request.student;
    request.has.student = true;
    snprintf(text, sizeof text, "Aluno Número %u", number);
    ALUNO_SET_TEXT(*student, name, text);
    ALUNO_SET(*student, age, number % 100);
    snprintf(text, sizeof text, "aluno%u@example.com", number);
    ALUNO_SET_TEXT(*student, email, text);
    snprintf(text, sizeof text, "%09u00", 100000000 + number % 800000000);
    aluno_cpf_check(text, expected);
    memcpy(text + 9, expected, 3);
    ALUNO_SET_TEXT(*student, br_document, text);
    return request;
}

bool school_is_student(const aluno_student *student, uint32_t number)
{
    const aluno_create_student_request made = school_student(number);
    const aluno_student *wanted = &made.student;
    return student->has.id && strcmp(student->name, wanted->name) == 0 && student->age == wanted->age &&
           strcmp(student->br_document, wanted->br_document) == 0 &&
           strcmp(student->email, wanted->email) == 0;
}

void school_register_long_names(aluno_client *client, uint32_t count)
{
    char name[241] = "", email[255];
    for (size_t i = 0; i < 120; i++)
        memcpy(name + 2 * i, "ã", 2);
    memset(email, 'a', sizeof email - 1);
    email[60] = '@';
    for (size_t i = 110; i < sizeof email - 1; i += 50)
        email[i] = '.';
    email[sizeof email - 1] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        aluno_create_student_request request = school_student(i);
        aluno_student stored;
        ALUNO_SET_TEXT(request.student, name, name);
        ALUNO_SET_TEXT(request.student, email, email);
        assert_int_equal(aluno_create_student(client, &request, &stored, NULL, NULL), ALUNO_OK);
    }
}

void school_each_student(aluno_client *client, void (*visit)(const aluno_student *student, void *argument),
                         void *argument)
{
    static _Thread_local aluno_list_students_reply page;
    aluno_list_students_request request = {0};
    aluno_error error;
    do {
        if (aluno_list_students(client, &request, &page, NULL, &error) != ALUNO_OK)
            fail_msg("%s: %s", error.reason, error.message);
        for (size_t i = 0; i < page.students.count; i++)
            visit(&page.students.items[i], argument);
        if (page.has.next_page_token)
            ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    } while (page.has.next_page_token);
}
