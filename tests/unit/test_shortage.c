/* The service when the system refuses it something: in each run the n-th request for memory, a thread or a
 * file fails, n = 1, 2, 3 ..., until a run has fewer. A failure is reported, nothing is half done, and what
 * is repeated afterwards succeeds. */
#include "call_bed.h"
#include "shortage.h"
#include "store_file.h"
#include "stderr_capture.h"

#include "backup_folder.h"
#include "backups.h"
#include "log_writer.h"
#include "options.h"
#include "peers.h"
#include "purge.h"
#include "store/sqlite/file.h"

#include <aluno/values.h>

enum {
    REQUESTS = 10000, /* a run has fewer */
    STUDENTS = 12,
    FIRST_CPF = 500000,
};

/* For a loop: the n-th request of its body fails, and the last run has none that does. */
static bool next_run(int *n)
{
    const bool goes_on = *n == 0 || shortage_end();
    assert_in_range(*n, 0, REQUESTS);
    if (goes_on)
        shortage_begin(++*n);
    return goes_on;
}

/* ---- options, peers and the log ---- */

static char *no_environment(const char *name)
{
    static char database[] = "environment.db";
    return strcmp(name, "ALUNOD_DB") == 0 ? database : NULL;
}

static void test_options(void **state)
{
    char *argv[] = {(char[]){"alunod"},  (char[]){"--ca=ca"},        (char[]){"--cert=cert"},
                    (char[]){"--key=k"}, (char[]){"--print-config"}, NULL};
    (void)state;
    struct options given;
    char problem[256];
    enum options_result result = OPTIONS_WRONG;
    for (int n = 0; next_run(&n);) {
        result = options_read(&given, 5, argv, no_environment, problem, sizeof problem);
        if (result == OPTIONS_WRONG)
            assert_non_null(strstr(problem, "out of memory"));
        options_free(&given);
    }
    assert_int_equal(result, OPTIONS_PRINT);
}

static void test_connections(void **state)
{
    (void)state;
    struct limits limits;
    const aluno__tls_peer identity = {.common_name = "ana", .unit = "reader", .fingerprint = "f00d"};
    aluno_error error = {0};
    aluno_code code = ALUNO_OK;
    limits_init(&limits);
    for (int n = 0; next_run(&n);) {
        struct peers *peers = peers_new(&limits);
        if (peers != NULL) {
            code = peers_add(peers, (nng_pipe){.id = 1}, &identity, 0, &error);
            assert_true(code == ALUNO_OK || aluno_error_is(&error, ALUNO_REASON_OUT_OF_MEMORY));
        }
        peers_free(peers);
    }
    assert_int_equal(code, ALUNO_OK);
}

static void report_nothing(struct log_text *out, uint64_t dropped)
{
    (void)dropped;
    out->size = 0;
}

/* Without its thread the log is written where it is made. */
static void test_log(void **state)
{
    (void)state;
    shortage_begin(1);
    assert_false(log_writer_start(report_nothing));
    assert_true(shortage_end());
    stderr_capture();
    log_line(LOG_ERROR, "written at once", NULL);
    assert_non_null(strstr(stderr_captured(), "written at once"));
}

/* ---- the service ---- */

static void check_refused_opening(const aluno_error *error)
{
    if (!aluno_error_is(error, ALUNO_REASON_OUT_OF_MEMORY) &&
        !aluno_error_is(error, ALUNO_REASON_OPTION_INVALID))
        fail_msg("%s %s", error->reason, error->detail);
}

/* Opens and closes the service. Beyond `step` requests not each of them fails. */
static void open_and_close(store_bed *bed, int step)
{
    struct service service;
    aluno_error error;
    aluno_code code = ALUNO_OK;
    for (int n = 0; next_run(&n); n += n / step) {
        code = service_open(&service, bed->path, false, 1, &error);
        if (code != ALUNO_OK)
            check_refused_opening(&error);
        else
            service_close(&service);
    }
    assert_int_equal(code, ALUNO_OK);
}

static void test_opening(void **state)
{
    open_and_close(*state, REQUESTS); /* makes the database */
    open_and_close(*state, REQUESTS);
}

/* A segment that could not be indexed is when the service starts again. */
static void test_opening_that_makes_the_index(void **state)
{
    call_bed *bed = *state;
    aluno_error error;
    for (int n = 0, runs = true; runs;) {
        service_close(&bed->service);
        split_segment(&bed->store, STUDENTS / 2);
        shortage_begin(++n);
        const aluno_code code = service_open(&bed->service, bed->store.path, false, 1, &error);
        runs = shortage_end();
        if (code != ALUNO_OK) {
            check_refused_opening(&error);
            assert_int_equal(service_open(&bed->service, bed->store.path, false, 1, &error), ALUNO_OK);
        }
        bed->store.store = bed->service.store;
        assert_true(runs || code == ALUNO_OK);
    }
    assert_int_equal(indexed_segments(&bed->store), 1);
}

