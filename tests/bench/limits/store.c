/* bench-limit-store: calls without a network, from the bytes of a request to the bytes of its reply.
 *
 *   bench-limit-store [--no-audit] DATABASE STUDENTS SECONDS POINT
 *
 * STUDENTS, SECONDS and POINT are those of common/job.h. Nobody else may have the database open. The audit is
 * in DATABASE-audit. */
#include "bench_audit.h"
#include "made.h"
#include "request.h"
#include "window.h"

#include "execute.h"
#include "log.h"

#include "protocol/envelope.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 100, TOKENS_MOST = 100 };

/* A call on its way, again and again. */
struct slot {
    struct execution execution; /* first: `done` returns it */
    struct slot *next;          /* of those that have ended */
    aluno__buffer request;
    uint64_t started_ns;
};

static struct service service;
static struct account account;
static atomic_bool gone;
static const struct caller caller = {.number = 1,
                                     .name = "bench",
                                     .role = ALUNO_ROLE_registrar,
                                     .identity = &bench_identity,
                                     .account = &account,
                                     .gone = &gone};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct slot *ended;

static int64_t students;
static uint64_t next_new;
static size_t token_count;
static aluno_list_students_request pages[TOKENS_MOST];

/* ---- calls ---- */

static void push_ended(struct execution *execution)
{
    struct slot *slot = (struct slot *)(void *)execution;
    pthread_mutex_lock(&mutex);
    slot->next = ended;
    ended = slot;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
}

static struct slot *pop_ended(void)
{
    pthread_mutex_lock(&mutex);
    while (ended == NULL)
        pthread_cond_wait(&changed, &mutex);
    struct slot *slot = ended;
    ended = slot->next;
    pthread_mutex_unlock(&mutex);
    if (slot->execution.outcome.code == ALUNO_OK)
        return slot;
    fprintf(stderr, "bench-limit-store: %s\n", slot->execution.outcome.error.message);
    exit(EXIT_FAILURE);
}

static void start(struct slot *slot)
{
    slot->started_ns = meter_ns();
    execute(&slot->execution, &service, &caller, slot->request.data, slot->request.size, push_ended);
}

/* ---- requests ---- */

static void write_health(aluno__buffer *out)
{
    static const aluno_health_check_request request;
    request_write(out, ALUNO_METHOD_health_check, &request);
}

static void write_get(aluno__buffer *out)
{
    const aluno_get_student_request request = {.has.id = true, .id = 1 + made_random(students)};
    request_write(out, ALUNO_METHOD_get_student, &request);
}

static void write_page(aluno__buffer *out)
{
    request_write(out, ALUNO_METHOD_list_students, &pages[made_random((int64_t)token_count)]);
}

static void write_create(aluno__buffer *out)
{
    request_create(out, (uint32_t)next_new++);
}

/* Reads the page of the last request. Returns whether it is full, and writes the request of the next one. */
static bool read_page(const aluno__buffer *bytes, aluno_list_students_request *next)
{
    static aluno_list_students_reply reply;
    static aluno_reply_metadata metadata;
    aluno__reader success;
    if (aluno__envelope_open_reply(bytes->data, bytes->size, REQUEST_MSGID, &success, NULL) != ALUNO_OK ||
        aluno__envelope_read_success(&success, &aluno_list_students_reply_type, &reply, &metadata, NULL) !=
            ALUNO_OK)
        exit(EXIT_FAILURE);
    ALUNO_SET_TEXT(*next, page_token, reply.next_page_token);
    return reply.students.count == PAGE && reply.has.next_page_token;
}

/* Follows the pages from the first on. */
static void prepare_pages(struct slot *slot)
{
    aluno_list_students_request page = {.has.page_size = true, .page_size = PAGE};
    bool more = true;
    while (more && token_count < TOKENS_MOST) {
        pages[token_count++] = page;
        aluno__buffer_reset(&slot->request);
        request_write(&slot->request, ALUNO_METHOD_list_students, &page);
        start(slot);
        more = read_page(&pop_ended()->execution.outcome.reply, &page);
    }
}

static const struct kind {
    const char *name;
    void (*write)(aluno__buffer *out);
} kinds[] = {{"health", write_health}, {"get", write_get}, {"page", write_page}, {"create", write_create}};

static const struct kind *find_kind(const char *operation)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, operation) == 0)
            return &kinds[i];
    fprintf(stderr, "bench-limit-store: there is no operation %s\n", operation);
    exit(EXIT_FAILURE);
}

/* ---- the load ---- */

static void take_off(struct slot *slot, const struct kind *kind)
{
    aluno__buffer_reset(&slot->request);
    kind->write(&slot->request);
    start(slot);
}

static void run(window *w, const job *j)
{
    const struct kind *kind = find_kind(j->operation);
    const unsigned calls = j->calls > 0 ? j->calls : 1;
    struct slot *slots = calloc(calls, sizeof *slots);
    if (slots == NULL)
        exit(EXIT_FAILURE);
    if (kind->write == write_page)
        prepare_pages(&slots[0]);
    for (unsigned i = 0; i < calls; i++)
        take_off(&slots[i], kind);
    for (unsigned flying = calls; flying > 0;) {
        struct slot *slot = pop_ended();
        w->reply_size = slot->execution.outcome.reply.size;
        if (window_record(w, slot->started_ns))
            take_off(slot, kind);
        else
            flying--;
    }
    for (unsigned i = 0; i < calls; i++) {
        execution_free(&slots[i].execution);
        aluno__buffer_free(&slots[i].request);
    }
    free(slots);
}

int main(int argc, char *argv[])
{
    static window w;
    job j = {.program = argv[0]};
    aluno_error error;
    const bool is_audited = bench_audit_is_wanted(&argc, &argv);
    if (argc != 5) {
        fprintf(stderr, "usage: bench-limit-store [--no-audit] DATABASE STUDENTS SECONDS POINT\n");
        return 2;
    }
    j.students = students = strtoll(argv[2], NULL, 10);
    j.seconds = strtod(argv[3], NULL);
    j.point = argv[4];
    if (!job_read_point(&j))
        return 2;
    log_set_level(LOG_ERROR);
    next_new = made_first_new();
    if (service_open(&service, argv[1], false, 1, &error) != ALUNO_OK ||
        (is_audited && bench_audit_open(&service, argv[1], &error) != ALUNO_OK)) {
        fprintf(stderr, "bench-limit-store: %s\n", error.message);
        return EXIT_FAILURE;
    }
    window_open(&w, &j);
    run(&w, &j);
    window_print(&w);
    service_close(&service);
    return EXIT_SUCCESS;
}
