/* Students and operations in the store: what each statement does and refuses. */
#include "store_bed.h"

static void check_reason(const aluno_error *error, aluno_reason reason)
{
    assert_string_equal(error->reason, aluno_reason_of(reason)->name);
}

static void test_inserted_student_reads_back(void **state)
{
    store_bed *bed = *state;
    job at = {.student = bed_student("João Ávila", 17, 12345678909)};
    assert_int_equal(job_run(bed, &at, job_insert), ALUNO_OK);
    assert_int_equal(at.out.id, 1);

    aluno_student found;
    assert_int_equal(bed_get(bed, 1, &found, NULL), ALUNO_OK);
    assert_string_equal(found.name, "João Ávila");
    assert_int_equal(found.age, 17);
    assert_string_equal(found.br_document, "12345678909");
    assert_string_equal(found.email, "a@example.com");
    assert_string_equal(found.etag, "1");
    assert_int_equal(found.create_time, 1000);
    assert_int_equal(found.update_time, 1000);
    assert_true(found.has.id && found.has.name && found.has.age && found.has.br_document && found.has.email);
    assert_true(found.has.etag && found.has.create_time && found.has.update_time && !found.has.delete_time);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student WHERE name_folded = 'joao avila'"), 1);
}

static void test_student_is_found_by_document(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    aluno_error error;
    const int64_t id = bed_insert(bed, "Ana", 52998224725);
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(student_by_document(session, "52998224725", STORE_PRESENT, &found, &error), ALUNO_OK);
    assert_int_equal(found.id, id);
    assert_int_equal(student_by_document(session, "52998224724", STORE_PRESENT, &found, &error),
                     ALUNO_NOT_FOUND);
    check_reason(&error, ALUNO_REASON_STUDENT_NOT_FOUND);
    assert_int_equal(student_by_id(session, id + 1, STORE_PRESENT, &found, &error), ALUNO_NOT_FOUND);
    check_reason(&error, ALUNO_REASON_STUDENT_NOT_FOUND);
    store_session_release(bed->store, session);
}

/* student_by_id finds the fetched students, and reads changes made after the fetch. */
static void test_fetched_students_are_found(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    job removal = {.id = bed_insert(bed, "Ana", 52998224725)},
        change = {.id = bed_insert(bed, "Bia", 11144477735)};
    assert_int_equal(job_run(bed, &removal, job_remove), ALUNO_OK);
    const int64_t ids[] = {change.id, removal.id, removal.id, 99, change.id};
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(student_fetch(session, ids, sizeof ids / sizeof *ids, NULL), ALUNO_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(student_by_id(session, change.id, STORE_PRESENT, &found, NULL), ALUNO_OK);
        assert_string_equal(found.name, "Bia");
    }
    assert_int_equal(student_by_id(session, removal.id, STORE_PRESENT, &found, NULL), ALUNO_NOT_FOUND);
    assert_int_equal(student_by_id(session, removal.id, STORE_WITH_REMOVED, &found, NULL), ALUNO_OK);
    assert_true(found.has.delete_time);
    assert_int_equal(student_by_id(session, 99, STORE_WITH_REMOVED, &found, NULL), ALUNO_NOT_FOUND);
    ALUNO_SET_TEXT(change.student, name, "Bela");
    assert_int_equal(job_run(bed, &change, job_update), ALUNO_OK);
    assert_int_equal(student_by_id(session, change.id, STORE_PRESENT, &found, NULL), ALUNO_OK);
    assert_string_equal(found.name, "Bela");
    store_session_release(bed->store, session);
}

/* The next user of the session reads what is stored by then. */
static void test_what_was_fetched_is_forgotten(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    job removal = {.id = bed_insert(bed, "Ana", 52998224725)};
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(student_fetch(session, &removal.id, 1, NULL), ALUNO_OK);
    store_session_release(bed->store, session);
    assert_int_equal(job_run(bed, &removal, job_remove), ALUNO_OK);
    assert_int_equal(bed_get(bed, removal.id, &found, NULL), ALUNO_NOT_FOUND);
}

static void test_document_is_unique_until_removal(void **state)
{
    store_bed *bed = *state;
    const int64_t first = bed_insert(bed, "Ana", 52998224725);
    job again = {.student = bed_student("Bia", 21, 52998224725)};
    assert_int_equal(job_run(bed, &again, job_insert), ALUNO_ALREADY_EXISTS);
    check_reason(&again.error, ALUNO_REASON_CPF_TAKEN);

    job removal = {.id = first};
    assert_int_equal(job_run(bed, &removal, job_remove), ALUNO_OK);
    assert_int_equal(job_run(bed, &again, job_insert), ALUNO_OK);
    assert_true(again.out.id > first);

    const int64_t other = bed_insert(bed, "Caio", 11144477735);
    job update = {.id = other};
    ALUNO_SET_TEXT(update.student, br_document, "52998224725");
    assert_int_equal(job_run(bed, &update, job_update), ALUNO_ALREADY_EXISTS);
    check_reason(&update.error, ALUNO_REASON_CPF_TAKEN);
}