static void test_opening_with_little_memory_for_sqlite(void **state)
{
    open_and_close(*state, REQUESTS);
    atomic_store(&shortage_of_sqlite, true);
    const char *step = getenv("SHORTAGE_STEP"); /* tests/campaign/allocations.sh */
    open_and_close(*state, step != NULL ? atoi(step) : 8);
}

/* ---- calls ---- */

static bool is_reported(const call_bed *bed)
{
    return aluno_error_is(&bed->error, ALUNO_REASON_OUT_OF_MEMORY) ||
           (atomic_load(&shortage_of_sqlite) && aluno_error_is(&bed->error, ALUNO_REASON_INTERNAL_ERROR));
}

/* Makes the call with ever more that succeeds. After each failure it is repeated. `number` is of the request:
 * each of a change needs a new id and, maybe, a new student. */
static void check_call(call_bed *bed, aluno_method_id id, void (*write)(call_bed *bed, int number))
{
    static int number;
    for (int n = 0, runs = true; runs;) {
        char request_id[37];
        snprintf(request_id, sizeof request_id, "01900000-0000-7000-9000-%012x", ++number);
        assert_true(ALUNO_SET_TEXT(bed->metadata, request_id, request_id));
        write(bed, number);
        shortage_begin(++n);
        const aluno_code code = bed_send(bed, id);
        runs = shortage_end();
        if (code != ALUNO_OK && !is_reported(bed))
            fail_msg("%s, %d: %s %s", aluno_method_of(id)->name, n, bed->error.reason, bed->error.detail);
        if (code != ALUNO_OK && bed_send(bed, id) != ALUNO_OK)
            fail_msg("%s again, %d: %s %s", aluno_method_of(id)->name, n, bed->error.reason,
                     bed->error.detail);
        assert_in_range(n, 1, REQUESTS);
    }
}

static void write_create(call_bed *bed, int number)
{
    aluno_create_student_request request = {.has = {.none = false}};
    ALUNO_SET(request, student, bed_student("Ana Maria", 20, number));
    bed_write(bed, ALUNO_METHOD_create_student, &request);
}

static void write_batch(call_bed *bed, int number)
{
    static aluno_batch_create_students_request request;
    request.has.students = true;
    request.students.count = 2;
    for (int i = 0; i < 2; i++)
        request.students.items[i] = bed_student("Bia", 20, 100000 + 2 * number + i);
    bed_write(bed, ALUNO_METHOD_batch_create_students, &request);
}

static void write_update(call_bed *bed, int number)
{
    aluno_update_student_request request = {.has = {.id = true, .student = true}, .id = 1};
    char name[32];
    snprintf(name, sizeof name, "Ana %c", 'a' + number % 26);
    ALUNO_SET_TEXT(request.student, name, name);
    bed_write(bed, ALUNO_METHOD_update_student, &request);
}

static void write_get(call_bed *bed, int number)
{
    (void)number;
    bed_write(bed, ALUNO_METHOD_get_student,
              &(aluno_get_student_request){.has.br_document = true, .br_document = "00000100000"});
}

static void write_search(call_bed *bed, int number)
{
    static const char *const orders[] = {"name", "age desc", "id", "create_time"};
    aluno_list_students_request request = {.has.query = true, .query = "ana"};
    ALUNO_SET_TEXT(request, order_by, orders[number % 4]);
    bed_write(bed, ALUNO_METHOD_list_students, &request);
}

static void write_get_operation(call_bed *bed, int number)
{
    aluno_get_operation_request request = {.has = {.none = false}};
    (void)number;
    ALUNO_SET_TEXT(request, request_id, "01900000-0000-7000-8000-ffffffffffff");
    bed_write(bed, ALUNO_METHOD_get_operation, &request);
}

static void check_calls(call_bed *bed)
{
    check_call(bed, ALUNO_METHOD_create_student, write_create);
    check_call(bed, ALUNO_METHOD_update_student, write_update);
    check_call(bed, ALUNO_METHOD_get_student, write_get);
    check_call(bed, ALUNO_METHOD_list_students, write_search);
    check_call(bed, ALUNO_METHOD_batch_create_students, write_batch);
    check_call(bed, ALUNO_METHOD_get_operation, write_get_operation);
    /* Each change was made once: no CPF is there twice, and the total is right. */
    assert_int_equal(bed_total(bed), bed_number(&bed->store, "SELECT count(*) FROM student"));
}

