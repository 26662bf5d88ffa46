/* sdk/protocol/decode.c: reading goes on after a violation and after an ignored key, and ends at the first
 * byte that is no msgpack, in a list's element as well. */
#include "unit.h"

#include "protocol/codec.h"

#include <stdio.h>

static aluno_list_students_reply page; /* large */

#define BYTES(bytes) bytes, sizeof(bytes) - 1
#define TOTAL        "\xAAtotal_size"
#define TOKEN        "\xAFnext_page_token"
#define STUDENTS     "\xA8students"

static const struct {
    const char *title, *bytes;
    size_t size;
    aluno__codec_unknown unknown;
    const char *outcome; /* the detail, or each violation; empty: OK, and the page has total_size 7 */
} cases[] = {
    {"an ignored key", BYTES("\x82\xA1x\x05" TOTAL "\x07"), ALUNO_UNKNOWN_IGNORED, ""},
    {"an ignored number", BYTES("\x82\x7F\x05" TOTAL "\x07"), ALUNO_UNKNOWN_IGNORED, ""},
    {"an unknown key", BYTES("\x82\xA1x\x05" TOTAL "\xC3"), ALUNO_UNKNOWN_REFUSED,
     "x FIELD_UNKNOWN, total_size FIELD_KIND"},
    {"an unknown number", BYTES("\x83\x00\x05\xCF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x05" TOTAL "\xC3"),
     ALUNO_UNKNOWN_REFUSED, "0 FIELD_UNKNOWN, 18446744073709551615 FIELD_UNKNOWN, total_size FIELD_KIND"},
    {"a key that comes twice", BYTES("\x83" TOTAL "\x07" TOTAL "\x08" TOKEN "\xC3"), ALUNO_UNKNOWN_REFUSED,
     "total_size FIELD_DUPLICATE, next_page_token FIELD_KIND"},
    {"a value of another kind", BYTES("\x82" TOTAL "\x91\x07" TOKEN "\xC3"), ALUNO_UNKNOWN_REFUSED,
     "total_size FIELD_KIND, next_page_token FIELD_KIND"},
    {"an element of another kind", BYTES("\x82" STUDENTS "\x91\x07" TOTAL "\xC3"), ALUNO_UNKNOWN_REFUSED,
     "students[0] FIELD_KIND, total_size FIELD_KIND"},
    {"no msgpack", BYTES("\xC1"), ALUNO_UNKNOWN_REFUSED, "byte 0"},
    {"no map", BYTES("\x07"), ALUNO_UNKNOWN_REFUSED, "byte 0"},
    {"a key of another kind", BYTES("\x82\xC0\x07" TOTAL "\xC3"), ALUNO_UNKNOWN_REFUSED, "byte 1"},
    {"a value that is no msgpack", BYTES("\x82" TOTAL "\xC1" TOKEN "\xC3"), ALUNO_UNKNOWN_REFUSED, "byte 12"},
    {"a number whose value is cut", BYTES("\x82\x02\xA1x\x03"), ALUNO_UNKNOWN_REFUSED, "byte 5"},
    {"an element's key of another kind", BYTES("\x81" STUDENTS "\x92\x81\xC0\x07\x80"), ALUNO_UNKNOWN_REFUSED,
     "byte 12"},
    {"an element's value that is no msgpack", BYTES("\x81" STUDENTS "\x92\x81\x01\xC1\x80"),
     ALUNO_UNKNOWN_REFUSED, "byte 13"},
    {"an element that is no msgpack", BYTES("\x82" STUDENTS "\x92\xC1\x80" TOTAL "\xC3"),
     ALUNO_UNKNOWN_REFUSED, "byte 11"},
    {"an ignored value that is no msgpack", BYTES("\x82\xA1x\xC1" TOTAL "\xC3"), ALUNO_UNKNOWN_IGNORED,
     "byte 3"},
    {"an ignored value in which some is no msgpack", BYTES("\x82\xA1x\x92\x07\xC1" TOTAL "\xC3"),
     ALUNO_UNKNOWN_IGNORED, "byte 5"},
};

/* "FIELD REASON, FIELD REASON", or the detail of an error without violations. */
static void write_outcome(const aluno_error *error, char *text, size_t size)
{
    size_t length = (size_t)snprintf(text, size, "%s", error->violations.count == 0 ? error->detail : "");
    for (size_t i = 0; i < error->violations.count; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s %s", i > 0 ? ", " : "",
                                   error->violations.items[i].field, error->violations.items[i].reason);
}

static void test_where_reading_goes_on_and_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        aluno__reader in = {(const uint8_t *)cases[i].bytes, cases[i].size, 0};
        aluno_error error = {0};
        char outcome[200];
        const aluno_code code =
            aluno__codec_decode(&aluno_list_students_reply_type, &page, &in, cases[i].unknown, &error);
        write_outcome(&error, outcome, sizeof outcome);
        if (strcmp(outcome, cases[i].outcome) != 0)
            fail_msg("%s: %s, not %s", cases[i].title, outcome, cases[i].outcome);
        assert_int_equal(code, *outcome == '\0' ? ALUNO_OK : ALUNO_INVALID_ARGUMENT);
        if (code == ALUNO_OK)
            assert_int_equal(page.total_size, 7);
        else
            assert_string_equal(error.reason,
                                error.violations.count > 0 ? "FIELDS_INVALID" : "MESSAGE_MALFORMED");
    }
}

/* Former content of the caller's memory is never taken for a value. */
static void test_what_is_no_message_is_cleared(void **state)
{
    (void)state;
    static const uint8_t bytes[] = "\x81" STUDENTS "\x91\x07";
    for (size_t from = 0; from < sizeof bytes - 1; from += sizeof bytes - 2) { /* an element; the whole */
        aluno__reader in = {bytes, sizeof bytes - 1, from};
        aluno_error error = {0};
        memset(&page, 1, sizeof page);
        assert_int_equal(
            aluno__codec_decode(&aluno_list_students_reply_type, &page, &in, ALUNO_UNKNOWN_REFUSED, &error),
            ALUNO_INVALID_ARGUMENT);
        if (from == 0)
            assert_false(page.students.items[0].has.name);
        assert_false(page.has.total_size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_reading_goes_on_and_ends),
        cmocka_unit_test(test_what_is_no_message_is_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
