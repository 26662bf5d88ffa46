/* The load on a cluster, for run.sh: campaign-cluster MODE ARGUMENTS. The services, with commas between, and
 * the certificate are in the environment, as aluno's are.
 *
 * - begin: registers the student that all workers change, and prints its id
 * - work WORKERS ID JOURNAL: makes changes until it is killed, and never gives one up: it repeats it under
 *   its request id until the outcome is known. Each worker is a client of its own, whose preferred service is
 *   another one. The JOURNAL gets a line for each change that was acknowledged: see verdict.awk
 * - state ID: prints what is stored: `student NAME` for each student, `etag N` for the shared one */
#include <aluno/aluno.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, SERVERS_MAX = 512, PAUSE_MS = 100, TIMEOUT_MS = 5000 };

static int journal;
static int64_t shared_id;

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

static void complain(const char *what, const aluno_error *error)
{
    fprintf(stderr, "campaign-cluster: %s: %s %s %s\n", what, error->reason, error->message, error->detail);
}

/* ---- clients ---- */

/* The services' addresses, beginning with another one for each number. */
static void rotate(char out[SERVERS_MAX], const char *servers, unsigned number)
{
    char text[SERVERS_MAX];
    snprintf(text, sizeof text, "%s", servers);
    for (; number > 0; number--) {
        const char *const comma = strchr(text, ',');
        if (comma == NULL)
            break;
        snprintf(out, SERVERS_MAX, "%s,%.*s", comma + 1, (int)(comma - text), text);
        snprintf(text, sizeof text, "%s", out);
    }
    snprintf(out, SERVERS_MAX, "%s", text);
}

static aluno_client *open_client(unsigned number)
{
    char servers[SERVERS_MAX];
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    aluno_client *client = NULL;
    aluno_error error;
    rotate(servers, getenv("ALUNO_SERVER"), number);
    options.server = servers;
    options.ca_file = getenv("ALUNO_CA");
    options.cert_file = getenv("ALUNO_CERT");
    options.key_file = getenv("ALUNO_KEY");
    options.tls_name = getenv("ALUNO_TLS_NAME");
    options.timeout_ms = TIMEOUT_MS;
    if (aluno_client_open(&client, &options, &error) != ALUNO_OK) {
        complain("open", &error);
        exit(EXIT_FAILURE);
    }
    return client;
}

/* ---- the journal ---- */

static void note(unsigned worker, const char *what)
{
    struct timespec now;
    char line[128];
    clock_gettime(CLOCK_REALTIME, &now);
    const int length = snprintf(line, sizeof line, "%lld%03ld w%u %s\n", (long long)now.tv_sec,
                                now.tv_nsec / 1000000, worker, what);
    if (write(journal, line, (size_t)length) != length)
        abort();
}

/* ---- changes, whose outcome becomes known ---- */

typedef struct worker {
    unsigned number;
    pthread_t thread;
    aluno_client *client;
} worker;

/* Whether a failure leaves the outcome open. */
static bool is_open(aluno_code code)
{
    return code == ALUNO_UNAVAILABLE || code == ALUNO_DEADLINE_EXCEEDED;
}

/* Makes a call again and again until its outcome is known. A change keeps its request id. */
static aluno_code insist(const worker *self, aluno_method_id id, const void *request, void *reply)
{
    char request_id[40] = "";
    aluno_error error;
    aluno_code code;
    const bool changes = aluno_method_of(id)->effect == ALUNO_MUTATES;
    do {
        aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
        options.request_id = *request_id != '\0' ? request_id : NULL;
        code = aluno_call(self->client, aluno_method_of(id), request, reply, &options, &error);
        if (is_open(code) && changes)
            snprintf(request_id, sizeof request_id, "%s", error.request_id);
    } while (is_open(code));
    if (code == ALUNO_OK || aluno_error_is(&error, ALUNO_REASON_ETAG_MISMATCH))
        return code;
    if (aluno_error_is(&error, ALUNO_REASON_REPLY_SUPERSEDED))
        return ALUNO_OK;
    complain(aluno_method_of(id)->name, &error);
    return code;
}

