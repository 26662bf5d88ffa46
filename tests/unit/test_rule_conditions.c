/* Modified condition/decision coverage of the rules of CPFs, names, e-mail addresses and dates: each row has
 * a condition of a rule's decisions and two values between which only that condition changes, and with it the
 * outcome. */
#include "unit.h"

#include "protocol/rules.h"

#include <stdio.h>
#include <string.h>

#define FINE        ALUNO_REASON_COUNT
#define NOT(reason) ALUNO_REASON_##reason

typedef struct pair {
    const char *condition;
    const char *before;
    aluno_reason outcome;
    const char *after;
    aluno_reason changed;
} pair;

static aluno_reason outcome_of(const char *field, const char *text)
{
    char value[1024];
    aluno__rule_violation violation;
    const aluno_field_desc *desc = aluno_field_named(&aluno_student_type, field, strlen(field));
    assert_non_null(desc);
    snprintf(value, sizeof value, "%s", text);
    return aluno__rules_check_text(desc, value, &violation) ? FINE : violation.reason;
}

static void check_outcome(const char *field, const pair *row, const char *text, aluno_reason expected)
{
    const aluno_reason found = outcome_of(field, text);
    if (found != expected)
        fail_msg("%s: %s: \"%s\": %s, not %s", field, row->condition, text,
                 found == FINE ? "accepted" : aluno_reason_of(found)->name,
                 expected == FINE ? "accepted" : aluno_reason_of(expected)->name);
}

static void check_pairs(const char *field, const pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].outcome == pairs[i].changed)
            fail_msg("%s: %s decides nothing", field, pairs[i].condition);
        check_outcome(field, &pairs[i], pairs[i].before, pairs[i].outcome);
        check_outcome(field, &pairs[i], pairs[i].after, pairs[i].changed);
    }
}

#define CHECK(field, pairs) check_pairs(field, pairs, sizeof(pairs) / sizeof *(pairs))

