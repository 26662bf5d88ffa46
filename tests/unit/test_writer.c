/* Group commit: how a change affects its batch, the queue and concurrent readers. */
#include "file_limit.h"
#include "gate.h"

#include "base/clock.h"
#include "metrics/distribution.h"
#include "store/sqlite/writer.h"

#include <stdatomic.h>
#include <sys/stat.h>

static aluno_code insert_then_fail(job *at, struct store_session *session)
{
    job_insert(at, session);
    return ALUNO_ABORTED;
}

static void test_failing_change_harms_no_other(void **state)
{
    enum { COUNT = 4 };
    store_bed *bed = *state;
    static gate held;
    static job at[COUNT];
    gate_close(&held, bed);
    for (int i = 0; i < COUNT; i++)
        at[i] = (job){.student = bed_student("Ana", 20, i == 1 ? 100 : 100 + i)};
    job_submit(bed, &at[0], job_insert);
    job_submit(bed, &at[1], job_insert); /* the same CPF */
    job_submit(bed, &at[2], insert_then_fail);
    job_submit(bed, &at[3], job_insert);
    gate_open(&held);

    assert_int_equal(job_wait(&at[0]), ALUNO_OK);
    assert_int_equal(job_wait(&at[1]), ALUNO_ALREADY_EXISTS);
    assert_int_equal(job_wait(&at[2]), ALUNO_ABORTED);
    assert_int_equal(job_wait(&at[3]), ALUNO_OK);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 2);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 2);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student WHERE br_document = '00000000102'"), 0);
}

static void test_failed_commit_is_reported_to_all(void **state)
{
    enum { COUNT = 3 };
    store_bed *bed = *state;
    static gate held;
    static job at[COUNT];
    char log[128];
    struct stat facts;
    bed_insert(bed, "Ana", 1);

    gate_close(&held, bed);
    for (int i = 0; i < COUNT; i++) {
        at[i] = (job){.student = bed_student("Bia", 20, 100 + i)};
        job_submit(bed, &at[i], job_insert);
    }
    snprintf(log, sizeof log, "%s-wal", bed->path);
    assert_int_equal(stat(log, &facts), 0);
    signal(SIGXFSZ, SIG_IGN);
    limit_files((rlim_t)facts.st_size);
    gate_open(&held); /* writes nothing itself */
    for (int i = 0; i < COUNT; i++)
        job_wait(&at[i]);
    limit_files(RLIM_INFINITY);
    for (int i = 0; i < COUNT; i++) {
        assert_false(at[i].is_committed);
        assert_string_equal(at[i].commit_error.reason, "STORE_UNSETTLED");
    }

    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);
    assert_int_equal(job_run(bed, &at[0], job_insert), ALUNO_OK);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 2);
}

static aluno_code fill_up(job *at, struct store_session *session)
{
    (void)at;
    return sqlite3_exec(session->db, "PRAGMA max_page_count = 1", NULL, NULL, NULL) == SQLITE_OK
               ? ALUNO_OK
               : ALUNO_INTERNAL;
}

static aluno_code record_large(job *at, struct store_session *session)
{
    static const uint8_t bytes[1 << 20];
    const struct store_reply reply = {.bytes = bytes, .size = sizeof bytes};
    return operation_record(session, &at->operation, &reply, 1, &at->error);
}

static void test_full_database_is_reported(void **state)
{
    store_bed *bed = *state;
    job at = {.operation = {"caller", "a/B", "01900000-0000-7000-8000-000000000001", 1, 0}};
    assert_int_equal(job_run(bed, &at, fill_up), ALUNO_OK); /* the database may not grow */
    assert_int_equal(job_run(bed, &at, record_large), ALUNO_RESOURCE_EXHAUSTED);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation"), 0);
    bed_insert(bed, "Ana", 1); /* a change that fits succeeds */
}

static void test_full_queue_is_busy(void **state)
{
    store_bed *bed = *state;
    static gate held;
    static job extra;
    job *at = calloc(WRITER_QUEUE_MAX, sizeof *at);
    aluno_error error;
    gate_close(&held, bed);
    for (int i = 0; i < WRITER_QUEUE_MAX; i++) {
        at[i].student = bed_student("Ana", 20, i);
        job_submit(bed, &at[i], job_insert);
    }
    assert_int_equal(store_submit(bed->store, &extra.change, &error), ALUNO_UNAVAILABLE);
    assert_string_equal(error.reason, "BUSY");
    assert_true(error.has.retry_after_ms && error.retry_after_ms > 0);
    gate_open(&held);
    for (int i = 0; i < WRITER_QUEUE_MAX; i++)
        assert_int_equal(job_wait(&at[i]), ALUNO_OK);
    free(at);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), WRITER_QUEUE_MAX);
}

/* ---- a change that is alone ---- */

