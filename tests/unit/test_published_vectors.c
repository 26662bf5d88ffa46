/* The published facts of formats that we read, as tables of our own: every format of msgpack's specification
 * (github.com/msgpack/msgpack/blob/master/spec.md), the cases of W3C's suite for traceparent
 * (github.com/w3c/trace-context) and of the platform tests for inputs of type email. */
#include "unit.h"

#include "protocol/codec.h"
#include "protocol/rules.h"

#include <stdio.h>

/* ---- msgpack ---- */

/* The formats by their first byte. `head`: bytes of length or count after it; `fixed`: of data. */
static const struct format {
    uint8_t first, last;
    aluno__token_kind kind;
    size_t head, fixed;
} formats[] = {
    {0x00, 0x7f, ALUNO_TOKEN_INT, 0, 0},    /* positive fixint */
    {0x80, 0x8f, ALUNO_TOKEN_MAP, 0, 0},    /* fixmap */
    {0x90, 0x9f, ALUNO_TOKEN_ARRAY, 0, 0},  /* fixarray */
    {0xa0, 0xbf, ALUNO_TOKEN_TEXT, 0, 0},   /* fixstr */
    {0xc0, 0xc0, ALUNO_TOKEN_NIL, 0, 0},    /* nil */
    {0xc2, 0xc3, ALUNO_TOKEN_BOOL, 0, 0},   /* false, true */
    {0xc4, 0xc4, ALUNO_TOKEN_BYTES, 1, 0},  /* bin 8 */
    {0xc5, 0xc5, ALUNO_TOKEN_BYTES, 2, 0},  /* bin 16 */
    {0xc6, 0xc6, ALUNO_TOKEN_BYTES, 4, 0},  /* bin 32 */
    {0xc7, 0xc7, ALUNO_TOKEN_BYTES, 1, 1},  /* ext 8: a type before the data */
    {0xc8, 0xc8, ALUNO_TOKEN_BYTES, 2, 1},  /* ext 16 */
    {0xc9, 0xc9, ALUNO_TOKEN_BYTES, 4, 1},  /* ext 32 */
    {0xca, 0xca, ALUNO_TOKEN_FLOAT, 0, 4},  /* float 32 */
    {0xcb, 0xcb, ALUNO_TOKEN_FLOAT, 0, 8},  /* float 64 */
    {0xcc, 0xcc, ALUNO_TOKEN_INT, 0, 1},    /* uint 8 */
    {0xcd, 0xcd, ALUNO_TOKEN_INT, 0, 2},    /* uint 16 */
    {0xce, 0xce, ALUNO_TOKEN_INT, 0, 4},    /* uint 32 */
    {0xcf, 0xcf, ALUNO_TOKEN_INT, 0, 8},    /* uint 64 */
    {0xd0, 0xd0, ALUNO_TOKEN_INT, 0, 1},    /* int 8 */
    {0xd1, 0xd1, ALUNO_TOKEN_INT, 0, 2},    /* int 16 */
    {0xd2, 0xd2, ALUNO_TOKEN_INT, 0, 4},    /* int 32 */
    {0xd3, 0xd3, ALUNO_TOKEN_INT, 0, 8},    /* int 64 */
    {0xd4, 0xd4, ALUNO_TOKEN_BYTES, 0, 2},  /* fixext 1 */
    {0xd5, 0xd5, ALUNO_TOKEN_BYTES, 0, 3},  /* fixext 2 */
    {0xd6, 0xd6, ALUNO_TOKEN_BYTES, 0, 5},  /* fixext 4 */
    {0xd7, 0xd7, ALUNO_TOKEN_BYTES, 0, 9},  /* fixext 8 */
    {0xd8, 0xd8, ALUNO_TOKEN_BYTES, 0, 17}, /* fixext 16 */
    {0xd9, 0xd9, ALUNO_TOKEN_TEXT, 1, 0},   /* str 8 */
    {0xda, 0xda, ALUNO_TOKEN_TEXT, 2, 0},   /* str 16 */
    {0xdb, 0xdb, ALUNO_TOKEN_TEXT, 4, 0},   /* str 32 */
    {0xdc, 0xdc, ALUNO_TOKEN_ARRAY, 2, 0},  /* array 16 */
    {0xdd, 0xdd, ALUNO_TOKEN_ARRAY, 4, 0},  /* array 32 */
    {0xde, 0xde, ALUNO_TOKEN_MAP, 2, 0},    /* map 16 */
    {0xdf, 0xdf, ALUNO_TOKEN_MAP, 4, 0},    /* map 32 */
    {0xe0, 0xff, ALUNO_TOKEN_INT, 0, 0},    /* negative fixint */
};