static void test_cpf(void **state)
{
    (void)state;
    static const pair form[] = {
        {"a character that is permitted", "529.982.247-25", FINE, "529.982.247-2x", NOT(CPF_NOT_ASCII_DIGIT)},
        {"a digit in the first group", "529.982.247-25", FINE, "52.982.247-25", NOT(CPF_LENGTH)},
        {"a digit in the last group", "529.982.247-25", FINE, "529.982.247-2", NOT(CPF_LENGTH)},
        {"the first separators are alike", "529 982 247-25", FINE, "529 982.247-25", NOT(CPF_SEPARATORS)},
        {"they are dots, spaces or none", "529.982.247-25", FINE, "529-982-247-25", NOT(CPF_SEPARATORS)},
        {"one separator at a place", "529.982.247-25", FINE, "529..982..247-25", NOT(CPF_SEPARATORS)},
        {"the third is a space, hyphen, slash or none", "529982247/25", FINE, "529 982 247.25",
         NOT(CPF_SEPARATORS)},
        {"or a dot after dots", "529.982.247.25", FINE, "529 982 247.25", NOT(CPF_SEPARATORS)},
        {"nothing after it", "529.982.247-25", FINE, "529.982.247-25-", NOT(CPF_SEPARATORS)},
        {"no digit after it", "529.982.247-25", FINE, "529.982.247-251", NOT(CPF_LENGTH)},
        {"the digits differ", "111.111.111-12", FINE, "111.111.111-11", NOT(CPF_REPEATED_DIGITS)},
    };
    static const pair others[] = {
        {"scientific: has an e", "5.29E10", NOT(CPF_SCIENTIFIC), "5.29F10", NOT(CPF_NOT_ASCII_DIGIT)},
        {"scientific: or a small one", "5.29e10", NOT(CPF_SCIENTIFIC), "5.29f10", NOT(CPF_NOT_ASCII_DIGIT)},
        {"scientific: a point before it", "5.29E10", NOT(CPF_SCIENTIFIC), "5/29E10",
         NOT(CPF_NOT_ASCII_DIGIT)},
        {"scientific: or a comma", "5,29E10", NOT(CPF_SCIENTIFIC), "5;29E10", NOT(CPF_NOT_ASCII_DIGIT)},
        {"scientific: a digit after it", "5E+1", NOT(CPF_SCIENTIFIC), "5E+", NOT(CPF_NOT_ASCII_DIGIT)},
        {"scientific: a plus after it", "5E+1", NOT(CPF_SCIENTIFIC), "5E~1", NOT(CPF_NOT_ASCII_DIGIT)},
        {"scientific: or a minus", "5E-1", NOT(CPF_SCIENTIFIC), "5E/1", NOT(CPF_NOT_ASCII_DIGIT)},
        {"scientific: digits to the end", "5E+1", NOT(CPF_SCIENTIFIC), "5E+1x", NOT(CPF_NOT_ASCII_DIGIT)},
        {"decimal: begins with a digit", "529982247.25", NOT(CPF_DECIMAL), ".52998224725",
         NOT(CPF_SEPARATORS)},
        {"decimal: ends with one", "529982247.25", NOT(CPF_DECIMAL), "52998224725.", NOT(CPF_SEPARATORS)},
        {"decimal: nothing but points", "5299822.4725", NOT(CPF_DECIMAL), "52998-22.4725",
         NOT(CPF_SEPARATORS)},
        {"decimal: one point", "529982247.25", NOT(CPF_DECIMAL), "529982.247.25", NOT(CPF_SEPARATORS)},
        {"decimal: thousands before the point", "529,982,247.25", NOT(CPF_DECIMAL), "529.982,247,25",
         NOT(CPF_NOT_ASCII_DIGIT)},
        {"decimal: or a comma is the point", "529.982.247,25", NOT(CPF_DECIMAL), "529,982.247,25",
         NOT(CPF_NOT_ASCII_DIGIT)},
        {"date: two separators", "3/5/2010", NOT(CPF_IS_DATE), "3/52010", NOT(CPF_LENGTH)},
        {"date: alike", "3/5/2010", NOT(CPF_IS_DATE), "3/5-2010", NOT(CPF_LENGTH)},
        {"date: day of one or two digits", "03/5/2010", NOT(CPF_IS_DATE), "003/5/2010", NOT(CPF_LENGTH)},
        {"date: month of one or two digits", "3/05/2010", NOT(CPF_IS_DATE), "3/005/2010", NOT(CPF_LENGTH)},
        {"date: year of four digits", "3/5/2010", NOT(CPF_IS_DATE), "3/5/20101", NOT(CPF_LENGTH)},
        {"date: or of two", "3/5/10", NOT(CPF_IS_DATE), "3/5/101", NOT(CPF_LENGTH)},
        {"date: or the year first", "2010/5/3", NOT(CPF_IS_DATE), "20100/5/3", NOT(CPF_LENGTH)},
        {"date: then a day of one or two digits", "2010/5/03", NOT(CPF_IS_DATE), "2010/5/003",
         NOT(CPF_LENGTH)},
        {"date: the end", "3/5/2010", NOT(CPF_IS_DATE), "3/5/2010-", NOT(CPF_LENGTH)},
        {"date: or a space and a time", "3/5/2010 10:00", NOT(CPF_IS_DATE), "3/5/2010-10:00",
         NOT(CPF_NOT_ASCII_DIGIT)},
        {"date: or a T and a time", "2010-05-03T10:00", NOT(CPF_IS_DATE), "2010-05-03t10:00",
         NOT(CPF_NOT_ASCII_DIGIT)},
        {"CNPJ: fourteen digits", "12345678000195", NOT(CPF_IS_CNPJ), "1234567800019", NOT(CPF_LENGTH)},
        {"CNPJ: nothing else", "12345678000195", NOT(CPF_IS_CNPJ), "x12345678000195",
         NOT(CPF_NOT_ASCII_DIGIT)},
        {"phone: nothing but its characters", "(11) 98765-4321", NOT(CPF_IS_PHONE), "(11) 98765_4321",
         NOT(CPF_NOT_ASCII_DIGIT)},
        {"phone: a bracket", "(119)8765432", NOT(CPF_IS_PHONE), ")119)8765432", NOT(CPF_NOT_ASCII_DIGIT)},
        {"phone: with digits", "(1", NOT(CPF_IS_PHONE), "(", NOT(CPF_NOT_ASCII_DIGIT)},
        {"phone: or a plus", "+551198765432", NOT(CPF_IS_PHONE), ")551198765432", NOT(CPF_NOT_ASCII_DIGIT)},
        {"phone: with twelve digits", "+551198765432", NOT(CPF_IS_PHONE), "+55119876543",
         NOT(CPF_NOT_ASCII_DIGIT)},
        {"phone: or one of the shapes", "98765-4321", NOT(CPF_IS_PHONE), "987654-321", NOT(CPF_LENGTH)},
        {"length: eleven digits", "5299822472-5", NOT(CPF_SEPARATORS), "529982247-5", NOT(CPF_LENGTH)},
    };
    CHECK("br_document", form);
    CHECK("br_document", others);
}

