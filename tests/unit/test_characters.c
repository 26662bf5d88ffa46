/* Characters: which one a rule refuses, and where; whole numbers; text that was read in another encoding. */
#include "unit.h"

#include "protocol/rules.h"

#include <aluno/error.h>
#include <aluno/values.h>

#include <errno.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The first character that a rule does not permit is named, with its place in the text as it was given. */
static void test_refused_characters_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *field, *in, *detail;
    } cases[] = {
        {"br_document", "962.453.630–98", "U+2013 12"},
        {"br_document", "\u00A0962.453.630–98", "U+2013 13"},
        {"br_document", "9624536309O", "U+004F 11"},
        {"name", "João\uFFFDAlves", "U+FFFD 5"},
        {"name", "Ana\tMaria", "U+0009 4"},
        {"name", "\u200B\tAna\u202Egpj", "U+202E 6"},
        {"name", "𠮷\U000F0000", "U+F0000 2"},
        {"email", "joão@example.com", "U+00E3 3"},
        {"email", "ana maria@example.com", "U+0020 4"},
        {"email", "ana\u00A0@example.com", "U+00A0 4"},
        {"email", "anaexample.com", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];
        aluno__rule_violation violation = {.detail = "x"};
        snprintf(text, sizeof text, "%s", cases[i].in);
        const aluno_field_desc *field =
            aluno_field_named(&aluno_student_type, cases[i].field, strlen(cases[i].field));
        assert_false(aluno__rules_check_text(field, text, &violation));
        assert_string_equal(violation.detail, cases[i].detail);
    }
}

static void test_whole_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        int64_t number;
    } fine[] = {
        {"16", 16}, {"16.0", 16},     {"16,0", 16}, {"16.000", 16},   {" +16 ", 16},
        {"-1", -1}, {"16\u00A0", 16}, {"0016", 16}, {"\u200B16", 16}, {"9223372036854775807", INT64_MAX}};
    static const char *const broken[] = {"",
                                         " ",
                                         "16.5",
                                         "16.",
                                         "16,01",
                                         "1 6",
                                         "0x10",
                                         "1e1",
                                         "+-1",
                                         "- 1",
                                         ".0",
                                         "16-",
                                         "dez",
                                         "１６",
                                         "16.0.0",
                                         "1,6.0",
                                         "9223372036854775808",
                                         "1111111111111111111111111111111111111111111111111111111111111111"};
    for (size_t i = 0; i < COUNT(fine); i++) {
        int64_t number = 0;
        errno = ERANGE; /* of an earlier function */
        assert_true(aluno_whole_number(fine[i].in, &number));
        assert_int_equal(number, fine[i].number);
    }
    for (size_t i = 0; i < COUNT(broken); i++) {
        int64_t number = 7;
        assert_false(aluno_whole_number(broken[i], &number));
        assert_int_equal(number, 7);
    }
}

static void test_mojibake(void **state)
{
    (void)state;
    static const struct {
        const char *in, *likely; /* NULL: not mojibake */
    } cases[] = {
        {"JoÃ£o", "João"},
        {"ConceiÃ§Ã£o â€“ JosÃ©", "Conceição – José"},
        {"Jo├úo Concei├º├úo", "João Conceição"},
        {"João", NULL},
        {"JOÃO CONCEIÇÃO", NULL},
        {"Ana", NULL},
        {"", NULL},
        {"Ã", NULL},
        {"山田太郎", NULL},
        {"Ã©", "é"},
        {"Jos%C3%A9%20da Concei%c3%a7%c3%a3o", "José da Conceição"},
        {"Jo%E3o", "João"},
        {"Jo=C3=A3o", "João"},
        {"Jo&atilde;o D&#39;&Aacute;vila &#xc9; &amp;", "João D'Ávila É &"},
        {"Fran&ccedil;a Gon&CCEDIL;alves", "França Gon&CCEDIL;alves"},
        {"100% = 2 & 3; &x; &#27; %1B =0A &atilde", NULL},
        {"Ana %", NULL},
        {"%C3%A1%C3%A9%C3%AD%C3%B3%C3%BA %F0%9F%98%80", "áéíóú 😀"},
        {"Jos&eacute; d&apos;Arc 1&ordf;", "José d'Arc 1ª"},
        {"Ana &#227x;&;&#; &#1114112;", NULL},
        {"Ana & Filhos e Netos Ltda;", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char likely[64];
        memset(likely, 'x', sizeof likely);
        if (aluno_mojibake(cases[i].in, likely, sizeof likely) != (cases[i].likely != NULL))
            fail_msg("%s", cases[i].in);
        if (cases[i].likely != NULL)
            assert_string_equal(likely, cases[i].likely);
        assert_int_equal(aluno_mojibake(cases[i].in, NULL, 0), cases[i].likely != NULL);
    }
}

static void test_characters_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *detail, *message;
    } cases[] = {
        {"U+2013 12", "o endereço de e-mail não é válido: U+2013 (–) na posição 12"},
        {"U+0007 1", "o endereço de e-mail não é válido: U+0007 na posição 1"},
        {"U+0301 1", "o endereço de e-mail não é válido: U+0301 na posição 1"},
        {"U+F0000 2", "o endereço de e-mail não é válido: U+F0000 na posição 2"},
        {"U+110000 1", "o endereço de e-mail não é válido (U+110000 1)"},
        {"U+2013 12 x", "o endereço de e-mail não é válido (U+2013 12 x)"},
        {"12", "o endereço de e-mail não é válido (12)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        aluno_violation violation = {0};
        char message[200];
        assert_true(ALUNO_SET_TEXT(violation, reason, "EMAIL_SYNTAX"));
        assert_true(ALUNO_SET_TEXT(violation, detail, cases[i].detail));
        aluno_violation_message(&violation, ALUNO_PT, message, sizeof message);
        assert_string_equal(message, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_characters_are_named),
        cmocka_unit_test(test_characters_in_words),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_mojibake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
