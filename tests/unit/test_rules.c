/* The rules of sdk/protocol/rules.c, value by value: what each accepts, returns and refuses. */
#include "unit.h"

#include "protocol/identifiers.h"
#include "protocol/rules.h"
#include "base/utf8.h"

#include <aluno/values.h>

#include <stdio.h>

typedef struct text_case {
    const char *in;
    const char *out;     /* the normalised value; NULL: refused */
    aluno_reason reason; /* when it is refused */
} text_case;

#define FINE(in, out)                                                                                        \
    {                                                                                                        \
        in, out, ALUNO_REASON_COUNT                                                                          \
    }
#define REFUSED(in, reason)                                                                                  \
    {                                                                                                        \
        in, NULL, ALUNO_REASON_##reason                                                                      \
    }
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const aluno_field_desc *field_of(const aluno_message_desc *type, const char *name)
{
    const aluno_field_desc *field = aluno_field_named(type, name, strlen(name));
    assert_non_null(field);
    return field;
}

static void check_case(const aluno_field_desc *field, const text_case *each)
{
    char text[1024];
    aluno__rule_violation violation = {.detail = ""};
    assert_in_range(strlen(each->in), 0, field->max);
    snprintf(text, sizeof text, "%s", each->in);
    const bool fine = aluno__rules_check_text(field, text, &violation);
    if (fine != (each->out != NULL))
        fail_msg("\"%s\": %s", each->in, fine ? "accepted" : aluno_reason_of(violation.reason)->name);
    if (fine && strcmp(text, each->out) != 0)
        fail_msg("\"%s\" became \"%s\", not \"%s\"", each->in, text, each->out);
    if (!fine && violation.reason != each->reason)
        fail_msg("\"%s\": %s, not %s", each->in, aluno_reason_of(violation.reason)->name,
                 aluno_reason_of(each->reason)->name);
}

static void check_cases(const aluno_field_desc *field, const text_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_case(field, &cases[i]);
}

static void test_names(void **state)
{
    (void)state;
    static const text_case cases[] = {
        FINE("Ana", "Ana"),
        FINE("José da Silva", "José da Silva"),
        FINE("Jose\u0301", "José"), /* composed */
        FINE("  Ana \t\n", "Ana"),
        FINE("Ana   Maria", "Ana Maria"),
        FINE("Ana\u00A0\u2003Maria\u3000", "Ana Maria"), /* spaces of any script */
        FINE("D'Ávila-Souza Jr.", "D'Ávila-Souza Jr."),
        FINE("João 2º", "João 2º"),
        FINE("山2", "山2"),
        FINE("山田太郎", "山田太郎"),
        FINE("محمد", "محمد"),
        FINE("क्\u200Dष", "क्\u200Dष"), /* scripts need the joiners */
        FINE("A", "A"),
        REFUSED("", NAME_EMPTY),
        REFUSED(" \t ", NAME_EMPTY),
        REFUSED("\u00A0\u3000", NAME_EMPTY),
        REFUSED("\u200D\u0301", NAME_EMPTY), /* nothing visible */
        REFUSED("Ana\tMaria", NAME_CONTROL_CHARACTER),
        REFUSED("Ana\nlevel=error", NAME_CONTROL_CHARACTER),
        REFUSED("Ana\x1B[31m", NAME_CONTROL_CHARACTER),
        REFUSED("Ana\x7F", NAME_CONTROL_CHARACTER),
        REFUSED("Ana\xC2\x85", NAME_CONTROL_CHARACTER), /* C1 */
        REFUSED("Ana\u2028Maria", NAME_CONTROL_CHARACTER),
        REFUSED("Ana\u202Egpj", NAME_CONTROL_CHARACTER), /* reverses the text */
        REFUSED("\u2066Ana\u2069", NAME_CONTROL_CHARACTER),
        FINE("A\u200Bna", "Ana"), /* invisible */
        FINE("\uFEFFAna\u200E", "Ana"),
        FINE("Jo\u00ADão\u200D da\u2060 Silva", "João da Silva"),
        FINE("\u200B Ana \u00A0\u200B", "Ana"),
        FINE("Ana\u2028", "Ana"),
        FINE("Ana\u2029", "Ana"),
        REFUSED("Jo\uFFFDo", NAME_CHARACTER),
        REFUSED("Jo\uE001o", NAME_CHARACTER),     /* private */
        REFUSED("Jo\u0378o", NAME_CHARACTER),     /* unassigned */
        REFUSED("Jo\U0010FFFFo", NAME_CHARACTER), /* none */
        REFUSED("\u3164", NAME_CHARACTER),        /* blank by definition */
        REFUSED("16", NAME_NUMBER),
        REFUSED(" 1 6 ", NAME_NUMBER),
        REFUSED("-1.5", NAME_NUMBER),
        REFUSED("１６", NAME_NUMBER), /* full width */
        REFUSED("٣٤", NAME_NUMBER),   /* Arabic */
        REFUSED("123.123.123-13", NAME_NUMBER),
    };
    check_cases(field_of(&aluno_student_type, "name"), cases, COUNT(cases));
}