static void test_update_changes_what_is_set(void **state)
{
    store_bed *bed = *state;
    const int64_t id = bed_insert(bed, "Ana", 52998224725);
    job at = {.id = id};
    ALUNO_SET(at.student, age, 0);
    assert_int_equal(job_run(bed, &at, job_update), ALUNO_OK);
    assert_int_equal(at.out.age, 0);
    assert_string_equal(at.out.name, "Ana");
    assert_string_equal(at.out.br_document, "52998224725");
    assert_string_equal(at.out.email, "a@example.com");
    assert_string_equal(at.out.etag, "2");
    assert_int_equal(at.out.create_time, 1000);
    assert_int_equal(at.out.update_time, 2000);

    at.student = bed_student("Zoë", 33, 11144477735);
    ALUNO_SET_TEXT(at.student, email, "zoe@example.com");
    assert_int_equal(job_run(bed, &at, job_update), ALUNO_OK);
    aluno_student found;
    assert_int_equal(bed_get(bed, id, &found, NULL), ALUNO_OK);
    assert_string_equal(found.name, "Zoë");
    assert_int_equal(found.age, 33);
    assert_string_equal(found.br_document, "11144477735");
    assert_string_equal(found.email, "zoe@example.com");
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student WHERE name_folded = 'zoe'"), 1);

    at.id = id + 1;
    assert_int_equal(job_run(bed, &at, job_update), ALUNO_NOT_FOUND);
    check_reason(&at.error, ALUNO_REASON_STUDENT_NOT_FOUND);
}

static void test_removed_student_is_gone(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    job at = {.id = bed_insert(bed, "Ana", 52998224725)};
    assert_int_equal(job_run(bed, &at, job_remove), ALUNO_OK);
    assert_true(at.out.has.delete_time);
    assert_int_equal(at.out.delete_time, 3000);
    assert_string_equal(at.out.etag, "2");

    assert_int_equal(bed_get(bed, at.id, &found, NULL), ALUNO_NOT_FOUND);
    assert_int_equal(job_run(bed, &at, job_update), ALUNO_NOT_FOUND);
    assert_int_equal(job_run(bed, &at, job_remove), ALUNO_NOT_FOUND);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 0);
}

static void test_reader_cannot_write(void **state)
{
    store_bed *bed = *state;
    const aluno_student student = bed_student("Ana", 20, 1);
    aluno_student out;
    aluno_error error;
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(student_insert(session, &student, 1, &out, &error), ALUNO_INTERNAL);
    check_reason(&error, ALUNO_REASON_INTERNAL_ERROR);
    store_session_release(bed->store, session);
}

/* ---- operations ---- */

static const uint8_t reply_bytes[] = {0x00, 0xff, 'r', 'e', 'p', 'l', 'y', 0x00};

static aluno_code record(job *at, struct store_session *session)
{
    const struct store_reply reply = {7, 3, UINT64_MAX - 1, reply_bytes, sizeof reply_bytes};
    return operation_record(session, &at->operation, &reply, at->id, &at->error);
}

static aluno_code record_empty(job *at, struct store_session *session)
{
    const struct store_reply nothing = {0};
    return operation_record(session, &at->operation, &nothing, at->id, &at->error);
}

/* Writes the number of deleted operations to student.id. */
static aluno_code purge(job *at, struct store_session *session)
{
    return operation_purge(session, at->id, 2, &at->student.id, &at->error);
}

static aluno_code find(store_bed *bed, const struct store_operation *operation, bool *found,
                       struct store_record *kept, aluno_error *error)
{
    struct store_session *session = store_session_acquire(bed->store);
    const aluno_code code = operation_find(session, operation, found, kept, error);
    store_session_release(bed->store, session);
    return code;
}