#define TEN       "abcdefghij"
#define A_HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define OF_120    A_HUNDRED TEN TEN

static void test_name(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {"no control character", "Ana Maria", FINE, "Ana\tMaria", NOT(NAME_CONTROL_CHARACTER)},
        {"no delete", "Ana", FINE, "Ana\x7F", NOT(NAME_CONTROL_CHARACTER)},
        {"no control beyond ASCII", "Ana\u00C5", FINE, "Ana\xC2\x85", NOT(NAME_CONTROL_CHARACTER)},
        {"no line separator", "Ana\u3000Maria", FINE, "Ana\u2028Maria", NOT(NAME_CONTROL_CHARACTER)},
        {"no paragraph separator", "Ana\u3000Maria", FINE, "Ana\u2029Maria", NOT(NAME_CONTROL_CHARACTER)},
        {"no format character", "क्\u200Dष", FINE, "क्\u202Eष", NOT(NAME_CONTROL_CHARACTER)},
        {"but a joiner", "क्\u200Dष", FINE, "क्\u2066ष", NOT(NAME_CONTROL_CHARACTER)},
        {"but a non-joiner", "क्\u200Cष", FINE, "क्\u2066ष", NOT(NAME_CONTROL_CHARACTER)},
        {"not blank by definition", "\u3163", FINE, "\u3164", NOT(NAME_CHARACTER)},
        {"not the replacement sign", "a\u00E3", FINE, "a\uFFFD", NOT(NAME_CHARACTER)},
        {"assigned", "a\u0386", FINE, "a\u0378", NOT(NAME_CHARACTER)},
        {"not private", "a\u0386", FINE, "a\uE000", NOT(NAME_CHARACTER)},
        {"visible: no nonspacing mark alone", "a\u0301", FINE, "\u0301", NOT(NAME_EMPTY)},
        {"visible: no enclosing mark alone", "a\u20DD", FINE, "\u20DD", NOT(NAME_EMPTY)},
        {"visible: no joiner alone", "a\u200D", FINE, "\u0301\u200D", NOT(NAME_EMPTY)},
        {"anything", "a", FINE, "", NOT(NAME_EMPTY)},
        {"no digit", "-", FINE, "1", NOT(NAME_NUMBER)},
        {"or a letter too", "1a", FINE, "1-", NOT(NAME_NUMBER)},
        {"at most 120 characters", OF_120, FINE, OF_120 "a", NOT(NAME_TOO_LONG)},
    };
    CHECK("name", pairs);
}

#define OF_63 TEN TEN TEN TEN TEN TEN "abc"