/* Writes `character` `count` times. */
static void repeat(char *text, const char *character, size_t count)
{
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * strlen(character), character, strlen(character));
    text[count * strlen(character)] = '\0';
}

static void test_names_of_120_characters(void **state)
{
    (void)state;
    static const char *const characters[] = {"a", "ã", "山", "𠮷"};
    const aluno_field_desc *name = field_of(&aluno_student_type, "name");
    char text[512], expected[512];
    aluno__rule_violation violation;
    for (size_t i = 0; i < COUNT(characters); i++) {
        repeat(text, characters[i], 120);
        snprintf(expected, sizeof expected, "%s", text);
        assert_true(aluno__rules_check_text(name, text, &violation));
        assert_string_equal(text, expected);
    }
    repeat(text, "ã", 121);
    assert_false(aluno__rules_check_text(name, text, &violation));
    assert_int_equal(violation.reason, ALUNO_REASON_NAME_TOO_LONG);
}

/* 240 characters that compose to 120, and 120 whose decomposition has 240 and would not fit. */
static void test_names_are_measured_composed(void **state)
{
    (void)state;
    const aluno_field_desc *name = field_of(&aluno_student_type, "name");
    char text[512];
    aluno__rule_violation violation;
    repeat(text, "a\u0303", 120);
    assert_true(aluno__rules_check_text(name, text, &violation));
    assert_int_equal(aluno__utf8_count(text), 120);
    repeat(text, "\u0958", 120);
    assert_false(aluno__rules_check_text(name, text, &violation));
    assert_int_equal(violation.reason, ALUNO_REASON_NAME_TOO_LONG);
    repeat(text, "\u0958", 60);
    assert_true(aluno__rules_check_text(name, text, &violation));
    assert_int_equal(aluno__utf8_count(text), 120);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const aluno_message_desc *type;
        const char *field;
        int64_t value;
        aluno_reason refused; /* ALUNO_REASON_COUNT: fine */
        const char *detail;
    } cases[] = {
        {&aluno_student_type, "age", 0, ALUNO_REASON_COUNT, ""},
        {&aluno_student_type, "age", 150, ALUNO_REASON_COUNT, ""},
        {&aluno_student_type, "age", -1, ALUNO_REASON_AGE_RANGE, ""},
        {&aluno_student_type, "age", 151, ALUNO_REASON_AGE_RANGE, ""},
        {&aluno_student_type, "age", INT64_MIN, ALUNO_REASON_AGE_RANGE, ""},
        {&aluno_student_type, "age", INT64_MAX, ALUNO_REASON_AGE_RANGE, ""},
        {&aluno_list_students_request_type, "page_size", 1, ALUNO_REASON_COUNT, ""},
        {&aluno_list_students_request_type, "page_size", 100, ALUNO_REASON_COUNT, ""},
        {&aluno_list_students_request_type, "page_size", 0, ALUNO_REASON_NUMBER_RANGE, "1–100"},
        {&aluno_list_students_request_type, "page_size", 101, ALUNO_REASON_NUMBER_RANGE, "1–100"},
        {&aluno_get_student_request_type, "id", INT64_MAX, ALUNO_REASON_COUNT, ""},
        {&aluno_get_student_request_type, "id", 0, ALUNO_REASON_NUMBER_RANGE, ">= 1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        aluno__rule_violation violation = {.reason = ALUNO_REASON_COUNT, .detail = ""};
        const bool fine =
            aluno__rules_check_int(field_of(cases[i].type, cases[i].field), cases[i].value, &violation);
        assert_int_equal(fine, cases[i].refused == ALUNO_REASON_COUNT);
        assert_int_equal(violation.reason, cases[i].refused);
        assert_string_equal(violation.detail, cases[i].detail);
    }
}