/* The count in the low bits of the first byte, or else in the head. */
static size_t count_of(const struct format *format, uint8_t first)
{
    if (format->head > 0)
        return 3;
    return format->kind == ALUNO_TOKEN_MAP || format->kind == ALUNO_TOKEN_ARRAY ||
                   format->kind == ALUNO_TOKEN_TEXT
               ? (size_t)(first - format->first)
               : 0;
}

/* Reads the format whole, then cut at each byte. Elements are nils. */
static void check_format(const struct format *format, uint8_t first)
{
    uint8_t bytes[64];
    const size_t count = count_of(format, first), each = format->kind == ALUNO_TOKEN_MAP ? 2 : 1;
    const size_t size = 1 + format->head + format->fixed + count * each;
    const bool has_elements = format->kind == ALUNO_TOKEN_MAP || format->kind == ALUNO_TOKEN_ARRAY;
    memset(bytes, 0, sizeof bytes);
    bytes[0] = first;
    bytes[format->head] = format->head > 0 ? (uint8_t)count : first;
    memset(bytes + size - count * each, 0xc0, count * each);
    for (size_t cut = 0; cut <= size; cut++) {
        aluno__reader in = {bytes, cut, 0};
        aluno__token token;
        if (aluno__reader_token(&in, &token) != (cut == size))
            fail_msg("0x%02x of %zu bytes, cut at %zu", first, size, cut);
        if (cut < size) {
            assert_int_equal(in.at, 0);
            continue;
        }
        assert_int_equal(token.kind, format->kind);
        assert_int_equal(in.at, has_elements ? 1 + format->head : size);
        in.at = 0;
        if (!aluno__reader_skip(&in) || in.at != size)
            fail_msg("0x%02x is not skipped", first);
    }
}

static void test_every_format_of_msgpack(void **state)
{
    (void)state;
    size_t next = 0;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        for (unsigned first = formats[i].first; first <= formats[i].last; first++)
            check_format(&formats[i], (uint8_t)first);
        next += formats[i].last - formats[i].first + 1U;
    }
    assert_int_equal(next, 255); /* all but 0xc1, which is never used */
    static const uint8_t unused[9] = {0xc1};
    aluno__reader in = {unused, sizeof unused, 0};
    aluno__token token;
    assert_false(aluno__reader_token(&in, &token));
}

