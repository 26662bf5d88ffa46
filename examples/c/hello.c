/* Reads one student by CPF: the least that a program needs. sdk/README.md shows how to build it. */
#include <aluno/aluno.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char *argv[])
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    options.server = getenv("ALUNO_SERVER");
    options.ca_file = getenv("ALUNO_CA");
    options.cert_file = getenv("ALUNO_CERT");
    options.key_file = getenv("ALUNO_KEY");

    aluno_error error;
    aluno_client *client;
    aluno_student student;
    aluno_get_student_request request = {0};
    ALUNO_SET_TEXT(request, br_document, argc > 1 ? argv[1] : "111.444.777-35");

    aluno_code code = aluno_client_open(&client, &options, &error);
    if (code == ALUNO_OK) {
        code = aluno_get_student(client, &request, &student, NULL, &error);
        aluno_client_close(client);
    }
    if (code != ALUNO_OK)
        return fprintf(stderr, "%s. %s\n", error.message, aluno_remedy(error.reason, ALUNO_EN)), 1;
    return printf("%s, %d\n", student.name, (int)student.age) < 0;
}
