/* Page tokens: written and read as the same, and read in no other form. */
#include "unit.h"

#include "handlers/page_token.h"

#include <string.h>

enum { TOKEN_SIZE = 80 };

static void test_a_token_has_a_hash_and_its_numbers(void **state)
{
    (void)state;
    static const int64_t numbers[] = {5, 0, INT64_MIN};
    char token[TOKEN_SIZE];
    int64_t read[3];
    page_token_write(0xabc, numbers, 3, token, sizeof token);
    assert_string_equal(token, "0000000000000abc-5-0-8000000000000000");
    assert_true(page_token_read(token, read, 3));
    assert_memory_equal(read, numbers, sizeof numbers);
}

static void test_a_token_that_does_not_fit_is_cut(void **state)
{
    (void)state;
    static const int64_t numbers[] = {0x1234, 1};
    char token[20];
    page_token_write(1, numbers, 2, token, sizeof token);
    assert_string_equal(token, "0000000000000001-12");
}

static void test_other_forms_are_refused(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "",
        "0000000000000abc",
        "0000000000000abc-5",
        "0000000000000abc-5-1-2",
        "0000000000000abc-5-1 ",
        "0000000000000abc-05-1",
        "0000000000000abc-5-",
        "0000000000000abc--5-1",
        "0000000000000abc-+5-1",
        "0000000000000abc-0x5-1",
        "0000000000000abc- 5-1",
        "0000000000000abc-A-1",
        "0000000000000ABC-5-1",
        "000000000000abc-5-1",
        "00000000000000abc-5-1",
        "0000000000000abc-10000000000000000-1",
        "0000000000000abc_5-1",
    };
    int64_t numbers[2];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (page_token_read(forms[i], numbers, 2))
            fail_msg("%s is read", forms[i]);
    assert_true(page_token_read("0000000000000abc-5-ffffffffffffffff", numbers, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_has_a_hash_and_its_numbers),
        cmocka_unit_test(test_a_token_that_does_not_fit_is_cut),
        cmocka_unit_test(test_other_forms_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