static void test_cpfs(void **state)
{
    (void)state;
    static const text_case cases[] = {
        FINE("123.123.123-13", "12312312313"), /* wrong check digits: another rule checks them */
        FINE("52998224725", "52998224725"),
        FINE("529.982.247-25", "52998224725"),
        FINE(" 529 982 247 25 ", "52998224725"),
        FINE("01234567890", "01234567890"),
        FINE("00000000191", "00000000191"),
        FINE("52998224724", "52998224724"),
        FINE("52998224725\n", "52998224725"),
        FINE("\uFEFF529.982.247-25\u00A0", "52998224725"),
        FINE("529\u00A0982\u2009247\t25", "52998224725"),
        FINE("529.\u200B982.247 - 25", "52998224725"),
        FINE("529982247-25", "52998224725"),
        FINE("529.982.247/25", "52998224725"),
        FINE("529.982.247.25", "52998224725"),
        REFUSED("", CPF_LENGTH),
        REFUSED("...-", CPF_LENGTH),
        REFUSED("1234567890", CPF_LENGTH), /* never padded */
        REFUSED("191", CPF_LENGTH),
        REFUSED("123123123131", CPF_LENGTH),
        REFUSED("12312312313123123123131231231231312312312313", CPF_LENGTH),
        REFUSED("1231231231a", CPF_NOT_ASCII_DIGIT),
        REFUSED("１２３１２３１２３１３", CPF_NOT_ASCII_DIGIT), /* full width */
        REFUSED("١٢٣١٢٣١٢٣١٣", CPF_NOT_ASCII_DIGIT),            /* Arabic */
        REFUSED("5299822472\u00B5", CPF_NOT_ASCII_DIGIT),
        REFUSED("529.982.247–25", CPF_NOT_ASCII_DIGIT), /* an en dash */
        REFUSED("+5299822472", CPF_NOT_ASCII_DIGIT),
        REFUSED("5.2998224725e10", CPF_SCIENTIFIC),
        REFUSED("6,10941705E+10", CPF_SCIENTIFIC),
        REFUSED("8E10", CPF_SCIENTIFIC),
        REFUSED("3338904851.0", CPF_DECIMAL), /* not 33389048510 */
        REFUSED("3338904851,0", CPF_DECIMAL),
        REFUSED("529982247.25", CPF_DECIMAL),
        REFUSED("529.98224725", CPF_DECIMAL),
        REFUSED("52998224725.00", CPF_DECIMAL),
        REFUSED("3.338.904.851,0", CPF_DECIMAL),
        REFUSED("3,338,904,851.0", CPF_DECIMAL),
        REFUSED("33.389.048.510", CPF_SEPARATORS), /* thousands */
        REFUSED("52998224725.", CPF_SEPARATORS),
        REFUSED("529.98224725-", CPF_SEPARATORS),
        REFUSED("529.982-247-25", CPF_SEPARATORS),
        REFUSED("5299.82.247-25", CPF_SEPARATORS),
        REFUSED("12.345.678/0001-95", CPF_IS_CNPJ),
        REFUSED("12345678000195", CPF_IS_CNPJ),
        REFUSED("(0011) 98765-4321", CPF_IS_PHONE),
        REFUSED("(610.941.705-00)", CPF_NOT_ASCII_DIGIT),
        REFUSED("11 98765-4321", CPF_IS_PHONE),
        REFUSED("+55 11 98765-4321", CPF_IS_PHONE),
        REFUSED("98765-4321", CPF_IS_PHONE),
        REFUSED("03/05/2010", CPF_IS_DATE),
        REFUSED("3/5/10", CPF_IS_DATE),
        REFUSED("2010-05-03", CPF_IS_DATE),
        REFUSED("2010-05-03 00:00:00", CPF_IS_DATE),
        REFUSED("03.05.2010", CPF_IS_DATE),
        REFUSED("'; DROP TABLE student; --", CPF_NOT_ASCII_DIGIT),
    };
    check_cases(field_of(&aluno_student_type, "br_document"), cases, COUNT(cases));
}

static void test_cpfs_of_one_digit_are_refused(void **state)
{
    (void)state;
    const aluno_field_desc *cpf = field_of(&aluno_student_type, "br_document");
    for (char digit = '0'; digit <= '9'; digit++) {
        char text[] = "???????????";
        memset(text, digit, strlen(text));
        aluno__rule_violation violation;
        assert_false(aluno__rules_check_text(cpf, text, &violation));
        assert_int_equal(violation.reason, ALUNO_REASON_CPF_REPEATED_DIGITS);
    }
}

/* The detail of a refusal has the count of digits, never the digits. */
static void test_cpf_length_reports_the_count(void **state)
{
    (void)state;
    char text[] = "123.456.789-0";
    aluno__rule_violation violation;
    assert_false(aluno__rules_check_text(field_of(&aluno_student_type, "br_document"), text, &violation));
    assert_string_equal(violation.detail, "10");
}

