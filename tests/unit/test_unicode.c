/* Folding and composing against Unicode's own tables, which Debian's package unicode-data has; without it the
 * tests are skipped. The tables are those of the package's version, so characters that utf8proc does not know
 * yet are left out. */
#include "unit.h"

#include "base/utf8.h"
#include "protocol/rules.h"

#include <aluno/values.h>

#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

enum { COLUMNS = 5, TEXT_SIZE = 256 };

struct row {
    char columns[COLUMNS][TEXT_SIZE];
    bool is_known; /* every character is assigned */
};

/* Opens a table; NULL, which ends the test, when it is not installed. */
static FILE *open_table(const char *command)
{
    FILE *table = popen(command, "re");
    int first = table != NULL ? fgetc(table) : EOF;
    if (first != EOF)
        return table;
    if (table != NULL)
        pclose(table);
    print_message("without unicode-data: apt-get install unicode-data bzip2\n");
    return NULL;
}

/* "0041 0301": the characters' numbers, as UTF-8. */
static void write_text(const char *numbers, char out[TEXT_SIZE], bool *is_known)
{
    char *end;
    size_t length = 0;
    for (unsigned long point = strtoul(numbers, &end, 16); end != numbers;
         numbers = end, point = strtoul(numbers, &end, 16)) {
        assert_in_range(length, 0, TEXT_SIZE - 5);
        length += (size_t)utf8proc_encode_char((utf8proc_int32_t)point, (utf8proc_uint8_t *)out + length);
        *is_known = *is_known && utf8proc_category((utf8proc_int32_t)point) != UTF8PROC_CATEGORY_CN;
    }
    out[length] = '\0';
}

/* Whether the two fold alike; of what is no text, such as a lone surrogate, neither folds. */
static void check_fold_alike(const char *line, const char *one, const char *other)
{
    char *left = aluno_fold(one), *right = aluno_fold(other);
    if ((left == NULL) != (right == NULL) || (left != NULL && strcmp(left, right) != 0))
        fail_msg("%s: %s, %s", line, left, right);
    free(left);
    free(right);
}

/* ---- normalisation ---- */

/* A name is stored composed: of the first three columns, the second. Some characters are in no name. */
static void check_composed(const char *line, const struct row *row)
{
    const aluno_field_desc *field = aluno_field_named(&aluno_student_type, "name", strlen("name"));
    for (size_t i = 0; i < 3; i++) {
        char text[1024];
        aluno__rule_violation violation;
        snprintf(text, sizeof text, "a%sa", row->columns[i]);
        if (aluno__rules_check_text(field, text, &violation) &&
            (strncmp(text + 1, row->columns[1], strlen(row->columns[1])) != 0))
            fail_msg("%s: column %zu is composed to %s", line, i + 1, text);
    }
}

/* False for characters that join with the letters around them, and for spaces, of which names have one kind:
 * check_composed skips them. */
static bool stands_alone(const char *text)
{
    utf8proc_int32_t point;
    utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &point);
    const utf8proc_category_t category = utf8proc_category(point);
    return utf8proc_get_property(point)->combining_class == 0 && category != UTF8PROC_CATEGORY_ZS &&
           category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

static void check_row(const char *line)
{
    struct row row = {.is_known = true};
    const char *at = line;
    for (size_t i = 0; i < COLUMNS; i++) {
        write_text(at, row.columns[i], &row.is_known);
        at = strchr(at, ';') + 1;
    }
    if (!row.is_known)
        return;
    for (size_t i = 1; i < COLUMNS; i++)
        check_fold_alike(line, row.columns[0], row.columns[i]);
    if (stands_alone(row.columns[1]))
        check_composed(line, &row);
}

static void test_texts_of_one_normal_form_fold_alike(void **state)
{
    (void)state;
    char line[2048];
    size_t rows = 0;
    FILE *table = open_table("bzcat /usr/share/unicode/NormalizationTest.txt.bz2 2>/dev/null");
    if (table == NULL)
        skip();
    while (fgets(line, sizeof line, table) != NULL) {
        line[strcspn(line, "#\n")] = '\0';
        if (strchr(line, ';') != NULL && line[0] != '@') {
            check_row(line);
            rows++;
        }
    }
    assert_int_equal(pclose(table), 0);
    assert_in_range(rows, 18000, 40000);
}

/* ---- case ---- */

/* Marks are dropped, not folded. */
static bool is_mark(const char *text)
{
    utf8proc_int32_t point;
    utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &point);
    return utf8proc_category(point) == UTF8PROC_CATEGORY_MN;
}

/* "CODE; STATUS; MAPPING;": common and full foldings; the simple ones and the Turkish ones are of other
 * modes. */
static void check_folding(const char *line)
{
    char letter[TEXT_SIZE], mapping[TEXT_SIZE], status;
    int mapped = 0;
    bool is_known = true;
    if (sscanf(line, "%*x; %c; %n", &status, &mapped) != 1 || (status != 'C' && status != 'F'))
        return;
    write_text(line, letter, &is_known);
    write_text(line + mapped, mapping, &is_known);
    if (is_known && !is_mark(letter))
        check_fold_alike(line, letter, mapping);
}

static void test_letters_of_one_case_fold_alike(void **state)
{
    (void)state;
    char line[512];
    size_t rows = 0;
    FILE *table = open_table("cat /usr/share/unicode/CaseFolding.txt 2>/dev/null");
    if (table == NULL)
        skip();
    while (fgets(line, sizeof line, table) != NULL) {
        line[strcspn(line, "#\n")] = '\0';
        check_folding(line);
        rows += strchr(line, ';') != NULL;
    }
    assert_int_equal(pclose(table), 0);
    assert_in_range(rows, 1400, 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_of_one_normal_form_fold_alike),
        cmocka_unit_test(test_letters_of_one_case_fold_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
