/* Compares the contract of a program with the library's. */
#include "unit.h"

#include "protocol/contract.h"

#include <stdio.h>

enum { ROWS_MAX = 512 };

/* A copy of the library's contract that tests alter. */
static size_t copy_contract(const char **rows)
{
    size_t count = 0;
    for (const char *const *row = aluno_library_contract(); *row != NULL; row++) {
        assert_true(count + 2 < ROWS_MAX);
        rows[count++] = *row;
    }
    rows[count] = NULL;
    return count;
}

/* Returns the index of the row with that prefix. */
static size_t row_of(const char **rows, const char *start)
{
    for (size_t i = 0; rows[i] != NULL; i++)
        if (strncmp(rows[i], start, strlen(start)) == 0)
            return i;
    fail_msg("no row begins with %s", start);
    return 0;
}

static void check_refused(const char *const *rows, const char *detail)
{
    aluno_error error = {0};
    assert_int_equal(aluno__contract_check(rows, &error), ALUNO_FAILED_PRECONDITION);
    assert_true(aluno_error_is(&error, ALUNO_REASON_CONTRACT_MISMATCH));
    assert_string_equal(error.detail, detail);
}

static void test_the_headers_are_the_librarys(void **state)
{
    (void)state;
    assert_int_equal(aluno__contract_check(aluno_contract, NULL), ALUNO_OK);
    assert_int_equal(aluno__contract_check(aluno_library_contract(), NULL), ALUNO_OK);
}

static void test_another_version_with_the_same_rows_passes(void **state)
{
    (void)state;
    const char *rows[ROWS_MAX];
    copy_contract(rows);
    rows[0] = "version 0.1.99";
    assert_int_equal(aluno__contract_check(rows, NULL), ALUNO_OK);
}

static void test_a_field_more_is_refused(void **state)
{
    (void)state;
    const char *rows[ROWS_MAX];
    copy_contract(rows);
    rows[row_of(rows, "message student;")] = "message student; int id; text nickname 10";
    rows[0] = "version 0.1.99";
    check_refused(rows, "message student: headers 0.1.99, library " ALUNO_VERSION);
}

static void test_fields_that_change_places_are_refused(void **state)
{
    (void)state;
    const char *rows[ROWS_MAX];
    copy_contract(rows);
    rows[row_of(rows, "message health_check_reply;")] = "message health_check_reply; text state 15";
    check_refused(rows, "message health_check_reply: headers " ALUNO_VERSION ", library " ALUNO_VERSION);
}

static void test_a_reason_more_or_less_is_refused(void **state)
{
    (void)state;
    const char *rows[ROWS_MAX];
    const size_t count = copy_contract(rows);
    const size_t last = count - 1;
    char detail[256];
    snprintf(detail, sizeof detail, "%s: headers " ALUNO_VERSION ", library " ALUNO_VERSION, rows[last]);
    rows[last] = NULL;
    check_refused(rows, detail);
    copy_contract(rows);
    rows[count] = "method more student student";
    rows[count + 1] = NULL;
    check_refused(rows, "method more student student: headers " ALUNO_VERSION ", library " ALUNO_VERSION);
}

static void test_none_is_refused(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    check_refused(NULL, "code OK 0: headers ?, library " ALUNO_VERSION);
    aluno_error error = {0};
    assert_int_equal(aluno__contract_check(none, &error), ALUNO_FAILED_PRECONDITION);
}

static void test_an_error_of_another_layout_is_not_written(void **state)
{
    (void)state;
    const char *rows[ROWS_MAX];
    copy_contract(rows);
    rows[row_of(rows, "message violation;")] = "message violation; text field 10";
    aluno_error error;
    memset(&error, 0x5A, sizeof error);
    assert_int_equal(aluno__contract_check(rows, &error), ALUNO_FAILED_PRECONDITION);
    for (size_t i = 0; i < sizeof error; i++)
        assert_int_equal(((const unsigned char *)&error)[i], 0x5A);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_headers_are_the_librarys),
        cmocka_unit_test(test_another_version_with_the_same_rows_passes),
        cmocka_unit_test(test_a_field_more_is_refused),
        cmocka_unit_test(test_fields_that_change_places_are_refused),
        cmocka_unit_test(test_a_reason_more_or_less_is_refused),
        cmocka_unit_test(test_none_is_refused),
        cmocka_unit_test(test_an_error_of_another_layout_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
