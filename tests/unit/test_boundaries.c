/* Boundaries of the protocol that no other test stood on: mutants of its code that had moved them survived
 * (campaign/mutants.sh). */
#include "unit.h"

#include "base/clock.h"
#include "protocol/contract.h"
#include "protocol/envelope.h"
#include "protocol/identifiers.h"
#include "protocol/path.h"

#include <aluno/json.h>
#include <aluno/masking.h>
#include <aluno/values.h>

#include <stdio.h>

static aluno_error error;
static aluno_any_message message; /* large */

/* ---- numbers ---- */

static void check_size(int64_t number, size_t expected)
{
    aluno__buffer bytes = {0};
    aluno_get_student_request request = {.has.id = true, .id = number};
    aluno__codec_encode(&aluno_get_student_request_type, &request, ALUNO_KEYS_NUMBERED, &bytes);
    if (bytes.size != 2 + expected) /* the map's head and the key */
        fail_msg("%lld takes %zu bytes, not %zu", (long long)number, bytes.size - 2, expected);
    aluno__buffer_free(&bytes);
}

static void test_a_number_takes_its_shortest_format(void **state)
{
    (void)state;
    check_size(0, 1);
    check_size(127, 1);
    check_size(128, 2);
    check_size(255, 2);
    check_size(256, 3);
    check_size(65535, 3);
    check_size(65536, 5);
    check_size(UINT32_MAX, 5);
    check_size((int64_t)UINT32_MAX + 1, 9);
    check_size(INT64_MAX, 9);
    check_size(-1, 1);
    check_size(-33, 2);
}

/* ---- depth ---- */

/* A reply's message with an unknown key, whose value is that many arrays within each other. */
static aluno_code read_nested(size_t arrays)
{
    uint8_t bytes[16] = {0x81, 0xa1, 'x'};
    memset(bytes + 3, 0x91, arrays);
    bytes[2 + arrays] = 0x90;
    aluno__reader in = {bytes, 3 + arrays, 0};
    aluno_clear(&aluno_error_type, &error);
    return aluno__codec_decode(&aluno_student_type, &message, &in, ALUNO_UNKNOWN_IGNORED, &error);
}

/* The envelope's two arrays and the message are three levels of the eight. */
static void test_the_deepest_value_is_read(void **state)
{
    (void)state;
    assert_int_equal(read_nested(ALUNO_DEPTH_MAX - 3), ALUNO_OK);
    assert_int_equal(read_nested(ALUNO_DEPTH_MAX - 2), ALUNO_INVALID_ARGUMENT);
}

/* The same of an element of a list, which is two levels deeper. */
static aluno_code read_nested_in_list(size_t arrays)
{
    uint8_t bytes[32];
    aluno__reader in = {bytes, 0, 0};
    const aluno_field_desc *list =
        aluno_field_named(&aluno_list_students_reply_type, "students", strlen("students"));
    const uint8_t head[] = {0x81, (uint8_t)list->number, 0x91, 0x81, 0xa1, 'x'};
    memcpy(bytes, head, sizeof head);
    memset(bytes + sizeof head, 0x91, arrays);
    bytes[sizeof head + arrays - 1] = 0x90;
    in.size = sizeof head + arrays;
    aluno_clear(&aluno_error_type, &error);
    return aluno__codec_decode(&aluno_list_students_reply_type, &message, &in, ALUNO_UNKNOWN_IGNORED, &error);
}

static void test_the_deepest_value_of_an_element_is_read(void **state)
{
    (void)state;
    assert_int_equal(read_nested_in_list(ALUNO_DEPTH_MAX - 5), ALUNO_OK);
    assert_int_equal(read_nested_in_list(ALUNO_DEPTH_MAX - 4), ALUNO_INVALID_ARGUMENT);
}

/* ---- unknown keys ---- */

