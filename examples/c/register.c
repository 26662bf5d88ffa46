/* Registers one student and shows how it was stored.
 *
 *     example-register NAME AGE CPF EMAIL
 *
 * The certificate files come from the environment: ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY. */
#include <aluno/aluno.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Prints all parts of an error, line by line. */
static int report(const aluno_error *error)
{
    char text[4096];
    aluno_error_format(error, ALUNO_EN, text, sizeof text);
    fputs(text, stderr);
    return EXIT_FAILURE;
}

/* Prints the service's warnings about a request that succeeded. */
static void warn(const aluno_reply_metadata *metadata)
{
    for (size_t i = 0; metadata->has.warnings && i < metadata->warnings.count; i++) {
        char text[256];
        aluno_violation_message(&metadata->warnings.items[i], ALUNO_EN, text, sizeof text);
        fprintf(stderr, "warning: %s: %s\n", metadata->warnings.items[i].field, text);
    }
}

int main(int argc, char *argv[])
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s NAME AGE CPF EMAIL\n", argv[0]);
        return 2;
    }

    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    options.server = getenv("ALUNO_SERVER");
    options.ca_file = getenv("ALUNO_CA");
    options.cert_file = getenv("ALUNO_CERT");
    options.key_file = getenv("ALUNO_KEY");

    aluno_error error;
    aluno_client *client;
    if (aluno_client_open(&client, &options, &error) != ALUNO_OK)
        return report(&error);

    aluno_create_student_request request = {0};
    request.has.student = true;
    const bool fits = ALUNO_SET_TEXT(request.student, name, argv[1]) &&
                      ALUNO_SET_TEXT(request.student, br_document, argv[3]) &&
                      ALUNO_SET_TEXT(request.student, email, argv[4]);
    ALUNO_SET(request.student, age, strtoll(argv[2], NULL, 10));

    int status = EXIT_SUCCESS;
    aluno_student student;
    aluno_reply_metadata metadata;
    aluno_call_options call = ALUNO_CALL_OPTIONS_INIT;
    call.metadata = &metadata;
    if (!fits) {
        fprintf(stderr, "a value is too long\n");
        status = 2;
    } else if (aluno_create_student(client, &request, &student, &call, &error) != ALUNO_OK) {
        status = report(&error);
    } else {
        char json[2048];
        aluno_to_json(&aluno_student_type, &student, ALUNO_WHOLE, json, sizeof json);
        puts(json);
        warn(&metadata);
    }
    aluno_client_close(client);
    return status;
}
