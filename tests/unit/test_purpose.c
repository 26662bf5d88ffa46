/* The rule of purposes: words are kept, what may be personal is refused. */
#include "unit.h"

#include "protocol/rules.h"

#include <stdio.h>

/* Returns whether the rule accepts the text; *normalised receives what becomes of it. */
static bool accepts(const char *given, char normalised[128])
{
    aluno__rule_violation violation = {.detail = ""};
    const aluno_field_desc *field =
        aluno_field_named(&aluno_request_metadata_type, "purpose", strlen("purpose"));
    snprintf(normalised, 128, "%s", given);
    const bool accepted = aluno__rules_check_text(field, normalised, &violation);
    assert_true(accepted || violation.reason == ALUNO_REASON_PURPOSE_INVALID);
    return accepted;
}

static void test_words_are_accepted(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"matrícula 2027", "matrícula 2027"},
        {"  transfer  of class 3B ", "transfer of class 3B"},
        {"Censo 2026, 1234567890 records", "Censo 2026, 1234567890 records"}, /* ten digits */
        {"1234567890 - 1 x", "1234567890 - 1 x"},
        {"2026–2027, 300–400", "2026–2027, 300–400"},
        {"12345–67890 — 1 x", "12345–67890 — 1 x"},
        {"1a", "1a"},
        {"1z", "1z"},
        {"1A", "1A"},
        {"1Z", "1Z"},
        {"1º", "1º"},
    };
    char text[128];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_true(accepts(texts[i][0], text));
        assert_string_equal(text, texts[i][1]);
    }
}

static void test_what_may_be_personal_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "   ",
                                        "2027",
                                        "`{[",
                                        "mother of ana@example.com",
                                        "CPF 52998224725",
                                        "CPF 529.982.247-25",
                                        "CPF 529 982 247 25",
                                        "CPF 529.982.247/25, father",
                                        "CPF 529–982–247–25",
                                        "CPF 529·982·247‑25, mãe",
                                        "a long number 052998224725",
                                        "two\nlines\x01"};
    char text[128];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(accepts(texts[i], text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_accepted),
        cmocka_unit_test(test_what_may_be_personal_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
