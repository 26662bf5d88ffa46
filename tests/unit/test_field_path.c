/* sdk/protocol/path.c: the paths of fields, as violations name them. */
#include "unit.h"

#include "protocol/path.h"

#include <stdio.h>
#include <string.h>

static const aluno__path root = {.outer = NULL};

/* Writes the path into memory of exactly its size. */
static const char *written(const aluno__path *path)
{
    static char out[ALUNO_PATH_SIZE + 1];
    memset(out, '#', sizeof out);
    const size_t length = aluno__path_write(path, out);
    assert_int_equal(length, strlen(out));
    assert_in_range(length, 0, ALUNO_PATH_SIZE - 1);
    assert_int_equal(out[ALUNO_PATH_SIZE], '#');
    return out;
}

static void test_paths(void **state)
{
    (void)state;
    const aluno__path students = aluno__path_field(&root, "students");
    const aluno__path third = aluno__path_item(&students, 3);
    const aluno__path name = aluno__path_part(&third, "names", strlen("name"));
    assert_string_equal(written(&root), "");
    assert_string_equal(written(&students), "students");
    assert_string_equal(written(&third), "students[3]");
    assert_string_equal(written(&name), "students[3].name");
}

static void test_a_long_path_is_cut(void **state)
{
    (void)state;
    char text[2 * ALUNO_PATH_SIZE];
    memset(text, 'x', sizeof text);
    for (size_t length = ALUNO_PATH_SIZE - 12; length < ALUNO_PATH_SIZE + 2; length++) {
        const aluno__path list = aluno__path_part(&root, text, length);
        const aluno__path item = aluno__path_item(&list, 1000), field = aluno__path_field(&item, "name");
        char whole[sizeof text + 16];
        snprintf(whole, sizeof whole, "%.*s[1000].name", (int)length, text);
        whole[ALUNO_PATH_SIZE - 1] = '\0';
        assert_string_equal(written(&field), whole);
    }
}

static void test_an_unknown_key(void **state)
{
    (void)state;
    static const struct {
        const char *key, *named;
    } cases[] = {
        {"age_2", "age_2"},
        {"", "?"},
        {"a b", "?"},
        {"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"}, /* 40 */
        {"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO", "?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const aluno__path path = aluno__path_unknown(&root, cases[i].key, strlen(cases[i].key));
        assert_string_equal(written(&path), cases[i].named);
    }
    const aluno__path path = aluno__path_unknown(&root, "a\0b", 3);
    assert_string_equal(written(&path), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_a_long_path_is_cut),
        cmocka_unit_test(test_an_unknown_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
