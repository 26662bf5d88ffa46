/* The values of the configuration file: their quotes, and what is refused as no part of a value. */
#include "unit.h"

#include "options_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const path = "options_file.test";

static bool keep_value(void *user, const char *key, const char *value, int line)
{
    (void)key;
    (void)line;
    snprintf(user, 64, "%s", value);
    return true;
}

static bool read_line(const char *line, char value[64], char *problem, size_t size)
{
    FILE *file = fopen(path, "w");
    fprintf(file, "%s\n", line);
    fclose(file);
    const bool is_read = options_file_read(path, keep_value, value, problem, size);
    unlink(path);
    return is_read;
}

static void test_values(void **state)
{
    static const char *const rows[][2] = {
        {"db = a", "a"},           {"db = 'a'", "a"},         {"db = \"a b\"", "a b"},
        {"db = 'a # b'", "a # b"}, {"db = a#b", "a#b"},       {"db = a ; comment", "a"},
        {"db = it's", "it's"},     {"db = \"it's\"", "it's"}, {"db = 'São'", "São"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char value[64] = "", problem[256] = "";
        if (!read_line(rows[i][0], value, problem, sizeof problem))
            fail_msg("%s: %s", rows[i][0], problem);
        assert_string_equal(value, rows[i][1]);
    }
}

static void test_what_is_no_part_of_a_value_is_refused(void **state)
{
    static const struct {
        const char *line, *problem;
    } rows[] = {
        {"db = \"a", "one of two quotes is missing; write both or none"},
        {"db = a'", "one of two quotes is missing; write both or none"},
        {"db = \"", "one of two quotes is missing; write both or none"},
        {"db = \"a\" \"b\"", "there is text behind the closing quote; remove it"},
        {"db = 'a' # b", "there is text behind the closing quote; remove it"},
        {"db = a # b", "a comment has a line of its own; remove it, or put a value that has a # in quotes"},
        {"db = “a”", "the quotes are not \" or '; write one of these, or none"},
        {"db = `a`", "the quotes are not \" or '; write one of these, or none"},
        {"db = a´", "the quotes are not \" or '; write one of these, or none"},
        {"db =\u00A0a", "a space that is not the keyboard's stands beside the value; type the line anew"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char value[64], problem[256] = "", expected[256];
        snprintf(expected, sizeof expected, "%s:1: %s", path, rows[i].problem);
        if (read_line(rows[i].line, value, problem, sizeof problem))
            fail_msg("%s is taken", rows[i].line);
        assert_string_equal(problem, expected);
    }
}

int main(void)
{
    char folder[] = "/tmp/aluno-options-XXXXXX";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_what_is_no_part_of_a_value_is_refused),
    };
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return EXIT_FAILURE;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return rmdir(folder) == 0 ? failed : EXIT_FAILURE;
}
