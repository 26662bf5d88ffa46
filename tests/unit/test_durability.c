/* A change is reported when it is durable. The syncs of the write-ahead log stop, or fail, as the test wants.
 */
#include "call_bed.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static const char some_id[] = "01912345-0000-7000-8000-00000000000a";

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_closed, fails;
    int waiting, count;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Instead of libc's: SQLite syncs by it. */
int fdatasync(int fd)
{
    pthread_mutex_lock(&gate.lock);
    const bool fails = gate.fails;
    gate.waiting++;
    gate.count++;
    pthread_cond_broadcast(&gate.changed);
    while (gate.is_closed)
        pthread_cond_wait(&gate.changed, &gate.lock);
    gate.waiting--;
    pthread_mutex_unlock(&gate.lock);
    if (!fails)
        return (int)syscall(SYS_fdatasync, fd);
    errno = EIO;
    return -1;
}

/* Writes the head of the log, which is synced before anything follows it. */
static void begin_log(store_bed *bed)
{
    bed_insert(bed, "Zoe", 93541134780);
}

static void close_gate(bool closed)
{
    pthread_mutex_lock(&gate.lock);
    gate.is_closed = closed;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
}

static void wait_for_a_sync(void)
{
    pthread_mutex_lock(&gate.lock);
    while (gate.waiting == 0)
        pthread_cond_wait(&gate.changed, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
}

static aluno_create_student_request student(const char *name, int64_t cpf)
{
    return (aluno_create_student_request){.has.student = true, .student = bed_student(name, 20, cpf)};
}

static void begin_create(call_bed *bed, bed_exchange *at, const char *name, int64_t cpf, const char *id,
                         aluno__buffer *bytes)
{
    const aluno_create_student_request request = student(name, cpf);
    ALUNO_SET_TEXT(bed->metadata, request_id, id);
    bed_encode(bed, ALUNO_METHOD_create_student, &request, bytes);
    exchange_begin(bed, at, bytes);
}

static const char *state_of(call_bed *bed, const char *request_id)
{
    aluno_get_operation_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, request_id, request_id);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_operation, &request), ALUNO_OK);
    return bed->reply.operation.state;
}

static bool is_answered(bed_exchange *at)
{
    pthread_mutex_lock(&at->lock);
    const bool is_done = at->is_done;
    pthread_mutex_unlock(&at->lock);
    return is_done;
}

static void test_a_change_is_in_progress_until_it_is_durable(void **state)
{
    call_bed *bed = *state;
    static bed_exchange first, repeat, second;
    aluno__buffer bytes[3] = {{0}, {0}, {0}};
    begin_log(&bed->store);
    close_gate(true);
    begin_create(bed, &first, "Ana", 52998224725, some_id, &bytes[0]);
    wait_for_a_sync();
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 2); /* readers see it */
    assert_string_equal(state_of(bed, some_id), "IN_PROGRESS");

    begin_create(bed, &repeat, "Ana", 52998224725, some_id, &bytes[1]);
    begin_create(bed, &second, "Bia", 11144477735, "01912345-0000-7000-8000-00000000000b", &bytes[2]);
    assert_false(is_answered(&first) || is_answered(&repeat) || is_answered(&second));
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 2);
    close_gate(false);

    assert_int_equal(exchange_end(bed, &first, ALUNO_METHOD_create_student), ALUNO_OK);
    assert_false(bed->reply_metadata.has.replayed);
    assert_int_equal(exchange_end(bed, &repeat, ALUNO_METHOD_create_student), ALUNO_OK);
    assert_true(bed->reply_metadata.has.replayed);
    assert_int_equal(exchange_end(bed, &second, ALUNO_METHOD_create_student), ALUNO_OK);
    assert_string_equal(state_of(bed, some_id), "COMMITTED");
    for (size_t i = 0; i < 3; i++)
        aluno__buffer_free(&bytes[i]);
    execution_free(&first.execution);
    execution_free(&repeat.execution);
    execution_free(&second.execution);
}