static void test_email(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {"ASCII", "a@b", FINE, "\u00E1@b", NOT(EMAIL_SYNTAX)},
        {"letters, digits, signs: a capital", "Z@b", FINE, "[@b", NOT(EMAIL_SYNTAX)},
        {"from A", "A@b", FINE, "(@b", NOT(EMAIL_SYNTAX)},
        {"a small letter", "z@b", FINE, "\"@b", NOT(EMAIL_SYNTAX)},
        {"a digit", "9@b", FINE, ":@b", NOT(EMAIL_SYNTAX)},
        {"from 0", "0@b", FINE, ",@b", NOT(EMAIL_SYNTAX)},
        {"a sign", "a~b@b", FINE, "a b@b", NOT(EMAIL_SYNTAX)},
        {"an @", "a@b", FINE, "ab", NOT(EMAIL_SYNTAX)},
        {"something before it", "a@b", FINE, "@b", NOT(EMAIL_SYNTAX)},
        {"a label", "a@b", FINE, "a@", NOT(EMAIL_SYNTAX)},
        {"of at most 63 characters", "a@" OF_63, FINE, "a@" OF_63 "d", NOT(EMAIL_SYNTAX)},
        {"no hyphen at its beginning", "a@b-c", FINE, "a@-c", NOT(EMAIL_SYNTAX)},
        {"no hyphen at its end", "a@b-c", FINE, "a@b-", NOT(EMAIL_SYNTAX)},
        {"letters after the @", "a@bZ", FINE, "a@b_", NOT(EMAIL_SYNTAX)},
        {"digits after the @", "a@b9", FINE, "a@b+", NOT(EMAIL_SYNTAX)},
        {"hyphens after the @", "a@b-c", FINE, "a@b=c", NOT(EMAIL_SYNTAX)},
        {"labels after dots", "a@b.c", FINE, "a@b.", NOT(EMAIL_SYNTAX)},
        {"each of them", "a@b.c.d", FINE, "a@b..d", NOT(EMAIL_SYNTAX)},
    };
    CHECK("email", pairs);
}

static void test_date(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {"digits and separators", "03/05/2010", FINE, "03/05/201o", NOT(BIRTH_DATE_INVALID)},
        {"from 0", "10/10/2010", FINE, "10/10/201+", NOT(BIRTH_DATE_INVALID)},
        {"to 9", "09/09/2019", FINE, "09/09/201:", NOT(BIRTH_DATE_INVALID)},
        {"two separators", "3/5/2010", FINE, "3/5/2010/", NOT(BIRTH_DATE_INVALID)},
        {"not fewer", "3/5/2010", FINE, "3/52010", NOT(BIRTH_DATE_INVALID)},
        {"numbers between them", "3/5/2010", FINE, "3//2010", NOT(BIRTH_DATE_INVALID)},
        {"a day of at most two digits", "03/5/2010", FINE, "003/5/2010", NOT(BIRTH_DATE_INVALID)},
        {"a month of at most two digits", "3/05/2010", FINE, "3/005/2010", NOT(BIRTH_DATE_INVALID)},
        {"the year has four digits", "3/5/2010", FINE, "3/5/10", NOT(BIRTH_DATE_INVALID)},
        {"not more", "3/5/2010", FINE, "3/5/20100", NOT(BIRTH_DATE_INVALID)},
        {"or stands first", "2010-05-03", FINE, "201-05-03", NOT(BIRTH_DATE_INVALID)},
        {"then with a day of at most two digits", "2010-5-03", FINE, "2010-5-003", NOT(BIRTH_DATE_INVALID)},
        {"a month from 1", "01/01/2010", FINE, "01/00/2010", NOT(BIRTH_DATE_UNKNOWN)},
        {"a month to 12", "01/12/2010", FINE, "01/13/2010", NOT(BIRTH_DATE_UNKNOWN)},
        {"a day from 1", "01/01/2010", FINE, "00/01/2010", NOT(BIRTH_DATE_UNKNOWN)},
        {"a day to the month's end", "31/01/2010", FINE, "32/01/2010", NOT(BIRTH_DATE_UNKNOWN)},
        {"of that month", "30/04/2010", FINE, "31/04/2010", NOT(BIRTH_DATE_UNKNOWN)},
        {"the leap day in February alone", "29/02/2012", FINE, "32/03/2012", NOT(BIRTH_DATE_UNKNOWN)},
        {"in years that 4 divides", "29/02/2012", FINE, "29/02/2013", NOT(BIRTH_DATE_UNKNOWN)},
        {"100 does not", "29/02/1904", FINE, "29/02/1900", NOT(BIRTH_DATE_UNKNOWN)},
        {"or 400 does", "29/02/2000", FINE, "29/02/1900", NOT(BIRTH_DATE_UNKNOWN)},
    };
    CHECK("birth_date", pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cpf),
        cmocka_unit_test(test_name),
        cmocka_unit_test(test_email),
        cmocka_unit_test(test_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