enum { MAKE_TRIES = 10000 };

static pthread_t maker;

static aluno_code insert_here(job *at, struct store_session *session)
{
    at->flag = pthread_equal(maker, pthread_self()) != 0;
    return job_insert(at, session);
}

static bool make(store_bed *bed, job *at)
{
    maker = pthread_self();
    job_prepare(at, insert_here);
    return store_make(bed->store, &at->change);
}

static void test_a_change_that_is_alone_is_made_here(void **state)
{
    store_bed *bed = *state;
    static gate held;
    job at = {.student = bed_student("Ana", 20, 1)};
    bool is_made = make(bed, &at);
    for (int tries = 0; !is_made && tries < MAKE_TRIES;
         tries++) { /* the store may have a change of its own */
        assert_false(at.is_done);
        aluno__clock_sleep(1);
        is_made = make(bed, &at);
    }
    assert_true(is_made && at.is_done && at.is_committed && at.flag);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);

    gate_close(&held, bed);
    job other = {.student = bed_student("Bia", 20, 2)};
    assert_true(store_is_changing(bed->store));
    assert_false(make(bed, &other));
    assert_false(other.is_done);
    gate_open(&held);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);
}

/* ---- measures ---- */

static uint64_t commits_measured(store_bed *bed)
{
    struct store_measures measures;
    struct distribution_reading reading;
    struct store_session *session = store_session_acquire(bed->store);
    store_measure(bed->store, session, &measures);
    store_session_release(bed->store, session);
    distribution_read(measures.commit_changes, &reading);
    return reading.count;
}

struct measured {
    job at; /* first: `done` gets it */
    store_bed *bed;
    uint64_t commits;
};

static void note_commits(struct store_change *change, const aluno_error *commit_error)
{
    struct measured *measured = (struct measured *)(void *)change;
    measured->commits = commits_measured(measured->bed);
    job_done(change, commit_error);
}

/* A caller that has been notified of a change may close the store. */
static void test_a_commit_is_measured_before_it_is_reported(void **state)
{
    store_bed *bed = *state;
    static struct measured measured;
    measured.bed = bed;
    measured.at.student = bed_student("Ana", 20, 1);
    const uint64_t before = commits_measured(bed);
    job_prepare(&measured.at, job_insert);
    measured.at.change.done = note_commits;
    assert_int_equal(store_submit(bed->store, &measured.at.change, NULL), ALUNO_OK);
    assert_int_equal(job_wait(&measured.at), ALUNO_OK);
    assert_true(measured.commits > before);
}

/* ---- the write-ahead log ---- */

static aluno_code record_4_mib(job *at, struct store_session *session)
{
    static const uint8_t bytes[4 << 20];
    const struct store_reply reply = {.bytes = bytes, .size = sizeof bytes};
    return operation_record(session, &at->operation, &reply, 1, &at->error);
}

/* Makes the log `large` times 4 MiB longer, then commits 100 times more. */
static void write_much(store_bed *bed, int from, int large)
{
    enum { SMALL = 100 };
    char request_id[37];
    job at = {.operation = {"caller", "a/B", request_id, 1, 0}};
    for (int i = 0; i < large; i++) {
        snprintf(request_id, sizeof request_id, "01900000-0000-7000-8000-%012d", from + i);
        assert_int_equal(job_run(bed, &at, record_4_mib), ALUNO_OK);
    }
    for (int i = 0; i < SMALL; i++)
        bed_insert(bed, "Ana", from + i);
}

static int64_t log_size(const store_bed *bed)
{
    struct stat facts;
    char log[128];
    snprintf(log, sizeof log, "%s-wal", bed->path);
    assert_int_equal(stat(log, &facts), 0);
    return facts.st_size;
}

/* A commit that waited for the reader would take seconds: the test's time-out. */
static void test_no_commit_waits_for_a_reader(void **state)
{
    const int64_t bound = 64 << 20;
    store_bed *bed = *state;
    int64_t before, after;
    struct store_session *reader = store_session_acquire(bed->store);
    assert_int_equal(savepoint_open(reader, NULL), ALUNO_OK);
    assert_true(session_number(reader, "SELECT count(*) FROM student", &before));

    write_much(bed, 1000, 17);
    assert_true(log_size(bed) > bound);
    assert_true(session_number(reader, "SELECT count(*) FROM student", &after)); /* its snapshot is whole */
    assert_int_equal(after, before);
    assert_int_equal(savepoint_release(reader, NULL), ALUNO_OK);
    store_session_release(bed->store, reader);

    write_much(bed, 2000, 3); /* the log begins anew */
    assert_true(log_size(bed) <= bound);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation"), 20);
}

static void *close_store(void *bed)
{
    bed_close(bed);
    return NULL;
}

