/* Folding: names that differ in case, accents or spacing compare equal. */
#include "unit.h"

#include <aluno/values.h>

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *title, *name, *folded;
} cases[] = {
    {"plain", "ana", "ana"},
    {"capitals", "ANA Maria", "ana maria"},
    {"accents, composed", "João Ávila Conceição", "joao avila conceicao"},
    {"accents, decomposed", "Joa\xcc\x83o A\xcc\x81vila", "joao avila"},
    {"ligature and full width", "\xef\xac\x81na \xef\xbc\xa1na", "fina ana"},
    {"sharp s", "Straße", "strasse"},
    {"Turkish capital i with dot", "\xc4\xb0nci", "inci"},
    {"final sigma", "ΟΔΥΣΣΕΥΣ", "οδυσσευσ"},
    {"Greek iota below a letter, composed", "\xe1\xbe\x80", "αι"},
    {"Greek iota below a letter, decomposed", "\xce\xb1\xcc\x93\xcd\x85", "αι"},
    {"soft hyphen and zero-width joiner",
     "An\xc2\xad\xe2\x80\x8d"
     "a",
     "ana"},
    {"another script", "Владимир", "владимир"},
    {"nothing", "", ""},
};

static void test_names_fold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *folded = aluno_fold(cases[i].name);
        if (!folded || strcmp(folded, cases[i].folded) != 0)
            fail_msg("%s: \"%s\", expected \"%s\"", cases[i].title, folded ? folded : "(null)",
                     cases[i].folded);
        free(folded);
    }
}

static void test_folding_again_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *again = aluno_fold(cases[i].folded);
        assert_string_equal(again, cases[i].folded);
        free(again);
    }
}

/* ASCII takes a way of its own: a letter that is no ASCII before it makes utf8proc fold the same. */
static void test_each_ascii_character_folds_as_beside_another(void **state)
{
    (void)state;
    for (char c = 1; c != 0x7f; c++) {
        const char alone[] = {c, '\0'}, beside[] = {'\xc3', '\xa9', c, '\0'};
        char *folded = aluno_fold(alone), *expected = aluno_fold(beside);
        assert_string_equal(folded, expected + 1);
        free(folded);
        free(expected);
    }
}

static void test_what_is_not_utf8_does_not_fold(void **state)
{
    (void)state;
    assert_null(aluno_fold("Jo\xe3o"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_fold),
        cmocka_unit_test(test_folding_again_changes_nothing),
        cmocka_unit_test(test_each_ascii_character_folds_as_beside_another),
        cmocka_unit_test(test_what_is_not_utf8_does_not_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
