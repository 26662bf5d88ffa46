/* Names as numbers: the numbers are in the order of the names, and the bounds of a number enclose the names
 * that have it. Names are random, of few characters, so that many share a beginning. */
#include "unit.h"

#include "store/sqlite/search_terms.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES = 3000, LENGTH_MAX = 16, SEED = 1 };

static char names[NAMES][LENGTH_MAX + 1];

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Letters are frequent, as in names. \xf4 is the greatest byte that begins a character. */
static int make_names(void **state)
{
    static const char characters[] = "aaaaabbbccdezaaaeeiioorrs     \x01!'{\xc3\xf4";
    (void)state;
    srandom(SEED);
    for (size_t i = 0; i < NAMES; i++)
        for (size_t length = (size_t)random() % (LENGTH_MAX + 1); length > 0; length--)
            names[i][length - 1] = characters[(size_t)random() % (sizeof characters - 1)];
    qsort(names, NAMES, sizeof *names, compare);
    return 0;
}

static void test_codes_keep_the_order_of_names(void **state)
{
    (void)state;
    size_t differ = 0;
    for (size_t i = 1; i < NAMES; i++) {
        assert_true(name_code(names[i - 1]) <= name_code(names[i]));
        differ += name_code(names[i - 1]) != name_code(names[i]);
    }
    assert_true(differ > NAMES / 4); /* codes distinguish names */
}

static void test_bounds_enclose_the_names_of_a_code(void **state)
{
    (void)state;
    char floor[NAME_CODE_TEXT], ceiling[NAME_CODE_TEXT];
    for (size_t i = 0; i < NAMES; i++) {
        const uint32_t code = name_code(names[i]);
        name_code_floor(code, floor);
        name_code_ceiling(code, ceiling);
        assert_true(strcmp(floor, names[i]) <= 0);
        assert_true(strcmp(ceiling, names[i]) > 0);
    }
}

/* A walk between the bounds passes few names that have another code. */
static void test_bounds_are_close(void **state)
{
    (void)state;
    size_t others = 0;
    for (size_t i = 0; i < NAMES; i++) {
        char floor[NAME_CODE_TEXT], ceiling[NAME_CODE_TEXT];
        const uint32_t code = name_code(names[i]);
        name_code_floor(code, floor);
        name_code_ceiling(code, ceiling);
        for (size_t j = i; j > 0 && strcmp(names[j - 1], floor) >= 0; j--)
            others += name_code(names[j - 1]) != code;
        for (size_t j = i + 1; j < NAMES && strcmp(names[j], ceiling) < 0; j++)
            others += name_code(names[j]) != code;
    }
    assert_true(others < NAMES);
}

static void test_the_first_and_the_last_code(void **state)
{
    (void)state;
    char text[NAME_CODE_TEXT];
    name_code_floor(0, text);
    assert_string_equal(text, "");
    name_code_ceiling(UINT32_MAX, text);
    assert_string_equal(text, "\xff");
}

static void test_long_text_is_cut(void **state)
{
    (void)state;
    struct term term;
    char text[2 * TERM_MAX];
    memset(text, 'A', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    term_set_email(&term, text);
    assert_int_equal(term.size, TERM_MAX);
    assert_int_equal(term.bytes[0], TERM_EMAIL);
    assert_int_equal(term.bytes[TERM_MAX - 1], 'a');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes_keep_the_order_of_names),
        cmocka_unit_test(test_bounds_enclose_the_names_of_a_code),
        cmocka_unit_test(test_bounds_are_close),
        cmocka_unit_test(test_the_first_and_the_last_code),
        cmocka_unit_test(test_long_text_is_cut),
    };
    return cmocka_run_group_tests(tests, make_names, NULL);
}
