/* Clients good and bad, for fairness.sh: campaign-fairness MODE ARGUMENTS. The service and the certificate
 * are in the environment, as aluno's are.
 *
 * - burst CONNECTIONS SEARCHES MS: starts so many searches over so many connections, and dies after MS
 * - search CALLS SECONDS: keeps so many searches in flight
 * - create CALLS SECONDS FIRST: keeps so many creations in flight, of students numbered from FIRST
 * - watch SECONDS FIRST: makes the calls of an ordinary user one after another, each kind in a thread
 * - connect CLIENTS: connects so many clients one after another, each for one call
 * - crowd SECONDS: opens connections and keeps those that it gets
 * - half-open RATE SECONDS: opens TCP connections at that rate and says nothing
 */
#include "histogram.h"

#include <aluno/aluno.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CROWD = 2000 };

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void sleep_ms(unsigned ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static uint64_t until(const char *seconds)
{
    return now_ns() + (uint64_t)(strtod(seconds, NULL) * 1e9);
}

static size_t count_of(const char *text)
{
    return strtoul(text, NULL, 10);
}

static aluno_client *open_client(void)
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    aluno_client *client = NULL;
    aluno_error error;
    options.server = getenv("ALUNO_SERVER");
    options.ca_file = getenv("ALUNO_CA");
    options.cert_file = getenv("ALUNO_CERT");
    options.key_file = getenv("ALUNO_KEY");
    options.max_pending = 65536;
    if (aluno_client_open(&client, &options, &error) != ALUNO_OK) {
        fprintf(stderr, "campaign-fairness: %s %s\n", error.message, error.detail);
        exit(EXIT_FAILURE);
    }
    return client;
}

/* ---- what is measured ---- */

typedef struct tally {
    const char *title;
    histogram times;
    uint64_t slowest_ns, failed;
    aluno_error error; /* the last one */
} tally;

static void note(tally *t, uint64_t begun_ns, aluno_code code, const aluno_error *error)
{
    const uint64_t took_ns = now_ns() - begun_ns;
    histogram_add(&t->times, took_ns);
    if (took_ns > t->slowest_ns)
        t->slowest_ns = took_ns;
    if (code == ALUNO_OK)
        return;
    t->failed++;
    t->error = *error;
}

/* TITLE CALLS FAILED P50 P99 MAX, in milliseconds. */
static void print(const tally *t)
{
    printf("%-8s %8llu calls %6llu failed  p50 %8.2f  p99 %8.2f  max %8.2f ms  %s\n", t->title,
           (unsigned long long)t->times.count, (unsigned long long)t->failed,
           histogram_quantile(&t->times, 0.5) / 1e6, histogram_quantile(&t->times, 0.99) / 1e6,
           (double)t->slowest_ns / 1e6, t->failed > 0 ? t->error.reason : "");
}

/* ---- calls ---- */

static aluno_code search(aluno_client *client, const char *query, aluno_error *error)
{
    static _Thread_local aluno_list_students_reply page;
    aluno_list_students_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, query, query);
    ALUNO_SET_TEXT(request, order_by, "age desc");
    return aluno_list_students(client, &request, &page, NULL, error);
}

static aluno_code call_search(aluno_client *client, aluno_error *error)
{
    return search(client, "silva", error);
}

static aluno_code call_page(aluno_client *client, aluno_error *error)
{
    static _Thread_local aluno_list_students_reply page;
    const aluno_list_students_request request = {.has = {.none = false}};
    return aluno_list_students(client, &request, &page, NULL, error);
}

static aluno_code call_get(aluno_client *client, aluno_error *error)
{
    const aluno_get_student_request request = {.has.id = true, .id = 1};
    aluno_student student;
    return aluno_get_student(client, &request, &student, NULL, error);
}

static aluno_code call_health(aluno_client *client, aluno_error *error)
{
    const aluno_health_check_request request = {.has = {.none = false}};
    aluno_health_check_reply reply;
    return aluno_health_check(client, &request, &reply, NULL, error);
}

static uint32_t next_student;

static aluno_create_student_request made_student(void)
{
    aluno_create_student_request request = {.has = {.none = false}};
    char cpf[12];
    const uint32_t number = __atomic_fetch_add(&next_student, 1, __ATOMIC_RELAXED);
    snprintf(cpf, sizeof cpf, "%011llu", 70000000000ULL + number);
    request.has.student = true;
    ALUNO_SET_TEXT(request.student, name, "Maria da Silva");
    ALUNO_SET(request.student, age, 12);
    ALUNO_SET_TEXT(request.student, br_document, cpf);
    ALUNO_SET_TEXT(request.student, email, "maria@example.com");
    return request;
}

static aluno_code call_create(aluno_client *client, aluno_error *error)
{
    const aluno_create_student_request request = made_student();
    aluno_student stored;
    return aluno_create_student(client, &request, &stored, NULL, error);
}

/* ---- modes ---- */

static const char eight_words[] = "a m s j c r l d";

static void burst(char *argv[])
{
    const size_t connections = count_of(argv[0]), searches = count_of(argv[1]);
    aluno_client **clients = calloc(connections, sizeof(aluno_client *));
    aluno_list_students_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, query, eight_words);
    ALUNO_SET_TEXT(request, order_by, "age desc");
    ALUNO_SET(request, show_deleted, true);
    for (size_t i = 0; i < connections; i++) {
        clients[i] = open_client();
        (void)aluno_client_connect(clients[i], 5000, NULL);
    }
    for (size_t i = 0; i < searches; i++)
        (void)aluno_start_list_students(clients[i % connections], &request, NULL, NULL, NULL, NULL, NULL);
    printf("burst: sent\n");
    fflush(stdout);
    sleep_ms((unsigned)count_of(argv[2]));
    _exit(EXIT_SUCCESS);
}

