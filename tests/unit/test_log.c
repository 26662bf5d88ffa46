/* The log: one line per event, for any value. */
#include "stderr_capture.h"
#include "unit.h"

#include "log.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Returns the line without its time. */
static const char *after_time(const char *line)
{
    return strchr(line, ' ') ? strchr(line, ' ') + 1 : line;
}

static void test_line_has_time_level_message_and_pairs(void **state)
{
    (void)state;
    regex_t shape;
    stderr_capture();
    log_line(LOG_INFO, "Ação criar executada.", "method", "aluno.v1.StudentService/CreateStudent", "caller",
             "Ana Souza", "id", "7", NULL);
    const char *line = stderr_captured();
    assert_int_equal(regcomp(&shape,
                             "^20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]"
                             "[.][0-9][0-9][0-9]Z info msg=",
                             REG_EXTENDED | REG_NOSUB),
                     0);
    assert_int_equal(regexec(&shape, line, 0, NULL, 0), 0);
    regfree(&shape);
    assert_string_equal(after_time(line),
                        "info msg=\"Ação criar executada.\" "
                        "method=aluno.v1.StudentService/CreateStudent caller=\"Ana Souza\" id=7\n");
}

static const struct {
    const char *title, *value, *written;
} cases[] = {
    {"plain", "abc-1/2.3:4", "abc-1/2.3:4"},
    {"empty", "", "\"\""},
    {"space", "a b", "\"a b\""},
    {"equals sign", "a=b", "\"a=b\""},
    {"quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\""},
    {"newline that would forge a line", "x\n2026 info msg=\"y\"", "\"x\\n2026 info msg=\\\"y\\\"\""},
    {"carriage return, tab, escape", "\r\t\x1b[2J", "\"\\u000d\\u0009\\u001b[2J\""},
    {"C1 control",
     "\xc2\x9b"
     "2J",
     "\"\\u009b2J\""},
    {"line separator",
     "a\xe2\x80\xa8"
     "b",
     "\"a\\u2028b\""},
    {"text turned around",
     "a\xe2\x80\xae"
     "b",
     "\"a\\u202eb\""},
    {"UTF-8", "João 😀", "\"João 😀\""},
    {"not UTF-8", "a\xff\xc3", "\"a\\xff\\xc3\""},
};

static void test_values_cannot_look_like_anything_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[256];
        stderr_capture();
        log_line(LOG_WARN, "m", "k", cases[i].value, NULL);
        snprintf(expected, sizeof expected, "warn msg=\"m\" k=%s\n", cases[i].written);
        const char *line = after_time(stderr_captured());
        if (strcmp(line, expected) != 0)
            fail_msg("%s: %s expected %s", cases[i].title, line, expected);
    }
}

static void test_a_pair_without_a_value_is_left_out(void **state)
{
    (void)state;
    stderr_capture();
    log_line(LOG_INFO, "m", "first", NULL, "second", "2", "third", NULL, NULL);
    assert_string_equal(after_time(stderr_captured()), "info msg=\"m\" second=2\n");
}

static void test_levels_below_the_threshold_are_silent(void **state)
{
    (void)state;
    stderr_capture();
    log_line(LOG_DEBUG, "one", NULL);
    log_set_level(LOG_ERROR);
    log_line(LOG_WARN, "two", NULL);
    log_line(LOG_ERROR, "three", NULL);
    log_set_level(LOG_DEBUG);
    log_line(LOG_DEBUG, "four", NULL);
    log_set_level(LOG_INFO);
    const char *text = stderr_captured();
    assert_null(strstr(text, "one"));
    assert_null(strstr(text, "two"));
    assert_non_null(strstr(text, "error msg=\"three\"\n"));
    assert_non_null(strstr(text, "debug msg=\"four\"\n"));
}

/* A long value is cut between characters. The line is complete and its quotes are closed. */
static void test_long_line_is_cut(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        char value[6001] = "";
        memset(value, 'x', shift);
        while (strlen(value) + 2 < sizeof value)
            strcat(value, "é");
        stderr_capture();
        log_line(LOG_INFO, "m", "k", value, "after", "1", NULL);
        const char *line = stderr_captured();
        const size_t length = strlen(line);
        assert_in_range(length, 4000, 4096);
        assert_string_equal(line + length - 4, "é\"\n");
        assert_ptr_equal(strchr(line, '\n'), line + length - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_has_time_level_message_and_pairs),
        cmocka_unit_test(test_values_cannot_look_like_anything_else),
        cmocka_unit_test(test_a_pair_without_a_value_is_left_out),
        cmocka_unit_test(test_levels_below_the_threshold_are_silent),
        cmocka_unit_test(test_long_line_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
