/* A disk that cannot be read: in each run the n-th read of a page fails, n = 1, 2, 3 ..., until a run has
 * fewer. A read either succeeds with the right answer or fails: none misses a student. A change is made or
 * undone. */
#include "fault_vfs.h"
#include "store_file.h"

#include "log.h"

enum {
    STUDENTS = 60,
    FIRST_SEGMENT = 40, /* of them: their segment is full, and indexed */
    RUNS = 10000,       /* a run has fewer reads */
};

/* The n-th read of the session fails. */
static void begin_run(struct store_session *session, int n)
{
    assert_in_range(n, 1, RUNS);
    sqlite3_db_release_memory(session->db);
    fault_set(n, 1);
}

/* Returns whether it had that many. */
static bool end_run(int n)
{
    const bool had = atomic_load(&fault_seen) >= n;
    fault_set(0, 0);
    return had;
}

/* ---- reads ---- */

struct answer {
    aluno_list_students_reply page;
    struct store_position last;
};

static aluno_code search(struct store_session *session, const struct store_search *wanted,
                         const struct store_position *after, struct answer *out, aluno_error *error)
{
    return bed_search(session, wanted, after, 7, &out->page, &out->last, error);
}

static void check_same(const struct answer *got, const struct answer *wanted)
{
    assert_int_equal(got->page.total_size, wanted->page.total_size);
    assert_int_equal(got->page.students.count, wanted->page.students.count);
    for (size_t i = 0; i < wanted->page.students.count; i++)
        assert_int_equal(got->page.students.items[i].id, wanted->page.students.items[i].id);
    assert_int_equal(got->last.id, wanted->last.id);
}

static void check_failure(const aluno_error *error)
{
    assert_string_equal(error->reason, "INTERNAL_ERROR");
}

static void check_search(struct store_session *session, const struct store_search *wanted,
                         const struct store_position *after)
{
    static struct answer whole, got;
    aluno_error error;
    assert_int_equal(search(session, wanted, after, &whole, &error), ALUNO_OK);
    assert_true(whole.page.total_size > 0);
    for (int n = 1, goes_on = true; goes_on; n++) {
        begin_run(session, n);
        const aluno_code code = search(session, wanted, after, &got, &error);
        goes_on = end_run(n);
        if (code == ALUNO_OK)
            check_same(&got, &whole);
        else
            check_failure(&error);
        assert_true(goes_on || code == ALUNO_OK);
    }
}

static void test_searches(void **state)
{
    store_bed *bed = *state;
    const struct store_search searches[] = {
        {.age_max = INT64_MAX},
        {.age_max = INT64_MAX, .words = "ana"},
        {.age_max = INT64_MAX, .words = "silva b"},
        {.age_max = INT64_MAX, .words = "conceição"},
        {.age_max = INT64_MAX, .email = "a@example.com"},
        {.age_min = 20, .age_max = 30, .words = "silva"},
        {.age_max = INT64_MAX, .br_document = "00000000007"},
    };
    struct store_session *session = store_session_acquire(bed->store);
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
        for (int order = STORE_BY_ID; order <= STORE_BY_CREATE_TIME; order++) {
            struct store_search wanted = searches[i];
            wanted.deadline_ms = INT64_MAX;
            wanted.order = (enum store_order)order;
            wanted.descending = i % 2 == 0;
            wanted.scope = order % 2 == 0 ? STORE_PRESENT : STORE_WITH_REMOVED;
            check_search(session, &wanted, &(struct store_position){0});
            check_search(session, &wanted, &(struct store_position){30, 1});
        }
    store_session_release(bed->store, session);
}

static void test_one_student(void **state)
{
    store_bed *bed = *state;
    struct store_session *session = store_session_acquire(bed->store);
    aluno_student found;
    aluno_error error;
    for (int n = 1, goes_on = true; goes_on; n++) {
        begin_run(session, n);
        const aluno_code by_id = student_by_id(session, 7, STORE_PRESENT, &found, &error);
        const aluno_code code =
            by_id != ALUNO_OK ? by_id
                              : student_by_document(session, "00000000007", STORE_PRESENT, &found, &error);
        goes_on = end_run(n);
        if (code != ALUNO_OK)
            check_failure(&error);
        else
            assert_int_equal(found.id, 7);
        assert_int_equal(code == ALUNO_OK, !goes_on);
    }
    store_session_release(bed->store, session);
}

/* ---- changes ---- */

static const struct store_operation operation = {.caller = "ana",
                                                 .method = "aluno.v1.StudentService/UpdateStudent",
                                                 .request_id = "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d"};