static void test_numbers_of_msgpack(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[9];
        size_t size;
        int64_t number;
    } cases[] = {
        {{0x00}, 1, 0},
        {{0x7f}, 1, 127},
        {{0xe0}, 1, -32},
        {{0xff}, 1, -1},
        {{0xcc, 0x80}, 2, 128},
        {{0xcc, 0xff}, 2, 255},
        {{0xcd, 0x01, 0x00}, 3, 256},
        {{0xcd, 0xff, 0xff}, 3, 65535},
        {{0xce, 0x00, 0x01, 0x00, 0x00}, 5, 65536},
        {{0xce, 0xff, 0xff, 0xff, 0xff}, 5, 4294967295},
        {{0xcf, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00}, 9, 4294967296},
        {{0xcf, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 9, INT64_MAX},
        {{0xd0, 0xdf}, 2, -33},
        {{0xd0, 0x80}, 2, -128},
        {{0xd0, 0x7f}, 2, 127},
        {{0xd1, 0xff, 0x7f}, 3, -129},
        {{0xd1, 0x80, 0x00}, 3, -32768},
        {{0xd2, 0xff, 0xff, 0x7f, 0xff}, 5, -32769},
        {{0xd2, 0x80, 0x00, 0x00, 0x00}, 5, -2147483648},
        {{0xd3, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff}, 9, -2147483649},
        {{0xd3, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}, 9, INT64_MIN},
        {{0xc2}, 1, 0},
        {{0xc3}, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        aluno__reader in = {cases[i].bytes, cases[i].size, 0};
        aluno__token token;
        uint64_t number;
        assert_true(aluno__reader_token(&in, &token));
        assert_int_equal(token.number, cases[i].number);
        in.at = 0;
        assert_int_equal(aluno__reader_uint(&in, &number),
                         token.kind == ALUNO_TOKEN_INT && token.number >= 0);
        if (in.at > 0)
            assert_int_equal(number, cases[i].number);
    }
    static const uint8_t above[] = {0xcf, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    aluno__reader in = {above, sizeof above, 0};
    uint64_t number;
    assert_true(aluno__reader_uint(&in, &number));
    assert_true(number == (uint64_t)INT64_MAX + 1);
}

/* ---- texts ---- */

typedef struct text_case {
    const char *text;
    bool is_fine;
} text_case;

static void check_texts(const aluno_message_desc *type, const char *name, const text_case *cases,
                        size_t count)
{
    const aluno_field_desc *field = aluno_field_named(type, name, strlen(name));
    for (size_t i = 0; i < count; i++) {
        char text[512];
        aluno__rule_violation violation;
        snprintf(text, sizeof text, "%s", cases[i].text);
        if (aluno__rules_check_text(field, text, &violation) != cases[i].is_fine)
            fail_msg("%s: \"%s\" is %s", name, cases[i].text, cases[i].is_fine ? "refused" : "accepted");
    }
}

#define TRACE "12345678901234567890123456789012"
#define SPAN  "1234567890123456"

static void test_traceparents_of_w3c(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"00-" TRACE "-" SPAN "-01", true},
        {"00-" TRACE "-" SPAN "-00", true},
        {"00-" TRACE "-" SPAN "-01.", false},
        {"00-" TRACE "-" SPAN "-01-what-the-future-will-be-like", false},
        {"cc-" TRACE "-" SPAN "-01", true},
        {"cc-" TRACE "-" SPAN "-01-what-the-future-will-be-like", true},
        {"cc-" TRACE "-" SPAN "-01.what-the-future-will-not-be-like", false},
        {"ff-" TRACE "-" SPAN "-01", false},
        {".0-" TRACE "-" SPAN "-01", false},
        {"0.-" TRACE "-" SPAN "-01", false},
        {"000-" TRACE "-" SPAN "-01", false},
        {"0000-" TRACE "-" SPAN "-01", false},
        {"0-" TRACE "-" SPAN "-01", false},
        {"00-00000000000000000000000000000000-" SPAN "-01", false},
        {"00-.2345678901234567890123456789012-" SPAN "-01", false},
        {"00-1234567890123456789012345678901.-" SPAN "-01", false},
        {"00-" TRACE "3-" SPAN "-01", false},
        {"00-1234567890123456789012345678901-" SPAN "-01", false},
        {"00-" TRACE "-0000000000000000-01", false},
        {"00-" TRACE "-.234567890123456-01", false},
        {"00-" TRACE "-123456789012345.-01", false},
        {"00-" TRACE "-" SPAN "7-01", false},
        {"00-" TRACE "-123456789012345-01", false},
        {"00-" TRACE "-" SPAN "-.0", false},
        {"00-" TRACE "-" SPAN "-0.", false},
        {"00-" TRACE "-" SPAN "-001", false},
        {"00-" TRACE "-" SPAN "-1", false},
        {"00-" TRACE "-" SPAN "-", false},
        {"foobar", false},
    };
    check_texts(&aluno_request_metadata_type, "traceparent", cases, sizeof cases / sizeof *cases);
}

static void test_addresses_of_the_platform_tests(void **state)
{
    (void)state;
    static const text_case cases[] = {
        {"something@something.com", true},
        {"someone@localhost.localdomain", true},
        {"someone@127.0.0.1", true},
        {"a@b.b", true},
        {"a/b@domain.com", true},
        {"{}@domain.com", true},
        {"m*'!%@something.com", true},
        {"tu!!7n7.ad##0!!!@company.ca", true},
        {"%@com.com", true},
        {"!#$%&'+/=?^_`{|}~.-@com.com", true},
        {".wooly@example.com", true},
        {"wo..oly@example.com", true},
        {"somebody@example", true},
        {"\na@p.com\n", true},
        {"\ra@p.com\r", true},
        {"a@a123456789012345678901234567890123456789012345678901234567890.com", true},
        {"someone@do-ma-in.com", true},
        {"invalid:email@example.com", false},
        {"@somewhere.com", false},
        {"example.com", false},
        {"@@example.com", false},
        {"a space@example.com", false},
        {"something@ss..com", false},
        {"a@b.b.", false},
        {"a@.b.b", false},
        {"a b@c.d", false},
        {"a@b c.d", false},
        {"a@-b.c", false},
        {"a@b-.c", false},
        {"a@b,c", false},
        {"a,b@c.d", false},
        {"\"a@b\"@c.d", false},
        {"a@p\n.com", false},
        {"", false},
    };
    check_texts(&aluno_student_type, "email", cases, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_of_msgpack),
        cmocka_unit_test(test_numbers_of_msgpack),
        cmocka_unit_test(test_traceparents_of_w3c),
        cmocka_unit_test(test_addresses_of_the_platform_tests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