static void test_operation_is_remembered(void **state)
{
    store_bed *bed = *state;
    bool found = true;
    struct store_record kept = {.bytes = {0}};
    aluno_error error;
    job at = {.id = 1000,
              .operation = {"caller", "a/B", "01900000-0000-7000-8000-000000000001",
                            UINT64_C(0xfedcba9876543210), 0}};
    assert_int_equal(find(bed, &at.operation, &found, &kept, &error), ALUNO_OK);
    assert_false(found);
    assert_int_equal(job_run(bed, &at, record), ALUNO_OK);

    assert_int_equal(find(bed, &at.operation, &found, &kept, &error), ALUNO_OK);
    assert_true(found);
    assert_int_equal(kept.bytes.size, sizeof reply_bytes);
    assert_memory_equal(kept.bytes.data, reply_bytes, sizeof reply_bytes);

    struct store_operation other = at.operation;
    other.digest++;
    assert_int_equal(find(bed, &other, &found, &kept, &error), ALUNO_INVALID_ARGUMENT);
    check_reason(&error, ALUNO_REASON_REQUEST_ID_REUSED);
    assert_false(found);
    assert_int_equal(kept.bytes.size, sizeof reply_bytes);

    other = at.operation;
    other.method = "a/C";
    assert_int_equal(find(bed, &other, &found, &kept, &error), ALUNO_INVALID_ARGUMENT);
    check_reason(&error, ALUNO_REASON_REQUEST_ID_REUSED);
    aluno__buffer_free(&kept.bytes);
}

static void test_record_has_method_time_and_reply(void **state)
{
    store_bed *bed = *state;
    bool found;
    struct store_record kept = {.bytes = {0}};
    job at = {.id = 1000, .operation = {"caller", "a/B", "01900000-0000-7000-8000-000000000001", 1, 0}};
    assert_int_equal(job_run(bed, &at, record), ALUNO_OK);
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(
        operation_read(session, "another", "01900000-0000-7000-8000-000000000001", &found, &kept, NULL),
        ALUNO_OK);
    assert_false(found);
    assert_int_equal(
        operation_read(session, "caller", "01900000-0000-7000-8000-000000000001", &found, &kept, NULL),
        ALUNO_OK);
    assert_true(found);
    assert_string_equal(kept.method, "a/B");
    assert_int_equal(kept.create_time, 1000);
    assert_int_equal(kept.student, 7);
    assert_int_equal(kept.count, 3);
    assert_true(kept.hash == UINT64_MAX - 1);
    assert_int_equal(kept.bytes.size, sizeof reply_bytes);
    assert_memory_equal(kept.bytes.data, reply_bytes, sizeof reply_bytes);
    store_session_release(bed->store, session);
    aluno__buffer_free(&kept.bytes);
}

static void test_request_id_is_its_callers(void **state)
{
    store_bed *bed = *state;
    struct store_record kept = {.bytes = {0}};
    job at = {.id = 1000, .operation = {"caller", "a/B", "01900000-0000-7000-8000-000000000001", 1, 0}};
    assert_int_equal(job_run(bed, &at, record_empty), ALUNO_OK);

    const struct store_operation others[] = {{"another", "a/B", "01900000-0000-7000-8000-000000000001", 1, 0},
                                             {"caller", "a/B", "01900000-0000-7000-8000-000000000002", 1, 0}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bool found = true;
        assert_int_equal(find(bed, &others[i], &found, &kept, NULL), ALUNO_OK);
        assert_false(found);
    }
    bool found = false;
    assert_int_equal(find(bed, &at.operation, &found, &kept, NULL), ALUNO_OK);
    assert_true(found);
    assert_int_equal(kept.bytes.size, 0);
    aluno__buffer_free(&kept.bytes);
}

static void test_old_operations_are_forgotten(void **state)
{
    static const char *const ids[] = {
        "01900000-0000-7000-8000-000000000009", "01900000-0000-7000-8000-000000000008",
        "01900000-0000-7000-8000-000000000007", "01900000-0000-7000-8000-000000000006"};
    store_bed *bed = *state;
    for (int i = 0; i < 4; i++) {
        job at = {.id = 1000 + i, .operation = {"caller", "a/B", ids[i], 1, 0}};
        assert_int_equal(job_run(bed, &at, record), ALUNO_OK);
    }
    job at = {.id = 1000}; /* before the first */
    assert_int_equal(job_run(bed, &at, purge), ALUNO_OK);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation"), 4);

    at.id = 1003; /* three are older, two go at once */
    assert_int_equal(job_run(bed, &at, purge), ALUNO_OK);
    assert_int_equal(at.student.id, 2);
    assert_int_equal(bed_number(bed, "SELECT min(create_time) FROM operation"), 1002);
    assert_int_equal(job_run(bed, &at, purge), ALUNO_OK);
    assert_int_equal(bed_number(bed, "SELECT min(create_time) FROM operation"), 1003);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_fetched_students_are_found),       TEST(test_what_was_fetched_is_forgotten),
        TEST(test_inserted_student_reads_back),      TEST(test_student_is_found_by_document),
        TEST(test_document_is_unique_until_removal), TEST(test_update_changes_what_is_set),
        TEST(test_removed_student_is_gone),          TEST(test_reader_cannot_write),
        TEST(test_operation_is_remembered),          TEST(test_request_id_is_its_callers),
        TEST(test_record_has_method_time_and_reply), TEST(test_old_operations_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
