/* Watches a service from a libuv loop: checks its health ten times a second and prints the result and the
 * latency, while the loop stays free for other work.
 *
 *     example-async_uv COUNT
 *
 * The certificate files come from the environment: ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY. */
#include <aluno/aluno.h>

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

enum { EVERY_MS = 100 };

struct watch {
    aluno_client *client;
    uv_timer_t timer;
    uv_poll_t ended; /* readable while calls have ended */
    unsigned long to_ask, to_hear;
    bool failed;
};

/* One check: the `user` of its completion. */
struct question {
    struct watch *watch;
    uint64_t asked_ns;
};

/* After the last reply nothing is watched, and uv_run returns. */
static void hear(struct watch *watch)
{
    if (--watch->to_hear == 0)
        uv_close((uv_handle_t *)&watch->ended, NULL);
}

/* Runs on the loop's thread: aluno_client_dispatch calls it. */
static void on_health(void *user, const aluno_result *result)
{
    struct question *question = user;
    struct watch *watch = question->watch;
    const double took_ms = (double)(uv_hrtime() - question->asked_ns) / 1e6;
    free(question);
    if (result->code == ALUNO_OK) {
        const aluno_health_check_reply *health = result->reply;
        printf("%s in %.1f ms\n", health->status, took_ms);
    } else {
        printf("%s: %s after %.1f ms\n", result->error->reason, result->error->message, took_ms);
        watch->failed = true;
    }
    hear(watch);
}

static void ask(struct watch *watch)
{
    const aluno_health_check_request request = {0};
    aluno_error error;
    struct question *question = malloc(sizeof *question);
    if (question == NULL)
        abort();
    *question = (struct question){.watch = watch, .asked_ns = uv_hrtime()};
    if (aluno_start_health_check(watch->client, &request, NULL, on_health, question, NULL, &error) ==
        ALUNO_OK)
        return;
    fprintf(stderr, "%s: %s\n", error.reason, error.message); /* no completion will come */
    free(question);
    watch->failed = true;
    hear(watch);
}

static void on_tick(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    ask(watch);
    if (--watch->to_ask == 0)
        uv_close((uv_handle_t *)timer, NULL);
}

static void on_ended(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    (void)events;
    if (status == 0)
        aluno_client_dispatch(watch->client, 0);
}

/* The client owns its descriptor. The loop only watches it, and stops before the client is closed. */
static int run(struct watch *watch)
{
    uv_loop_t *loop = uv_default_loop();
    watch->timer.data = watch->ended.data = watch;
    int failure = uv_timer_init(loop, &watch->timer);
    if (failure == 0)
        failure = uv_poll_init(loop, &watch->ended, aluno_client_fd(watch->client));
    if (failure == 0)
        failure = uv_poll_start(&watch->ended, UV_READABLE, on_ended);
    if (failure == 0)
        failure = uv_timer_start(&watch->timer, on_tick, 0, EVERY_MS);
    if (failure == 0)
        failure = uv_run(loop, UV_RUN_DEFAULT);
    if (failure != 0)
        fprintf(stderr, "libuv: %s\n", uv_strerror(failure));
    return failure != 0 || watch->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    const unsigned long count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (count == 0) {
        fprintf(stderr, "usage: %s COUNT\n", argv[0]);
        return 2;
    }

    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    options.server = getenv("ALUNO_SERVER");
    options.ca_file = getenv("ALUNO_CA");
    options.cert_file = getenv("ALUNO_CERT");
    options.key_file = getenv("ALUNO_KEY");

    struct watch watch = {.to_ask = count, .to_hear = count};
    aluno_error error;
    if (aluno_client_open(&watch.client, &options, &error) != ALUNO_OK) {
        fprintf(stderr, "%s: %s\n", error.reason, error.message);
        return EXIT_FAILURE;
    }
    const int status = run(&watch);
    aluno_client_close(watch.client);
    return status;
}