/* {"x": nil, 2^64 - 1: nil, -1: nil} */
static void test_every_unknown_key_is_named(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x83, 0xa1, 'x',  0xc0, 0xcf, 0xff, 0xff, 0xff,
                                    0xff, 0xff, 0xff, 0xff, 0xff, 0xc0, 0xff, 0xc0};
    static const char *const names[] = {"x", "18446744073709551615", "?"};
    aluno__reader in = {bytes, sizeof bytes, 0};
    aluno_clear(&aluno_error_type, &error);
    assert_int_equal(aluno__codec_decode(&aluno_student_type, &message, &in, ALUNO_UNKNOWN_REFUSED, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_int_equal(in.at, sizeof bytes);
    assert_int_equal(error.violations.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(error.violations.items[i].field, names[i]);
}

/* ---- envelopes ---- */

static void test_a_methods_number_asks_for_numbered_keys(void **state)
{
    (void)state;
    for (int numbered = 0; numbered < 2; numbered++) {
        const aluno__codec_keys keys = numbered ? ALUNO_KEYS_NUMBERED : ALUNO_KEYS_NAMED;
        const aluno_request_metadata metadata = {.has.language = false};
        aluno__buffer bytes = {0};
        aluno__request request;
        aluno__envelope_begin_request(&bytes, 1, aluno_method_of(ALUNO_METHOD_health_check), keys);
        aluno__codec_encode(&aluno_health_check_request_type, &message, keys, &bytes);
        aluno__envelope_end_request(&bytes, &metadata, keys);
        assert_int_equal(aluno__envelope_read_request(bytes.data, bytes.size, &request, &error), ALUNO_OK);
        assert_int_equal(request.keys, keys);
        aluno__buffer_free(&bytes);
    }
}

static void check_broken(const uint8_t *bytes, size_t size)
{
    aluno__reader success;
    aluno_clear(&aluno_error_type, &error);
    assert_int_equal(aluno__envelope_open_reply(bytes, size, 1, &success, &error), ALUNO_INTERNAL);
    assert_true(aluno_error_is(&error, ALUNO_REASON_REPLY_MALFORMED));
}

static void test_a_status_that_is_broken_is_no_status(void **state)
{
    (void)state;
    static const uint8_t no_map[] = {0x94, 0x01, 0x01, 0x05, 0xc0};
    static const uint8_t no_nil[] = {0x94, 0x01, 0x01, 0x81, 0x01, 0x05, 0x05};
    static const uint8_t a_byte_more[] = {0x94, 0x01, 0x01, 0x81, 0x01, 0x05, 0xc0, 0xc0};
    check_broken(no_map, sizeof no_map);
    check_broken(no_nil, sizeof no_nil);
    check_broken(a_byte_more, sizeof a_byte_more);
}

static void test_metadata_is_read_behind_its_message(void **state)
{
    (void)state;
    const aluno_reply_metadata sent = {.has.replayed = true, .replayed = true};
    aluno_reply_metadata metadata;
    aluno__buffer bytes = {0};
    aluno__reader success;
    aluno_clear(&aluno_student_type, &message);
    aluno__envelope_begin_success(&bytes, 1);
    aluno__codec_encode(&aluno_student_type, &message, ALUNO_KEYS_NUMBERED, &bytes);
    aluno__envelope_end_success(&bytes, &sent, ALUNO_KEYS_NUMBERED);
    assert_int_equal(aluno__envelope_open_reply(bytes.data, bytes.size, 1, &success, &error), ALUNO_OK);
    const size_t at = success.at;
    assert_int_equal(aluno__envelope_read_metadata(&success, &metadata, &error), ALUNO_OK);
    assert_true(metadata.has.replayed && metadata.replayed);
    assert_int_equal(success.at, at);
    success.size--;
    assert_int_equal(aluno__envelope_read_metadata(&success, &metadata, &error), ALUNO_INTERNAL);
    aluno__buffer_free(&bytes);
}

/* ---- request ids ---- */

static void test_a_request_id_has_its_version_and_variant(void **state)
{
    (void)state;
    const int64_t began_ms = aluno__clock_unix_ms();
    for (int i = 0; i < 64; i++) {
        char id[37];
        assert_true(aluno_request_id_new(id));
        assert_int_equal(id[14], '7');
        assert_non_null(strchr("89ab", id[19]));
        assert_in_range(aluno__uuid_time(id), began_ms, aluno__clock_unix_ms());
    }
    assert_int_equal(aluno__uuid_time("0190a0e6-5f3c-4b1a-9c2d-3e4f5a6b7c8d"),
                     -1); /* version 4 has no time */
    char trace[ALUNO_TRACE_ID_DIGITS + 2];
    memset(trace, 'x', sizeof trace);
    assert_true(aluno__trace_id("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", trace));
    assert_int_equal(strnlen(trace, sizeof trace), ALUNO_TRACE_ID_DIGITS);
    assert_int_equal(aluno__uuid_time("0190a0e6"), -1);
    assert_int_equal(aluno__uuid_time("0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d"), 0x0190a0e65f3c);
}

/* ---- JSON ---- */

static aluno_code read_violations(size_t count)
{
    static char json[1 << 14];
    int length = snprintf(json, sizeof json, "{\"violations\": [");
    for (size_t i = 0; i < count; i++)
        length += snprintf(json + length, sizeof json - (size_t)length, "%s{}", i > 0 ? ", " : "");
    snprintf(json + length, sizeof json - (size_t)length, "]}");
    return aluno_from_json(&aluno_error_type, json, &message, &error);
}

static void test_the_longest_list_is_read(void **state)
{
    (void)state;
    const size_t most = sizeof error.violations.items / sizeof *error.violations.items;
    assert_int_equal(read_violations(most), ALUNO_OK);
    assert_int_equal(message.error.violations.count, most);
    assert_int_equal(read_violations(most + 1), ALUNO_INVALID_ARGUMENT);
}

/* The former content of the message is not read. */
static void test_json_leaves_nothing_of_the_message_before(void **state)
{
    (void)state;
    assert_int_equal(aluno_from_json(&aluno_student_type, "{\"age\": 9}", &message, &error), ALUNO_OK);
    assert_int_equal(aluno_from_json(&aluno_student_type, "{}", &message, &error), ALUNO_OK);
    assert_false(message.student.has.age);
}

/* ---- texts ---- */

static void test_a_masked_address_fits_or_is_hidden(void **state)
{
    (void)state;
    char out[16];
    aluno_mask_text(ALUNO_MASK_email, "a@b.c", out, sizeof "a***@b.c");
    assert_string_equal(out, "a***@b.c");
    aluno_mask_text(ALUNO_MASK_email, "a@b.c", out, sizeof "a***@b.c" - 1);
    assert_string_equal(out, "***");
}

static void test_four_bytes_of_mojibake_are_repaired(void **state)
{
    (void)state;
    char likely[32];
    assert_true(aluno_mojibake("a \u00F0\u0178\u02DC\u20AC", likely, sizeof likely));
    assert_string_equal(likely, "a \U0001F600");
}

static void test_a_violation_without_a_detail_has_none(void **state)
{
    (void)state;
    const aluno__path root = {.outer = NULL}, path = aluno__path_field(&root, "name");
    aluno_clear(&aluno_error_type, &error);
    assert_int_equal(aluno__path_violate(&path, &error, ALUNO_REASON_NAME_EMPTY, ""), ALUNO_INVALID_ARGUMENT);
    assert_false(error.violations.items[0].has.detail);
    aluno__path_violate(&path, &error, ALUNO_REASON_NAME_EMPTY, "x");
    assert_string_equal(error.violations.items[1].detail, "x");
}

/* ---- the contract ---- */

static void test_the_first_row_counts(void **state)
{
    (void)state;
    const char *rows[1024];
    size_t count = 0;
    for (const char *const *row = aluno_library_contract(); *row != NULL; row++)
        rows[count++] = *row;
    rows[count] = NULL;
    rows[1] = "another";
    assert_int_equal(aluno__contract_check(rows, &error), ALUNO_FAILED_PRECONDITION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_number_takes_its_shortest_format),
        cmocka_unit_test(test_the_deepest_value_is_read),
        cmocka_unit_test(test_the_deepest_value_of_an_element_is_read),
        cmocka_unit_test(test_every_unknown_key_is_named),
        cmocka_unit_test(test_a_methods_number_asks_for_numbered_keys),
        cmocka_unit_test(test_a_status_that_is_broken_is_no_status),
        cmocka_unit_test(test_metadata_is_read_behind_its_message),
        cmocka_unit_test(test_a_request_id_has_its_version_and_variant),
        cmocka_unit_test(test_the_longest_list_is_read),
        cmocka_unit_test(test_json_leaves_nothing_of_the_message_before),
        cmocka_unit_test(test_a_masked_address_fits_or_is_hidden),
        cmocka_unit_test(test_four_bytes_of_mojibake_are_repaired),
        cmocka_unit_test(test_a_violation_without_a_detail_has_none),
        cmocka_unit_test(test_the_first_row_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