/* Updates, removes and restores a student, and inserts another; then records it. */
static aluno_code change(job *at, struct store_session *session)
{
    const aluno_student_has names = {.name = true, .age = true, .email = true};
    const struct store_reply reply = {.student = 5, .count = 1};
    aluno_code code = student_update(session, 5, &at->student, &names, 5000, &at->out, &at->error);
    if (code == ALUNO_OK)
        code = student_remove(session, 5, 6000, &at->out, &at->error);
    if (code == ALUNO_OK)
        code = student_restore(session, 5, 7000, &at->out, &at->error);
    if (code == ALUNO_OK)
        code = student_insert(session, &at->student, 8000, &at->out, &at->error);
    if (code == ALUNO_OK)
        code = operation_record(session, &operation, &reply, 8000, &at->error);
    return code;
}

/* The read that fails, in the first of the store's attempts; 0: the change had fewer. */
static int failing;

/* Is undone in any case. */
static aluno_code change_with_fault(job *at, struct store_session *session)
{
    const bool is_first = !at->flag;
    at->flag = true;
    if (is_first)
        begin_run(session, failing);
    const aluno_code code = change(at, session);
    if (is_first && !end_run(failing))
        failing = 0;
    return code == ALUNO_OK ? ALUNO_CANCELLED : code;
}

static void check_student(store_bed *bed, int age, int students)
{
    aluno_student found;
    aluno_error error;
    assert_int_equal(bed_get(bed, 5, &found, &error), ALUNO_OK);
    assert_int_equal(found.age, age);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), students);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), students);
}

static void test_changes(void **state)
{
    store_bed *bed = *state;
    static job at;
    int n = 0;
    at.student = bed_student("Bia Conceição", 33, 999);
    do {
        failing = ++n;
        at.flag = false;
        const aluno_code code = job_run(bed, &at, change_with_fault);
        assert_true(code == ALUNO_CANCELLED || code == ALUNO_INTERNAL);
        check_student(bed, 15, STUDENTS);
    } while (failing > 0);
    assert_true(n > 10);
    assert_int_equal(job_run(bed, &at, change), ALUNO_OK);
    check_student(bed, 33, STUDENTS + 1);
}

/* ---- opening and backups ---- */

/* The store does without an index that it cannot make. */
static void test_opening(void **state)
{
    store_bed *bed = *state;
    aluno_error error;
    for (int n = 1, goes_on = true; goes_on; n++) {
        bed_close(bed);
        split_segment(bed, FIRST_SEGMENT);
        fault_set(n, 1);
        const aluno_code code = store_open(&bed->store, bed->path, 1, &error);
        goes_on = end_run(n);
        if (code != ALUNO_OK) {
            assert_string_equal(error.reason, "OPTION_INVALID");
            bed_open(bed);
        }
        assert_true(goes_on || code == ALUNO_OK);
    }
    assert_int_equal(indexed_segments(bed), 1);
}

static void test_looking_at_the_schema(void **state)
{
    store_bed *bed = *state;
    aluno_error error;
    int64_t version, newest;
    for (int n = 1, goes_on = true; goes_on; n++) {
        fault_set(n, 1);
        const aluno_code code = store_peek(bed->path, &version, &newest, &error);
        goes_on = end_run(n);
        assert_true(goes_on || (code == ALUNO_OK && version == newest));
    }
}

static void test_backups(void **state)
{
    store_bed *bed = *state;
    const char *const file = in_folder(bed, "copy.backup");
    struct store_facts facts;
    aluno_error error;
    for (int n = 1, goes_on = true; goes_on; n++) {
        fault_set(n, 1);
        const aluno_code code =
            store_back_up(bed->store, in_folder(bed, "copy.unfinished"), file, NULL, &facts, &error);
        goes_on = end_run(n);
        if (code != ALUNO_OK)
            assert_string_equal(error.reason,
                                strstr(error.detail, "--db") ? "OPTION_INVALID" : "BACKUP_FAILED");
        assert_int_equal(access(file, F_OK), code == ALUNO_OK ? 0 : -1);
        unlink(file);
        assert_true(goes_on || (code == ALUNO_OK && facts.students == STUDENTS));
    }
}

/* ---- */

static void insert_students(store_bed *bed)
{
    static const char *const names[] = {"Ana Silva", "Bia da Silva", "Ana Conceição", "Zé"};
    static job at;
    for (int i = 1; i <= STUDENTS; i++) {
        at.student = bed_student(names[i % 4], 10 + i % 30, i);
        assert_int_equal(job_run(bed, &at, job_insert), ALUNO_OK);
    }
}

/* Students of two segments, one of them indexed; in the database's file, with nothing in the log. */
static int set_up(void **state)
{
    fault_set(0, 0);
    atomic_store(&fault_reads, true);
    log_set_level(LOG_ERROR + 1);
    bed_set_up(state);
    insert_students(*state);
    bed_close(*state);
    split_segment(*state, FIRST_SEGMENT);
    bed_open(*state);
    assert_int_equal(indexed_segments(*state), 1);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_searches), TEST(test_one_student),           TEST(test_changes),
        TEST(test_opening),  TEST(test_looking_at_the_schema), TEST(test_backups),
    };
    fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