static void test_check_digits(void **state)
{
    (void)state;
    static const struct {
        const char *digits, *expected;
        bool right;
    } cases[] = {
        {"52998224725", "25", true},  {"11144477735", "35", true},  {"93541134780", "80", true},
        {"12345678909", "09", true},  {"01234567890", "90", true},  {"00000000191", "91", true},
        {"52998224724", "25", false}, {"12345678900", "09", false}, {"12312312313", "87", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char expected[3] = "";
        assert_int_equal(aluno_cpf_check(cases[i].digits, expected), cases[i].right);
        assert_string_equal(expected, cases[i].expected);
        assert_int_equal(aluno_cpf_check(cases[i].digits, NULL), cases[i].right);
    }
    assert_false(aluno_cpf_check("", NULL));
    assert_false(aluno_cpf_check("5299822472", NULL));
    assert_false(aluno_cpf_check("529982247255", NULL));
    assert_false(aluno_cpf_check("529.982.247", NULL));
    assert_false(aluno_cpf_check("x2998224725", NULL));
    assert_false(aluno_cpf_check("5299822472x", NULL));
}

static void test_cpf_format(void **state)
{
    (void)state;
    char out[15];
    aluno_cpf_format("12312312313", out);
    assert_string_equal(out, "123.123.123-13");
    aluno_cpf_format("123", out);
    assert_string_equal(out, "123");
    aluno_cpf_format("a text that is far too long", out);
    assert_string_equal(out, "a text that is");
}

static void test_cpf_mask(void **state)
{
    (void)state;
    char out[16] = "................";
    aluno_cpf_mask("52998224725", out);
    assert_string_equal(out, "***.982.247-**");
    assert_int_equal(out[15], '.'); /* the buffer has 15 bytes */
    static const char *const others[] = {"", "5299822472", "529.982.247-25", "Ana Souza 1", "x2998224725"};
    for (size_t i = 0; i < COUNT(others); i++) {
        aluno_cpf_mask(others[i], out);
        assert_string_equal(out, "***");
    }
}

static void test_emails(void **state)
{
    (void)state;
    static const text_case cases[] = {
        FINE("email@email.com", "email@email.com"),
        FINE(" ana@example.com\n", "ana@example.com"),
        FINE("a@b", "a@b"),
        FINE("ana+escola@sub.example.com.br", "ana+escola@sub.example.com.br"),
        FINE("!#$%&'*+/=?^_`{|}~-.@a", "!#$%&'*+/=?^_`{|}~-.@a"),
        FINE(".a..b.@example.com", ".a..b.@example.com"), /* WHATWG's grammar takes these dots */
        FINE("Ana@Example.COM", "Ana@Example.COM"),
        FINE("a@1.2", "a@1.2"),
        FINE("a@a-b.c", "a@a-b.c"),
        FINE("a@abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk",
             "a@abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"),
        REFUSED("a@abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl", EMAIL_SYNTAX),
        REFUSED("", EMAIL_SYNTAX),
        REFUSED("ana", EMAIL_SYNTAX),
        REFUSED("@example.com", EMAIL_SYNTAX),
        REFUSED("ana@", EMAIL_SYNTAX),
        REFUSED("ana@@example.com", EMAIL_SYNTAX),
        REFUSED("ana@b@example.com", EMAIL_SYNTAX),
        REFUSED("ana@.com", EMAIL_SYNTAX),
        REFUSED("ana@example.", EMAIL_SYNTAX),
        REFUSED("ana@example..com", EMAIL_SYNTAX),
        REFUSED("ana@-example.com", EMAIL_SYNTAX),
        REFUSED("ana@example-.com", EMAIL_SYNTAX),
        REFUSED("ana@exam_ple.com", EMAIL_SYNTAX),
        REFUSED("ana maria@example.com", EMAIL_SYNTAX),
        REFUSED("\"ana\"@example.com", EMAIL_SYNTAX),
        REFUSED("Ana <ana@example.com>", EMAIL_SYNTAX),
        REFUSED("ana@[127.0.0.1]", EMAIL_SYNTAX),
        REFUSED("ana@example.com\r\nBcc: all@example.com", EMAIL_SYNTAX),
        REFUSED("joão@example.com", EMAIL_SYNTAX),
        REFUSED("ana@exâmple.com", EMAIL_SYNTAX),
    };
    check_cases(field_of(&aluno_student_type, "email"), cases, COUNT(cases));
}

static void test_uuids(void **state)
{
    (void)state;
    static const text_case cases[] = {
        FINE("0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d", "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d"),
        FINE("0190A0E6-5F3C-7B1A-9C2D-3E4F5A6B7C8D", "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d"),
        REFUSED("", UUID_SYNTAX),
        REFUSED("0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8", UUID_SYNTAX),
        REFUSED("0190a0e65f3c7b1a9c2d3e4f5a6b7c8d", UUID_SYNTAX),
        REFUSED("0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8g", UUID_SYNTAX),
        REFUSED("0190a0e6_5f3c_7b1a_9c2d_3e4f5a6b7c8d", UUID_SYNTAX),
        REFUSED("0190a0e65-f3c-7b1a-9c2d-3e4f5a6b7c8d", UUID_SYNTAX),
    };
    check_cases(field_of(&aluno_request_metadata_type, "request_id"), cases, COUNT(cases));
}

#define TRACE    "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN     "00f067aa0ba902b7"
#define NO_TRACE "00000000000000000000000000000000"
#define NO_SPAN  "0000000000000000"

static void test_traceparents(void **state)
{
    (void)state;
    static const text_case cases[] = {
        FINE("00-" TRACE "-" SPAN "-01", "00-" TRACE "-" SPAN "-01"),
        FINE("00-" TRACE "-" SPAN "-ff", "00-" TRACE "-" SPAN "-ff"), /* unknown flags */
        FINE("cc-" TRACE "-" SPAN "-01", "cc-" TRACE "-" SPAN "-01"), /* a later version … */
        FINE("cc-" TRACE "-" SPAN "-01-what-may-come", "cc-" TRACE "-" SPAN "-01-what-may-come"),
        REFUSED("cc-" TRACE "-" SPAN "-01.what-may-not", TRACEPARENT_SYNTAX),
        REFUSED("cc-" TRACE "-" SPAN "-0", TRACEPARENT_SYNTAX),
        REFUSED("00-" TRACE "-" SPAN "-01-", TRACEPARENT_SYNTAX),
        REFUSED("00-" TRACE "-" SPAN "-01-what-may-come", TRACEPARENT_SYNTAX),
        REFUSED("ff-" TRACE "-" SPAN "-01", TRACEPARENT_SYNTAX),
        REFUSED("00-" NO_TRACE "-" SPAN "-01", TRACEPARENT_SYNTAX),
        REFUSED("00-" TRACE "-" NO_SPAN "-01", TRACEPARENT_SYNTAX),
        REFUSED("00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01", TRACEPARENT_SYNTAX),
        REFUSED("00-" TRACE "-" SPAN "-0g", TRACEPARENT_SYNTAX),
        REFUSED("00-" TRACE "-" SPAN, TRACEPARENT_SYNTAX),
        REFUSED("00_" TRACE "_" SPAN "_01", TRACEPARENT_SYNTAX),
        REFUSED(" 00-" TRACE "-" SPAN "-01", TRACEPARENT_SYNTAX),
        REFUSED("", TRACEPARENT_SYNTAX),
        REFUSED("529.982.247-25", TRACEPARENT_SYNTAX),
    };
    check_cases(field_of(&aluno_request_metadata_type, "traceparent"), cases, COUNT(cases));
}

static void test_a_trace_id_is_taken_out(void **state)
{
    (void)state;
    char id[ALUNO_TRACE_ID_DIGITS + 1] = "untouched";
    assert_false(aluno__trace_id("00-" NO_TRACE "-" SPAN "-01", id));
    assert_string_equal(id, "untouched");
    assert_true(aluno__trace_id("00-" TRACE "-" SPAN "-01", id));
    assert_string_equal(id, TRACE);
}

static void test_utf8(void **state)
{
    (void)state;
    static const char *const valid[] = {"", "a", "ã", "山", "𠮷", "\U0010FFFF"};
    static const char *const broken[] = {
        "\x80", "\xC3",     "a\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
        "\xFF", "\xE5\xB1",
    };
    for (size_t i = 0; i < COUNT(valid); i++)
        assert_true(aluno_utf8_valid(valid[i], strlen(valid[i])));
    for (size_t i = 0; i < COUNT(broken); i++)
        assert_false(aluno_utf8_valid(broken[i], strlen(broken[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_of_120_characters),
        cmocka_unit_test(test_names_are_measured_composed),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_cpfs),
        cmocka_unit_test(test_cpfs_of_one_digit_are_refused),
        cmocka_unit_test(test_cpf_length_reports_the_count),
        cmocka_unit_test(test_check_digits),
        cmocka_unit_test(test_cpf_format),
        cmocka_unit_test(test_cpf_mask),
        cmocka_unit_test(test_emails),
        cmocka_unit_test(test_uuids),
        cmocka_unit_test(test_traceparents),
        cmocka_unit_test(test_a_trace_id_is_taken_out),
        cmocka_unit_test(test_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
