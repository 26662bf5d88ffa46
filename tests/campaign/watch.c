/* Watchers and those whom they watch, for watch.sh: campaign-watch MODE ARGUMENTS. The service and the
 * certificate are in the environment, as aluno's are.
 *
 * - follow WATCHERS STUDENTS PORT PERIOD: so many watchers, each a client that loses one record of replies in
 *   PERIOD, until each has seen so many creations, or none for a minute
 * - create STUDENTS CALLS FIRST: keeps so many creations in flight, of students numbered from FIRST
 * - keep WATCHERS CLIENTS: watches until it is killed, and reads what comes
 * - latency CHANGES: from a creation's reply to the same one's arrival at a watcher
 *
 * Each prints `ready` when its watches have begun. */
#include "histogram.h"
#include "proxy.h"
#include "school.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUIET_MS = 60000, CALL_MS = 60000, MANY = 2000, AT_ONCE = 8 };

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static _Noreturn void give_up(const aluno_error *error)
{
    fprintf(stderr, "campaign-watch: %s: %s %s\n", error->reason, error->message, error->detail);
    exit(EXIT_FAILURE);
}

static aluno_client *open_client(const char *server)
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    aluno_client *client = NULL;
    aluno_error error;
    options.server = server;
    options.ca_file = getenv("ALUNO_CA");
    options.cert_file = getenv("ALUNO_CERT");
    options.key_file = getenv("ALUNO_KEY");
    options.timeout_ms = 10000;
    options.max_pending = 65536;
    if (aluno_client_open(&client, &options, &error) != ALUNO_OK)
        give_up(&error);
    return client;
}

static void connect_client(aluno_client *client)
{
    aluno_error error;
    if (aluno_client_connect(client, CALL_MS, &error) != ALUNO_OK)
        give_up(&error);
}

static void say_ready(void)
{
    puts("ready");
    fflush(stdout);
}

/* ---- follow ---- */

struct watcher {
    pthread_t thread;
    const char *server;
    size_t wanted;
    uint64_t created, again, skipped, backwards;
    int64_t first, last; /* places */
    aluno_code code;
    aluno_error error;
};

static atomic_uint begun;

/* The places of this service have no gaps. */
static void follow_change(struct watcher *watcher, const aluno_student_change *change)
{
    if (watcher->last != 0 && change->place <= watcher->last) {
        watcher->again++;
        watcher->backwards += change->place < watcher->first;
        return;
    }
    watcher->skipped += watcher->last != 0 && change->place != watcher->last + 1;
    watcher->first = watcher->first == 0 ? change->place : watcher->first;
    watcher->last = change->place;
    watcher->created += strcmp(change->kind, "CREATED") == 0 && change->has.student;
}

static void *follow(void *argument)
{
    struct watcher *watcher = argument;
    aluno_client *client = open_client(watcher->server);
    aluno_watch *watch;
    connect_client(client);
    const aluno_student_change *change = NULL;
    watcher->code = aluno_watch_open(&watch, client, NULL, &watcher->error);
    if (watcher->code != ALUNO_OK)
        give_up(&watcher->error);
    atomic_fetch_add(&begun, 1);
    do {
        watcher->code = aluno_watch_next(watch, QUIET_MS, &change, &watcher->error);
        if (change != NULL)
            follow_change(watcher, change);
    } while (change != NULL && watcher->created < watcher->wanted);
    aluno_watch_close(watch);
    aluno_client_close(client);
    return NULL;
}

static int follow_all(size_t count, size_t students, uint16_t port, unsigned period)
{
    static struct proxy proxy;
    static struct watcher watchers[MANY];
    static char server[64];
    struct watcher sum = {.created = UINT64_MAX};
    proxy_start(&proxy, port, period);
    snprintf(server, sizeof server, "127.0.0.1:%u", proxy.port);
    for (size_t i = 0; i < count; i++) {
        watchers[i] = (struct watcher){.server = server, .wanted = students};
        if (pthread_create(&watchers[i].thread, NULL, follow, &watchers[i]) != 0)
            return EXIT_FAILURE;
    }
    while (atomic_load(&begun) < count)
        school_sleep(10);
    say_ready();
    for (size_t i = 0; i < count; i++) {
        struct watcher *watcher = &watchers[i];
        pthread_join(watcher->thread, NULL);
        if (watcher->code != ALUNO_OK)
            give_up(&watcher->error);
        sum.created = watcher->created < sum.created ? watcher->created : sum.created;
        sum.again += watcher->again;
        sum.skipped += watcher->skipped;
        sum.backwards += watcher->backwards;
    }
    printf(
        "follow   %zu watchers  least %llu seen  skipped %llu  unknown %llu  again %llu  replies lost %u\n",
        count, (unsigned long long)sum.created, (unsigned long long)sum.skipped,
        (unsigned long long)sum.backwards, (unsigned long long)sum.again, atomic_load(&proxy.lost));
    proxy_stop(&proxy);
    return EXIT_SUCCESS;
}

/* ---- create ---- */

struct creation {
    aluno_client *client;
    uint32_t next, end;
    size_t failed;
    aluno_error error;
};

static void start_creation(struct creation *creation);

static void on_created(void *user, const aluno_result *result)
{
    struct creation *creation = user;
    creation->failed += result->code != ALUNO_OK;
    if (result->code != ALUNO_OK)
        creation->error = *result->error;
    start_creation(creation);
}

