/* The log: one line per event, for any value, in each form. */
#include "stderr_capture.h"
#include "unit.h"

#include "log.h"

#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
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

/* ---- other forms ---- */

/* Returns a JSON line from its level on. */
static const char *after_json_time(const char *line)
{
    static const char head[] = "{\"time\":\"20";
    assert_memory_equal(line, head, strlen(head));
    const char *level = strstr(line, "Z\",\"level\":");
    assert_non_null(level);
    return level + strlen("Z\",");
}

static void test_json_is_an_object_a_line(void **state)
{
    (void)state;
    log_set_format(LOG_JSON);
    stderr_capture();
    log_line(LOG_WARN, "Ação \"x\".", "ms", "12", "none", NULL, "who",
             "a\xff\n\t\xf3\xa0\x80\x81\xe2\x80\xae\\ \xc3\xa9", NULL);
    log_set_format(LOG_TEXT);
    assert_string_equal(after_json_time(stderr_captured()),
                        "\"level\":\"warn\",\"msg\":\"Ação \\\"x\\\".\",\"ms\":\"12\",\"who\":"
                        "\"a\\ufffd\\n\\u0009\\udb40\\udc01\\u202e\\\\ é\"}\n");
}

/* A value is cut, and a pair whose value does not fit is left out: the object is whole. */
static void test_long_json_is_whole(void **state)
{
    char value[5000];
    (void)state;
    log_set_format(LOG_JSON);
    for (size_t size = 4000; size < 4060; size++) {
        memset(value, 'x', size);
        value[size] = '\0';
        stderr_capture();
        log_line(LOG_INFO, "m", "k", value, "second", "2", "third", value, NULL);
        const char *line = stderr_captured();
        const size_t length = strlen(line);
        assert_in_range(length, 4000, 4096);
        assert_string_equal(line + length - 3, "\"}\n");
        const char *second = strstr(line, ",\"second\"");
        assert_true(second == NULL || strncmp(second, ",\"second\":\"", 11) == 0);
    }
    log_set_format(LOG_TEXT);
}

/* On a terminal: the local time, the level, the words. */
static void test_a_terminal_has_words(void **state)
{
    (void)state;
    const int master = posix_openpt(O_RDWR | O_NOCTTY), kept = dup(STDERR_FILENO);
    assert_int_equal(grantpt(master) + unlockpt(master), 0);
    const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    dup2(terminal, STDERR_FILENO);
    log_set_format(LOG_TEXT);
    log_line(LOG_INFO, "Ação executada.", "caller", "Ana \x1b[2J", "code", "OK", NULL);
    dup2(kept, STDERR_FILENO);
    log_set_format(LOG_TEXT);

    char line[256] = "";
    regex_t shape;
    assert_true(read(master, line, sizeof line - 1) > 0);
    assert_int_equal(regcomp(&shape,
                             "^[0-2][0-9]:[0-5][0-9]:[0-6][0-9][.][0-9][0-9][0-9] info  Ação executada[.] "
                             "caller=\"Ana .u001b.2J\" code=OK\r\n$",
                             REG_EXTENDED | REG_NOSUB),
                     0);
    if (regexec(&shape, line, 0, NULL, 0) != 0)
        fail_msg("%s", line);
    regfree(&shape);
    close(terminal);
    close(master);
    close(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_has_time_level_message_and_pairs),
        cmocka_unit_test(test_values_cannot_look_like_anything_else),
        cmocka_unit_test(test_a_pair_without_a_value_is_left_out),
        cmocka_unit_test(test_levels_below_the_threshold_are_silent),
        cmocka_unit_test(test_long_line_is_cut),
        cmocka_unit_test(test_json_is_an_object_a_line),
        cmocka_unit_test(test_long_json_is_whole),
        cmocka_unit_test(test_a_terminal_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