/* A batch whose recorded reply GetOperation decodes. */
static void record_a_batch(call_bed *bed)
{
    write_batch(bed, 0);
    assert_true(ALUNO_SET_TEXT(bed->metadata, request_id, "01900000-0000-7000-8000-ffffffffffff"));
    write_batch(bed, 0);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_batch_create_students), ALUNO_OK);
}

static void test_calls(void **state)
{
    record_a_batch(*state);
    check_calls(*state);
}

static void test_calls_with_little_memory_for_sqlite(void **state)
{
    record_a_batch(*state);
    atomic_store(&shortage_of_sqlite, true);
    check_calls(*state);
}

/* ---- backups ---- */

static aluno_backup finish(struct backups *backups)
{
    aluno_backup seen;
    do
        backups_read(backups, &seen);
    while (strcmp(seen.state, "RUNNING") == 0);
    return seen;
}

static void test_backups(void **state)
{
    store_bed *bed = *state;
    const struct backups_options options = {.database = bed->path, .folder = bed->folder, .keep = 2};
    struct backups *backups = NULL;
    aluno_backup seen;
    aluno_error error;
    bed_insert(bed, "Ana", 1);
    for (int n = 0; next_run(&n);) {
        const aluno_code code = backups_start(&backups, bed->store, &options, &error);
        if (code != ALUNO_OK) {
            assert_true(code == ALUNO_RESOURCE_EXHAUSTED || code == ALUNO_INVALID_ARGUMENT);
            continue;
        }
        backups_request(backups, &seen);
        seen = finish(backups);
        if (strcmp(seen.state, "FAILED") == 0)
            assert_true(*seen.problem != '\0');
        backups_stop(backups);
    }
    assert_string_equal(seen.state, "DONE");
    assert_int_equal(seen.student_count, 1);
}

/* A failed restore leaves the database as it was, or one that is refused until the restore is repeated. */
static void check_startable(const char *path, aluno_code restored)
{
    const int left = shortage_pause();
    aluno_error error;
    if (file_check(path, &error) != ALUNO_OK) {
        assert_int_not_equal(restored, ALUNO_OK);
        assert_non_null(strstr(error.detail, "its restore was interrupted; run it again"));
    } else {
        assert_int_equal(access(path, F_OK), 0);
    }
    shortage_begin(left);
}

static void test_restoring(void **state)
{
    store_bed *bed = *state;
    struct store_facts facts;
    aluno_error error = {0};
    backup_file file, unfinished, aside;
    aluno_code code = ALUNO_OK;
    bed_insert(bed, "Ana", 1);
    bed_close(bed);
    backup_folder_names(bed->folder, bed->path, (struct backup){.began_ms = 1}, file, unfinished);
    for (int n = 0; next_run(&n);) {
        unlink(file);
        code = store_back_up_file(bed->path, unfinished, file, &facts, &error);
        assert_int_equal(access(file, F_OK), code == ALUNO_OK ? 0 : -1);
    }
    assert_int_equal(code, ALUNO_OK);
    for (int n = 0; next_run(&n);) {
        code = store_restore(bed->path, file, aside, sizeof aside, &facts, &error);
        check_startable(bed->path, code);
    }
    assert_int_equal(code, ALUNO_OK);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);
}

/* ---- */

static void begin(void)
{
    atomic_store(&shortage_of_sqlite, false);
    log_set_level(LOG_ERROR + 1);
}

static int begin_in_folder(void **state)
{
    begin();
    return bed_make_folder(state);
}

static int begin_with_store(void **state)
{
    begin();
    return bed_set_up(state);
}

/* Students of two segments, one of them indexed. */
static int begin_with_service(void **state)
{
    aluno_error error;
    call_bed_set_up(state);
    begin();
    call_bed *bed = *state;
    for (int i = 1; i <= STUDENTS; i++)
        bed_add(bed, "Ana Maria", 20, FIRST_CPF + i);
    service_close(&bed->service);
    split_segment(&bed->store, STUDENTS / 2);
    assert_int_equal(service_open(&bed->service, bed->store.path, false, 1, &error), ALUNO_OK);
    bed->store.store = bed->service.store;
    return 0;
}

#define IN_FOLDER(name)    cmocka_unit_test_setup_teardown(name, begin_in_folder, bed_tear_down)
#define WITH_STORE(name)   cmocka_unit_test_setup_teardown(name, begin_with_store, bed_tear_down)
#define WITH_SERVICE(name) cmocka_unit_test_setup_teardown(name, begin_with_service, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_log),
        IN_FOLDER(test_opening),
        IN_FOLDER(test_opening_with_little_memory_for_sqlite),
        WITH_SERVICE(test_opening_that_makes_the_index),
        WITH_SERVICE(test_calls),
        WITH_SERVICE(test_calls_with_little_memory_for_sqlite),
        WITH_STORE(test_backups),
        WITH_STORE(test_restoring),
    };
    shortage_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