static void start_creation(struct creation *creation)
{
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    options.timeout_ms = CALL_MS;
    if (creation->next == creation->end)
        return;
    const aluno_create_student_request request = school_student(creation->next++);
    aluno_error error;
    if (aluno_start_create_student(creation->client, &request, &options, on_created, creation, NULL,
                                   &error) != ALUNO_OK)
        give_up(&error);
}

static int create_all(uint32_t students, size_t calls, uint32_t first)
{
    struct creation creation = {
        .client = open_client(getenv("ALUNO_SERVER")), .next = first, .end = first + students};
    connect_client(creation.client);
    say_ready();
    const uint64_t began_ns = now_ns();
    for (size_t i = 0; i < calls; i++)
        start_creation(&creation);
    while (aluno_client_pending(creation.client) > 0)
        aluno_client_wait(creation.client, -1);
    const double seconds = (double)(now_ns() - began_ns) / 1e9;
    printf("create   %u students  %zu failed  %.0f a second  %s\n", students, creation.failed,
           students / seconds, creation.failed > 0 ? creation.error.reason : "");
    aluno_client_close(creation.client);
    return EXIT_SUCCESS;
}

/* ---- keep ---- */

static void on_change(void *user, aluno_watch *watch, const aluno_student_change *change,
                      const aluno_error *error)
{
    (void)user;
    (void)watch;
    if (error != NULL)
        give_up(error);
    if (change == NULL)
        atomic_fetch_add(&begun, 1);
}

static int keep(size_t count, size_t clients)
{
    static aluno_client *each[MANY];
    static struct pollfd ended[MANY];
    aluno_error error;
    aluno_watch *watch;
    bool is_ready = false;
    for (size_t i = 0; i < clients; i++) { /* a few handshakes at once */
        each[i] = open_client(getenv("ALUNO_SERVER"));
        if (i >= AT_ONCE)
            connect_client(each[i - AT_ONCE]);
    }
    for (size_t i = 0; i < count; i++) { /* a certificate may have 96 calls in progress */
        if (aluno_watch_start(&watch, each[i % clients], NULL, on_change, NULL, &error) != ALUNO_OK)
            give_up(&error);
        while (atomic_load(&begun) <= i)
            aluno_client_wait(each[i % clients], 100);
    }
    for (size_t i = 0; i < clients; i++)
        ended[i] = (struct pollfd){.fd = aluno_client_fd(each[i]), .events = POLLIN};
    for (;;) {
        poll(ended, clients, is_ready ? -1 : 10);
        for (size_t i = 0; i < clients; i++)
            if (ended[i].revents != 0)
                aluno_client_dispatch(each[i], 0);
        if (!is_ready && atomic_load(&begun) == count) {
            is_ready = true;
            school_sleep(500); /* until the calls wait */
            say_ready();
        }
    }
}

/* ---- latency ---- */

static uint64_t replied_ns[MANY], seen_ns[MANY];
static atomic_uint seen;

static void *see_each(void *argument)
{
    aluno_watch *watch = argument;
    const aluno_student_change *change;
    aluno_error error;
    while (aluno_watch_next(watch, -1, &change, &error) == ALUNO_OK && change != NULL) {
        const unsigned at = atomic_load(&seen);
        seen_ns[at] = now_ns();
        atomic_store(&seen, at + 1);
    }
    return NULL;
}

static int measure_latency(unsigned changes)
{
    static histogram from_reply;
    aluno_client *client = open_client(getenv("ALUNO_SERVER")), *own = open_client(getenv("ALUNO_SERVER"));
    aluno_watch *watch;
    aluno_error error;
    pthread_t thread;
    connect_client(client);
    connect_client(own);
    if (changes > MANY || aluno_watch_open(&watch, own, NULL, &error) != ALUNO_OK ||
        pthread_create(&thread, NULL, see_each, watch) != 0)
        return EXIT_FAILURE;
    say_ready();
    for (unsigned i = 0; i < changes; i++) {
        aluno_student stored;
        const aluno_create_student_request request = school_student(50000000 + i);
        if (aluno_create_student(client, &request, &stored, NULL, &error) != ALUNO_OK)
            give_up(&error);
        replied_ns[i] = now_ns();
        while (atomic_load(&seen) <= i)
            school_sleep(1);
        histogram_add(&from_reply, seen_ns[i] > replied_ns[i] ? seen_ns[i] - replied_ns[i] : 0);
        school_sleep(10);
    }
    printf("latency  %u changes  p50 %.2f  p99 %.2f ms from the creation's reply to the watcher\n", changes,
           histogram_quantile(&from_reply, 0.5) / 1e6, histogram_quantile(&from_reply, 0.99) / 1e6);
    fflush(stdout);
    _Exit(EXIT_SUCCESS); /* the other thread waits for more */
}

static unsigned long number(const char *text)
{
    return strtoul(text, NULL, 10);
}

int main(int argc, char *argv[])
{
    if (argc == 6 && strcmp(argv[1], "follow") == 0)
        return follow_all(number(argv[2]), number(argv[3]), (uint16_t)number(argv[4]),
                          (unsigned)number(argv[5]));
    if (argc == 5 && strcmp(argv[1], "create") == 0)
        return create_all((uint32_t)number(argv[2]), number(argv[3]), (uint32_t)number(argv[4]));
    if (argc == 4 && strcmp(argv[1], "keep") == 0)
        return keep(number(argv[2]), number(argv[3]));
    if (argc == 3 && strcmp(argv[1], "latency") == 0)
        return measure_latency((unsigned)number(argv[2]));
    return EXIT_FAILURE;
}