static void test_closing_carries_out_what_waits(void **state)
{
    enum { COUNT = 50 };
    store_bed *bed = *state;
    static gate held;
    static job at[COUNT];
    pthread_t closer;
    gate_close(&held, bed);
    for (int i = 0; i < COUNT; i++) {
        at[i].student = bed_student("Ana", 20, i);
        job_submit(bed, &at[i], job_insert);
    }
    assert_int_equal(pthread_create(&closer, NULL, close_store, bed), 0);
    gate_open(&held);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(job_wait(&at[i]), ALUNO_OK);
    pthread_join(closer, NULL);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), COUNT);
}

/* ---- many threads ---- */

enum { SUBMITTERS = 8, READERS = 4, EACH = 100, STEADY = 250 };

typedef struct crowd {
    store_bed *bed;
    atomic_int next_submitter, still_writing;
    atomic_bool has_failed;
} crowd;

static aluno_code make_or_queue(store_bed *bed, job *at, aluno_code (*work)(job *, struct store_session *))
{
    job_prepare(at, work);
    if (!store_make(bed->store, &at->change))
        assert_int_equal(store_submit(bed->store, &at->change, NULL), ALUNO_OK);
    return job_wait(at);
}

/* Each submitter adds students, renames them and removes every other one. */
static void *submit_changes(void *argument)
{
    crowd *all = argument;
    const int number = atomic_fetch_add(&all->next_submitter, 1);
    job *at = calloc(1, sizeof *at);
    bool good = true;
    for (int i = 0; i < EACH; i++) {
        at->student = bed_student("Ana", 20, 1000000 * (number + 1) + i);
        good = good && job_run(all->bed, at, job_insert) == ALUNO_OK;
        at->id = at->out.id;
        ALUNO_SET_TEXT(at->student, name, i % 3 ? "Zoe" : "Abe");
        good = good && make_or_queue(all->bed, at, job_update) == ALUNO_OK;
        if (i % 2)
            good = good && job_run(all->bed, at, job_remove) == ALUNO_OK;
    }
    free(at);
    if (!good)
        all->has_failed = true;
    all->still_writing--;
    return NULL;
}

/* Reads all pages once, by name. Names ascend, and each student that is never changed comes exactly once. */
static bool pages_are_whole(struct store_session *session, aluno_list_students_reply *page)
{
    struct store_search search = STORE_SEARCH_ALL;
    search.order = STORE_BY_NAME;
    struct store_position last = {.id = 0};
    char before[8] = "";
    int steady = 0;
    do {
        if (bed_search(session, &search, &last, 10, page, &last, NULL) != ALUNO_OK)
            return false;
        for (size_t i = 0; i < page->students.count; i++) {
            const aluno_student *student = &page->students.items[i];
            if (strcmp(student->name, before) < 0)
                return false;
            snprintf(before, sizeof before, "%.7s", student->name);
            steady += student->id <= STEADY;
        }
    } while (last.id != 0);
    return steady == STEADY;
}

static void *read_pages(void *argument)
{
    crowd *all = argument;
    aluno_list_students_reply *page = calloc(1, sizeof *page);
    bool is_last;
    do {
        is_last = all->still_writing == 0;
        struct store_session *session = store_session_acquire(all->bed->store);
        if (!pages_are_whole(session, page))
            all->has_failed = true;
        store_session_release(all->bed->store, session);
    } while (!is_last && !all->has_failed);
    free(page);
    return NULL;
}

static void test_pages_skip_and_repeat_nothing_while_others_write(void **state)
{
    crowd all = {.bed = *state, .still_writing = SUBMITTERS};
    pthread_t threads[SUBMITTERS + READERS];
    for (int i = 0; i < STEADY; i++)
        bed_insert(all.bed, i % 2 ? "Bia" : "Yan", i);
    for (int i = 0; i < SUBMITTERS + READERS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, i < SUBMITTERS ? submit_changes : read_pages, &all), 0);
    for (int i = 0; i < SUBMITTERS + READERS; i++)
        pthread_join(threads[i], NULL);
    assert_false(all.has_failed);
    assert_int_equal(bed_number(all.bed, "SELECT live FROM student_total"), STEADY + SUBMITTERS * EACH / 2);
    assert_int_equal(bed_number(all.bed, "SELECT count(*) FROM student WHERE delete_time IS NULL"),
                     STEADY + SUBMITTERS * EACH / 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_failing_change_harms_no_other),
        TEST(test_failed_commit_is_reported_to_all),
        TEST(test_full_database_is_reported),
        TEST(test_full_queue_is_busy),
        TEST(test_a_change_that_is_alone_is_made_here),
        TEST(test_a_commit_is_measured_before_it_is_reported),
        TEST(test_closing_carries_out_what_waits),
        TEST(test_no_commit_waits_for_a_reader),
        TEST(test_pages_skip_and_repeat_nothing_while_others_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
