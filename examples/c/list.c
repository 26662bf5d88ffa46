/* Lists all students, a page at a time: id, age and name, one a line.
 *
 * The certificate files come from the environment: ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY. */
#include <aluno/aluno.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void print_page(const aluno_list_students_reply *page)
{
    for (size_t i = 0; i < page->students.count; i++) {
        const aluno_student *student = &page->students.items[i];
        printf("%" PRId64 "\t%" PRId64 "\t%s\n", student->id, student->age, student->name);
    }
}

/* Reads page after page until one has no token for a next. */
static aluno_code print_all(aluno_client *client, aluno_error *error)
{
    static aluno_list_students_reply page; /* large, so not on the stack */
    aluno_list_students_request request = {0};
    do {
        const aluno_code code = aluno_list_students(client, &request, &page, NULL, error);
        if (code != ALUNO_OK)
            return code;
        print_page(&page);
        ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    } while (page.has.next_page_token);
    return ALUNO_OK;
}

int main(void)
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    options.server = getenv("ALUNO_SERVER");
    options.ca_file = getenv("ALUNO_CA");
    options.cert_file = getenv("ALUNO_CERT");
    options.key_file = getenv("ALUNO_KEY");

    aluno_error error;
    aluno_client *client;
    aluno_code code = aluno_client_open(&client, &options, &error);
    if (code == ALUNO_OK) {
        code = print_all(client, &error);
        aluno_client_close(client);
    }
    if (code != ALUNO_OK)
        fprintf(stderr, "%s: %s. %s\n", error.reason, error.message, aluno_remedy(error.reason, ALUNO_EN));
    return code == ALUNO_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