static void create(const worker *self, unsigned number)
{
    aluno_create_student_request request = {0};
    aluno_student student = {0}, stored = {0};
    char name[48], line[64];
    snprintf(name, sizeof name, "w%u.%u", self->number, number);
    snprintf(line, sizeof line, "Carga %s", name);
    ALUNO_SET_TEXT(student, name, line);
    ALUNO_SET(student, age, 10);
    ALUNO_SET(request, student, student);
    if (insist(self, ALUNO_METHOD_create_student, &request, &stored) != ALUNO_OK)
        return;
    snprintf(line, sizeof line, "create %s", name);
    note(self->number, line);
}

/* Reads the shared student and changes it on the etag that it has; others do so, too. */
static void update(const worker *self)
{
    const aluno_get_student_request get = {.has.id = true, .id = shared_id};
    aluno_student before = {0}, change = {0}, after = {0};
    aluno_update_student_request request = {0};
    char line[64];
    if (insist(self, ALUNO_METHOD_get_student, &get, &before) != ALUNO_OK)
        return;
    ALUNO_SET(change, age, (before.age + 1) % 100);
    ALUNO_SET(request, id, shared_id);
    ALUNO_SET(request, student, change);
    ALUNO_SET_TEXT(request, etag, before.etag);
    if (insist(self, ALUNO_METHOD_update_student, &request, &after) != ALUNO_OK)
        return;
    snprintf(line, sizeof line, "update %s %s", before.etag, after.has.etag ? after.etag : "0");
    note(self->number, line);
}

static void *work(void *argument)
{
    const worker *self = argument;
    for (unsigned number = 1;; number++) {
        create(self, number);
        update(self);
        sleep_ms(PAUSE_MS);
    }
    return NULL;
}

static int work_all(unsigned count, const char *path)
{
    static worker workers[WORKERS_MAX];
    journal = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    for (unsigned i = 0; i < count && i < WORKERS_MAX; i++) {
        workers[i] = (worker){.number = i + 1, .client = open_client(i)};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            return EXIT_FAILURE;
    }
    pthread_join(workers[0].thread, NULL);
    return EXIT_FAILURE; /* they do not end */
}

/* ---- what is stored ---- */

static int begin(void)
{
    const worker self = {.client = open_client(0)};
    aluno_create_student_request request = {0};
    aluno_student student = {0}, stored = {0};
    ALUNO_SET_TEXT(student, name, "Comum");
    ALUNO_SET(student, age, 10);
    ALUNO_SET(request, student, student);
    if (insist(&self, ALUNO_METHOD_create_student, &request, &stored) != ALUNO_OK)
        return EXIT_FAILURE;
    return printf("%lld\n", (long long)stored.id) < 0;
}

static void print(const aluno_student *student)
{
    char name[64];
    if (student->id == shared_id)
        printf("etag %s\n", student->etag);
    else if (sscanf(student->name, "Carga %63s", name) == 1)
        printf("student %s\n", name);
}

static int print_all(void)
{
    static aluno_list_students_reply page;
    const worker self = {.client = open_client(0)};
    aluno_list_students_request request = {0};
    do {
        if (insist(&self, ALUNO_METHOD_list_students, &request, &page) != ALUNO_OK)
            return EXIT_FAILURE;
        for (size_t i = 0; i < page.students.count; i++)
            print(&page.students.items[i]);
        ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    } while (page.has.next_page_token);
    return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    const char *const mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "begin") == 0)
        return begin();
    if (argc > 2)
        shared_id = strtoll(argv[argc == 5 ? 3 : 2], NULL, 10);
    if (strcmp(mode, "work") == 0 && argc == 5)
        return work_all((unsigned)strtoul(argv[2], NULL, 10), argv[4]);
    if (strcmp(mode, "state") == 0 && argc == 3)
        return print_all();
    fprintf(stderr, "usage: %s begin | work WORKERS ID JOURNAL | state ID\n", argv[0]);
    return 2;
}