/* A call in flight that is started again when it ends. */
typedef struct flight {
    aluno_client *client;
    tally *tally;
    uint64_t begun_ns, until_ns;
    bool creates;
} flight;

static void start_again(void *at, const aluno_result *result)
{
    flight *f = at;
    if (result != NULL)
        note(f->tally, f->begun_ns, result->code, result->error);
    f->begun_ns = now_ns();
    if (f->begun_ns >= f->until_ns)
        return;
    if (f->creates) {
        const aluno_create_student_request request = made_student();
        (void)aluno_start_create_student(f->client, &request, NULL, start_again, f, NULL, NULL);
        return;
    }
    aluno_list_students_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, query, eight_words);
    ALUNO_SET_TEXT(request, order_by, "age desc");
    (void)aluno_start_list_students(f->client, &request, NULL, start_again, f, NULL, NULL);
}

static void keep_in_flight(tally *t, bool creates, size_t calls, const char *seconds)
{
    aluno_client *client = open_client();
    flight *flights = calloc(calls, sizeof *flights);
    const uint64_t begun_ns = now_ns(), until_ns = until(seconds);
    for (size_t i = 0; i < calls; i++) {
        flights[i] = (flight){client, t, 0, until_ns, creates};
        start_again(&flights[i], NULL);
    }
    while (aluno_client_pending(client) > 0)
        (void)aluno_client_wait(client, -1);
    print(t);
    printf("%s: %.0f calls/s\n", t->title, (double)t->times.count / ((double)(now_ns() - begun_ns) / 1e9));
    aluno_client_close(client);
    free(flights);
}

typedef struct user {
    tally tally;
    aluno_code (*call)(aluno_client *client, aluno_error *error);
    uint64_t until_ns;
    pthread_t thread;
} user;

static void *use(void *argument)
{
    user *u = argument;
    aluno_client *client = open_client();
    while (now_ns() < u->until_ns) {
        static _Thread_local aluno_error error;
        const uint64_t begun_ns = now_ns();
        note(&u->tally, begun_ns, u->call(client, &error), &error);
        sleep_ms(5);
    }
    aluno_client_close(client);
    return NULL;
}

static void watch(char *argv[])
{
    static user users[] = {
        {.tally.title = "health", .call = call_health}, {.tally.title = "get", .call = call_get},
        {.tally.title = "create", .call = call_create}, {.tally.title = "page", .call = call_page},
        {.tally.title = "search", .call = call_search},
    };
    const uint64_t until_ns = until(argv[0]);
    next_student = (uint32_t)count_of(argv[1]);
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        users[i].until_ns = until_ns;
        if (pthread_create(&users[i].thread, NULL, use, &users[i]) != 0)
            exit(EXIT_FAILURE);
    }
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        pthread_join(users[i].thread, NULL);
        print(&users[i].tally);
    }
}

static void connect_clients(char *argv[])
{
    static tally t = {.title = "connect"};
    for (size_t i = count_of(argv[0]); i > 0; i--) {
        static aluno_error error;
        const uint64_t begun_ns = now_ns();
        aluno_client *client = open_client();
        note(&t, begun_ns, call_health(client, &error), &error);
        aluno_client_close(client);
    }
    print(&t);
}

static void crowd(char *argv[])
{
    static aluno_client *clients[CROWD];
    const uint64_t until_ns = until(argv[0]);
    size_t opened = 0;
    for (; opened < CROWD && now_ns() < until_ns; opened++) {
        clients[opened] = open_client();
        (void)aluno_client_connect(clients[opened], 50, NULL);
    }
    printf("crowd: %zu clients\n", opened);
    fflush(stdout);
    _exit(EXIT_SUCCESS);
}

static void half_open(char *argv[])
{
    const size_t rate = count_of(argv[0]);
    const uint64_t until_ns = until(argv[1]), begun_ns = now_ns();
    struct sockaddr_in to = {.sin_family = AF_INET};
    const char *port = strrchr(getenv("ALUNO_SERVER"), ':');
    size_t opened = 0;
    static int fds[60000];
    to.sin_port = htons((uint16_t)count_of(port + 1));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (uint64_t now; (now = now_ns()) < until_ns && opened < sizeof fds / sizeof *fds;) {
        for (; opened < (now - begun_ns) * rate / 1000000000U; opened++) {
            fds[opened] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            (void)connect(fds[opened], (struct sockaddr *)&to, sizeof to);
            if (opened >= 4000)
                close(fds[opened - 4000]);
        }
        sleep_ms(1);
    }
    printf("half-open: %zu connections in %.1f s\n", opened, (double)(now_ns() - begun_ns) / 1e9);
}

static void search_mode(char *argv[])
{
    static tally t = {.title = "search"};
    keep_in_flight(&t, false, count_of(argv[0]), argv[1]);
}

static void create_mode(char *argv[])
{
    static tally t = {.title = "create"};
    next_student = (uint32_t)count_of(argv[2]);
    keep_in_flight(&t, true, count_of(argv[0]), argv[1]);
}

int main(int argc, char *argv[])
{
    static const struct {
        const char *name;
        int arguments;
        void (*run)(char *argv[]);
    } modes[] = {{"burst", 3, burst},        {"search", 2, search_mode},      {"create", 3, create_mode},
                 {"watch", 2, watch},        {"connect", 1, connect_clients}, {"crowd", 1, crowd},
                 {"half-open", 2, half_open}};
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (argc != modes[i].arguments + 2 || strcmp(argv[1], modes[i].name) != 0)
            continue;
        modes[i].run(argv + 2);
        return EXIT_SUCCESS;
    }
    fprintf(stderr, "usage: fairness.sh; the head of fairness.c has the modes\n");
    return 2;
}
