/* Looks up students in a poll() loop: reads CPFs from stdin, one per line, and prints each student's name
 * when the reply arrives. Replies may arrive in any order.
 *
 *     example-async_poll <cpfs.txt
 *
 * The certificate files come from the environment: ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY. */
#include <aluno/aluno.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IN_FLIGHT = 100 }; /* fewer than the client's max_pending, so no start fails */

struct lookup {
    aluno_client *client;
    bool at_end; /* of stdin */
    bool failed; /* a call has */
};

static void report(struct lookup *lookup, const aluno_error *error)
{
    fprintf(stderr, "%s: %s\n", error->reason, error->message);
    lookup->failed = true;
}

/* Called only while this thread dispatches, so it needs no lock. The result lives until it returns. */
static void on_student(void *user, const aluno_result *result)
{
    struct lookup *lookup = user;
    if (result->code != ALUNO_OK) {
        report(lookup, result->error);
        return;
    }
    const aluno_student *student = result->reply;
    printf("%s\t%s\n", student->br_document, student->name);
}

/* Starts a call, which copies the request. A call that fails to start has no completion. */
static void start(struct lookup *lookup, const char *cpf)
{
    aluno_get_student_request request = {0};
    aluno_error error;
    ALUNO_SET_TEXT(request, br_document, cpf);
    if (aluno_start_get_student(lookup->client, &request, NULL, on_student, lookup, NULL, &error) != ALUNO_OK)
        report(lookup, &error);
}

static void read_line(struct lookup *lookup)
{
    char line[64];
    if (fgets(line, sizeof line, stdin) == NULL) {
        lookup->at_end = true;
        return;
    }
    line[strcspn(line, "\r\n")] = '\0';
    start(lookup, line);
}

/* While enough calls are in flight stdin is not read: poll() ignores a negative descriptor. */
static void run(struct lookup *lookup)
{
    while (!lookup->at_end || aluno_client_pending(lookup->client) > 0) {
        const bool reads = !lookup->at_end && aluno_client_pending(lookup->client) < IN_FLIGHT;
        struct pollfd events[] = {
            {.fd = reads ? STDIN_FILENO : -1, .events = POLLIN},
            {.fd = aluno_client_fd(lookup->client), .events = POLLIN},
        };
        if (poll(events, 2, -1) < 0 && errno != EINTR)
            return;
        if (events[0].revents != 0)
            read_line(lookup);
        if (events[1].revents != 0)
            aluno_client_dispatch(lookup->client, 0);
    }
}

int main(void)
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    options.server = getenv("ALUNO_SERVER");
    options.ca_file = getenv("ALUNO_CA");
    options.cert_file = getenv("ALUNO_CERT");
    options.key_file = getenv("ALUNO_KEY");

    struct lookup lookup = {0};
    aluno_error error;
    if (aluno_client_open(&lookup.client, &options, &error) != ALUNO_OK) {
        report(&lookup, &error);
        return EXIT_FAILURE;
    }
    setvbuf(stdin, NULL, _IONBF, 0); /* poll() does not see what stdio has buffered */
    run(&lookup);
    aluno_client_close(lookup.client);
    return lookup.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