/* The changes that come during a sync are one batch. */
static void test_changes_during_a_sync_share_the_next(void **state)
{
    enum { COUNT = 20 };
    call_bed *bed = *state;
    static job first, others[COUNT];
    begin_log(&bed->store);
    close_gate(true);
    first.student = bed_student("Ana", 20, 1);
    job_submit(&bed->store, &first, job_insert);
    wait_for_a_sync();
    gate.count = 0;
    for (int i = 0; i < COUNT; i++) {
        others[i].student = bed_student("Bia", 20, 100 + i);
        job_submit(&bed->store, &others[i], job_insert);
    }
    close_gate(false);
    assert_int_equal(job_wait(&first), ALUNO_OK);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(job_wait(&others[i]), ALUNO_OK);
    assert_int_equal(gate.count, 1);
    assert_int_equal(bed_number(&bed->store, "SELECT live FROM student_total"), COUNT + 2);
}

/* ---- a change that is applied for longer than the sync before takes ---- */

static job *before;
static bool has_begun; /* guarded by gate.lock */

static aluno_code insert_after_that_sync(job *at, struct store_session *session)
{
    pthread_mutex_lock(&gate.lock);
    has_begun = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
    pthread_mutex_lock(&before->lock);
    while (!before->is_done)
        pthread_cond_wait(&before->changed, &before->lock);
    pthread_mutex_unlock(&before->lock);
    return job_insert(at, session);
}

static void wait_until_begun(void)
{
    pthread_mutex_lock(&gate.lock);
    while (!has_begun)
        pthread_cond_wait(&gate.changed, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
}

/* Those that came during the sync are in its batch. */
static void test_changes_that_came_while_one_was_applied_share_its_batch(void **state)
{
    enum { COUNT = 4 };
    call_bed *bed = *state;
    static job first, slow, others[COUNT];
    begin_log(&bed->store);
    close_gate(true);
    first.student = bed_student("Ana", 20, 1);
    before = &first;
    job_submit(&bed->store, &first, job_insert);
    wait_for_a_sync();
    gate.count = 0;
    slow.student = bed_student("Caio", 20, 2);
    job_submit(&bed->store, &slow, insert_after_that_sync);
    wait_until_begun();
    for (int i = 0; i < COUNT; i++) {
        others[i].student = bed_student("Bia", 20, 100 + i);
        job_submit(&bed->store, &others[i], job_insert);
    }
    close_gate(false);
    assert_int_equal(job_wait(&slow), ALUNO_OK);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(job_wait(&others[i]), ALUNO_OK);
    assert_int_equal(job_wait(&first), ALUNO_OK);
    assert_int_equal(gate.count, 1);
}

static void create_where_syncs_fail(store_bed *bed)
{
    const struct rlimit none = {0, 0};
    static job at;
    setrlimit(RLIMIT_CORE, &none);
    signal(SIGABRT, SIG_DFL);
    bed_open(bed);
    begin_log(bed);
    gate.fails = true;
    at.student = bed_student("Ana", 20, 1);
    job_run(bed, &at, job_insert);
    _exit(EXIT_SUCCESS); /* not reached */
}

static void test_the_service_ends_when_the_log_cannot_be_synced(void **state)
{
    store_bed *bed = *state;
    int how;
    const pid_t child = fork();
    if (child == 0)
        create_where_syncs_fail(bed);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT);
    bed_open(bed); /* and starts again, with the student or without */
    bed_insert(bed, "Bia", 2);
    assert_int_equal(bed_number(bed, "SELECT live - (SELECT count(*) FROM student) FROM student_total"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_service_ends_when_the_log_cannot_be_synced, bed_make_folder,
                                        bed_tear_down),
        cmocka_unit_test_setup_teardown(test_a_change_is_in_progress_until_it_is_durable, call_bed_set_up,
                                        call_bed_tear_down),
        cmocka_unit_test_setup_teardown(test_changes_during_a_sync_share_the_next, call_bed_set_up,
                                        call_bed_tear_down),
        cmocka_unit_test_setup_teardown(test_changes_that_came_while_one_was_applied_share_its_batch,
                                        call_bed_set_up, call_bed_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
