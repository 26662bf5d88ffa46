/* A client that keeps many calls in flight, to measure its effect on other clients:
 *
 *   bench-hammer URL CERTIFICATES TIMEOUT_MS
 *
 * A separate program because it is linked to libaluno, while bench is linked to the library's internals. One
 * thread dispatches; each completion starts the next call. It runs until it is killed; the kernel kills it
 * when its parent ends. */
#include <aluno/async.h>
#include <aluno/values.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { IN_FLIGHT = 64 };

struct hammer {
    aluno_client *client;
    aluno_call_options options;
    uint32_t students, calls;
};

static aluno_create_student_request new_student(struct hammer *hammer)
{
    aluno_create_student_request request = {.has.student = true};
    char cpf[12], check[3];
    snprintf(cpf, sizeof cpf, "%09" PRIu32 "00", hammer->students++ % 1000000000);
    (void)aluno_cpf_check(cpf, check);
    memcpy(cpf + 9, check, 2);
    ALUNO_SET_TEXT(request.student, name, "Maria Antônia de Souza");
    ALUNO_SET(request.student, age, 12);
    ALUNO_SET_TEXT(request.student, br_document, cpf);
    ALUNO_SET_TEXT(request.student, email, "maria@escola.example");
    return request;
}

static void go_on(void *user, const aluno_result *result)
{
    struct hammer *hammer = user;
    const aluno_list_students_request list = {.has = {.none = false}};
    const aluno_get_student_request get = {.has.id = true, .id = 1};
    (void)result;
    const uint32_t turn = hammer->calls++ % 4;
    if (turn == 0) {
        const aluno_create_student_request create = new_student(hammer);
        aluno_start_create_student(hammer->client, &create, &hammer->options, go_on, hammer, NULL, NULL);
    } else if (turn == 1) {
        aluno_start_list_students(hammer->client, &list, &hammer->options, go_on, hammer, NULL, NULL);
    } else {
        aluno_start_get_student(hammer->client, &get, &hammer->options, go_on, hammer, NULL, NULL);
    }
}

static aluno_client *open_client(const char *url, const char *folder)
{
    char files[3][256];
    const char *const names[] = {"ca.crt", "clients/bench.crt", "clients/bench.key"};
    aluno_client *client = NULL;
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    for (size_t i = 0; i < 3; i++)
        snprintf(files[i], sizeof files[i], "%s/%s", folder, names[i]);
    options.server = url;
    options.ca_file = files[0];
    options.cert_file = files[1];
    options.key_file = files[2];
    aluno_error error;
    if (aluno_client_open(&client, &options, &error) == ALUNO_OK &&
        aluno_client_connect(client, 0, &error) == ALUNO_OK)
        return client;
    fprintf(stderr, "bench-hammer: %s\n", error.message);
    return NULL;
}

int main(int argc, char *argv[])
{
    /* Each hammer registers other students. */
    struct hammer hammer = {.options = ALUNO_CALL_OPTIONS_INIT,
                            .students = 100000000 + (uint32_t)getpid() * 1000};
    if (argc != 4) {
        fprintf(stderr, "usage: bench-hammer URL CERTIFICATES TIMEOUT_MS\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    hammer.client = open_client(argv[1], argv[2]);
    hammer.options.timeout_ms = strtol(argv[3], NULL, 10);
    if (hammer.client == NULL)
        return EXIT_FAILURE;
    for (size_t i = 0; i < IN_FLIGHT; i++)
        go_on(&hammer, NULL);
    for (;;)
        (void)aluno_client_wait(hammer.client, -1);
}
