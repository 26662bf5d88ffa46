#include "operations.h"

#include "client.h"
#include "made_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, TOKENS_MOST = 100 };

/* Requests keep their flags: only values change from call to call. */
static aluno_health_check_request health;
static aluno_get_student_request get;
static aluno_list_students_request list;
static aluno_create_student_request create;

static int64_t students;
static uint64_t next_new;
static char tokens[TOKENS_MOST][sizeof list.page_token];
static size_t token_count;

/* ---- health ---- */

static const void *next_health(operation *o)
{
    (void)o;
    return &health;
}

static bool is_serving(const operation *o, const void *reply)
{
    (void)o;
    return strcmp(((const aluno_health_check_reply *)reply)->status, "SERVING") == 0;
}

/* ---- get ---- */

static const void *next_get(operation *o)
{
    o->id = 1 + made_random(students);
    ALUNO_SET(get, id, o->id);
    return &get;
}

static bool is_asked(const operation *o, const void *reply)
{
    return ((const aluno_student *)reply)->id == o->id;
}

/* ---- page ---- */

/* Follows the pages from the first on. */
static void read_tokens(aluno_client *client)
{
    static aluno_list_students_reply reply;
    aluno_error error;
    ALUNO_SET(list, page_size, PAGE);
    ALUNO_SET_TEXT(list, page_token, "");
    list.has.page_token = false;
    do {
        if (aluno_list_students(client, &list, &reply, NULL, &error) != ALUNO_OK)
            client_fail("list", &error);
        memcpy(tokens[token_count], list.page_token, sizeof *tokens);
        ALUNO_SET_TEXT(list, page_token, reply.next_page_token);
    } while (++token_count < TOKENS_MOST && reply.has.next_page_token);
    if (reply.students.count < PAGE)
        token_count--; /* the last page, which is not full */
}

static const void *next_page(operation *o)
{
    const char *token = tokens[made_random((int64_t)token_count)];
    (void)o;
    ALUNO_SET_TEXT(list, page_token, token);
    list.has.page_token = *token != '\0';
    return &list;
}

static bool is_full_page(const operation *o, const void *reply)
{
    (void)o;
    return ((const aluno_list_students_reply *)reply)->students.count == PAGE;
}

/* ---- create ---- */

static const void *next_create(operation *o)
{
    (void)o;
    made_message(next_new++, &create.student);
    create.has.student = true;
    return &create;
}

static bool is_stored(const operation *o, const void *reply)
{
    (void)o;
    return ((const aluno_student *)reply)->id > students;
}

/* ---- all ---- */

static const struct kind {
    const char *name;
    aluno_method_id method;
    const void *(*next)(operation *o);
    bool (*accept)(const operation *o, const void *reply);
} kinds[] = {
    {"health", ALUNO_METHOD_health_check, next_health, is_serving},
    {"get", ALUNO_METHOD_get_student, next_get, is_asked},
    {"page", ALUNO_METHOD_list_students, next_page, is_full_page},
    {"create", ALUNO_METHOD_create_student, next_create, is_stored},
};
static const struct kind *kind;

void operation_prepare(const job *j, aluno_client *client)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, j->operation) == 0)
            kind = &kinds[i];
    if (kind == NULL) {
        fprintf(stderr, "%s: there is no operation %s\n", j->program, j->operation);
        exit(EXIT_FAILURE);
    }
    students = j->students;
    next_new = made_first_new();
    if (kind->next == next_page)
        read_tokens(client);
}

const void *operation_next(operation *o)
{
    return kind->next(o);
}

const aluno_method_desc *operation_method(void)
{
    return aluno_method_of(kind->method);
}

void operation_check(const operation *o, const void *reply)
{
    if (kind->accept(o, reply))
        return;
    fprintf(stderr, "bench-aluno: %s: the reply is not the one expected\n", kind->name);
    exit(EXIT_FAILURE);
}
