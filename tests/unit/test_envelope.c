/* sdk/protocol/envelope.c: requests and replies as whole bodies. PROTOCOL.md has the bytes, which
 * tests/protocol/test_vectors.c replays. This file has the cases that a document cannot show. */
#include "sample.h"
#include "unit.h"
#include "whole_reply.h"

#include "protocol/error.h"

enum { MSGID = 41 };

static aluno_any_message message; /* large */
static aluno_reply_metadata metadata;
static aluno_error error;

static const aluno_method_desc *health(void)
{
    return aluno_method_of(ALUNO_METHOD_health_check);
}

static void put_request(aluno__buffer *out, uint64_t msgid)
{
    const aluno_health_check_request request = {.has.service = true, .service = "all"};
    const aluno_request_metadata asked = {.has.timeout_ms = true, .timeout_ms = 250};
    aluno__buffer_reset(out);
    aluno__envelope_begin_request(out, msgid, health(), ALUNO_KEYS_NAMED);
    aluno__codec_encode(health()->request, &request, ALUNO_KEYS_NAMED, out);
    aluno__envelope_end_request(out, &asked, ALUNO_KEYS_NAMED);
}

static void put_success(aluno__buffer *out, uint64_t msgid, const aluno_method_desc *method,
                        const void *reply)
{
    const aluno_reply_metadata sent = {.has.replayed = true, .replayed = true};
    aluno__buffer_reset(out);
    aluno__envelope_begin_success(out, msgid);
    aluno__codec_encode(method->reply, reply, ALUNO_KEYS_NAMED, out);
    aluno__envelope_end_success(out, &sent, ALUNO_KEYS_NAMED);
}

static void put_failure(aluno__buffer *out, const aluno_error *failure)
{
    aluno__buffer_reset(out);
    aluno__envelope_write_failure(out, MSGID, failure, ALUNO_KEYS_NAMED);
}

static aluno_code read_reply(const aluno__buffer *bytes, const aluno_method_desc *method)
{
    aluno_clear(&aluno_error_type, &error);
    return whole_reply_read(bytes->data, bytes->size, MSGID, method->reply, &message, &metadata, &error);
}

static void test_request_arrives(void **state)
{
    (void)state;
    static const uint64_t ids[] = {0, 1, 127, 128, UINT32_MAX, UINT64_MAX};
    aluno__buffer bytes = {0};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        aluno__request request;
        put_request(&bytes, ids[i]);
        assert_int_equal(aluno__envelope_read_request(bytes.data, bytes.size, &request, &error), ALUNO_OK);
        assert_true(request.msgid == ids[i]);
        assert_ptr_equal(request.method, health());
        assert_int_equal(request.metadata.timeout_ms, 250);
        assert_false(request.metadata.has.request_id);
        aluno_health_check_request found;
        assert_int_equal(aluno__codec_decode(&aluno_health_check_request_type, &found, &request.message,
                                             ALUNO_UNKNOWN_REFUSED, &error),
                         ALUNO_OK);
        assert_string_equal(found.service, "all");
        assert_int_equal(request.message.at, request.message.size);
    }
    aluno__buffer_free(&bytes);
}

/* A truncated request is refused. The reply has its msgid if that was read. */
static void test_request_cut_anywhere(void **state)
{
    (void)state;
    aluno__buffer whole = {0};
    put_request(&whole, MSGID);
    for (size_t size = 0; size < whole.size; size++) {
        aluno__request request;
        uint8_t *bytes = sample_exact(whole.data, size);
        assert_int_equal(aluno__envelope_read_request(bytes, size, &request, &error), ALUNO_INVALID_ARGUMENT);
        assert_string_equal(error.reason, "MESSAGE_MALFORMED");
        /* The head is [0, msgid, …]; without the rest, its count of 4 is wrong. */
        assert_int_equal(request.msgid, size < 5 ? 0 : MSGID);
        free(bytes);
    }
    aluno__buffer_free(&whole);
}

static void test_trailing_byte_keeps_the_msgid(void **state)
{
    (void)state;
    aluno__buffer bytes = {0};
    aluno__request request;
    put_request(&bytes, MSGID);
    aluno__buffer_append(&bytes, "\xC0", 1);
    assert_int_equal(aluno__envelope_read_request(bytes.data, bytes.size, &request, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_int_equal(request.msgid, MSGID);
    aluno__buffer_free(&bytes);
}

static void test_what_is_no_request_names_the_byte(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *detail;
    } cases[] = {
        {"\x92\x00\x29", 3, "byte 1: expected [0, msgid, method, [message, metadata]]"},
        {"\x94\x00\x29\xC0\x92\x80\x80", 7, "byte 3: expected the method's name or number"},
        {"\x94\x00\x29\x01\x80", 5, "byte 4: expected [message, metadata]"},
        {"\x94\x00\x29\x01\x91\x80", 6, "byte 5: expected [message, metadata]"},
        {"\x90\xC0", 2, "byte 1: bytes after the message"},
        {"\x91", 1, "byte 0: not one whole msgpack value of at most 8 levels"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        aluno__request request;
        assert_int_equal(
            aluno__envelope_read_request((const uint8_t *)cases[i].bytes, cases[i].size, &request, &error),
            ALUNO_INVALID_ARGUMENT);
        assert_string_equal(error.reason, "MESSAGE_MALFORMED");
        assert_string_equal(error.detail, cases[i].detail);
    }
}

/* A body of exactly the limit is accepted. One byte more is refused, and the error has both sizes. */
static void test_size_has_its_bound(void **state)
{
    (void)state;
    aluno__buffer bytes = {0};
    aluno__request request;
    put_request(&bytes, MSGID);
    const size_t head = bytes.size;
    uint8_t *padding = calloc(1, ALUNO_MESSAGE_MAX);
    assert_non_null(padding);
    assert_true(aluno__buffer_append(&bytes, padding, ALUNO_MESSAGE_MAX - head));
    assert_int_equal(aluno__envelope_read_request(bytes.data, bytes.size, &request, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "MESSAGE_MALFORMED");
    assert_true(aluno__buffer_append(&bytes, padding, 1));
    assert_int_equal(aluno__envelope_read_request(bytes.data, bytes.size, &request, &error),
                     ALUNO_RESOURCE_EXHAUSTED);
    assert_string_equal(error.reason, "MESSAGE_TOO_LARGE");
    assert_string_equal(error.detail, "262145 > 262144 bytes");
    assert_int_equal(request.msgid, MSGID);
    free(padding);
    aluno__buffer_free(&bytes);
}

static void test_size_of_a_reply_has_its_bound(void **state)
{
    (void)state;
    const aluno_health_check_reply reply = {.has.status = true, .status = "SERVING"};
    aluno__buffer bytes = {0};
    aluno__reader success;
    put_success(&bytes, MSGID, health(), &reply);
    assert_true(aluno__buffer_reserve(&bytes, ALUNO_MESSAGE_MAX + 1 - bytes.size));
    assert_int_equal(aluno__envelope_open_reply(bytes.data, ALUNO_MESSAGE_MAX, MSGID, &success, &error),
                     ALUNO_OK);
    assert_int_equal(aluno__envelope_open_reply(bytes.data, ALUNO_MESSAGE_MAX + 1, MSGID, &success, &error),
                     ALUNO_INTERNAL);
    aluno__buffer_free(&bytes);
}

static void test_every_success_arrives(void **state)
{
    (void)state;
    static aluno_any_message sent;
    uint64_t seed = 11;
    aluno__buffer bytes = {0}, once = {0}, again = {0};
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
        aluno_clear(method->reply, &sent);
        sample_fill(method->reply, &sent, 4, &seed);
        put_success(&bytes, MSGID, method, &sent);
        assert_int_equal(read_reply(&bytes, method), ALUNO_OK);
        assert_true(metadata.has.replayed && metadata.replayed);
        aluno__buffer_reset(&once);
        aluno__buffer_reset(&again);
        aluno__codec_encode(method->reply, &sent, ALUNO_KEYS_NAMED, &once);
        aluno__codec_encode(method->reply, &message, ALUNO_KEYS_NAMED, &again);
        assert_int_equal(again.size, once.size);
        assert_memory_equal(again.data, once.data, once.size);
    }
    aluno__buffer_free(&bytes);
    aluno__buffer_free(&once);
    aluno__buffer_free(&again);
}

static void test_every_reason_arrives(void **state)
{
    (void)state;
    aluno__buffer bytes = {0};
    for (size_t i = 0; i < ALUNO_REASON_COUNT; i++) {
        const aluno_reason_desc *info = aluno_reason_of((aluno_reason)i);
        aluno_error sent;
        aluno__error_set(&sent, (aluno_reason)i, "%d", 12);
        put_failure(&bytes, &sent);
        error.violations.count = 3; /* of the caller's last error */
        assert_int_equal(read_reply(&bytes, health()), info->code);
        assert_true(aluno_error_is(&error, (aluno_reason)i));
        assert_int_equal(error.code, info->code);
        assert_string_equal(error.detail, "12");
        assert_string_equal(error.message, sent.message);
        assert_false(error.has.violations);
        assert_int_equal(error.violations.count, 0);
    }
    aluno__buffer_free(&bytes);
}

static void test_violations_arrive(void **state)
{
    (void)state;
    static aluno_error sent;
    aluno__buffer bytes = {0};
    for (size_t i = 0; i < 40; i++)
        aluno__error_add_violation(&sent, "students[3].age", ALUNO_REASON_AGE_RANGE, NULL);
    put_failure(&bytes, &sent);
    assert_int_equal(read_reply(&bytes, health()), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(error.violations.count, 32);
    assert_string_equal(error.violations.items[31].field, "students[3].age");
    assert_string_equal(error.violations.items[31].reason, "AGE_RANGE");
    assert_string_equal(error.message,
                        "some fields are not valid (> 32): students[3].age: the age must be from 0 to 150");
    assert_false(error.violations.items[31].has.detail);
    aluno__buffer_free(&bytes);
}

static void check_malformed(const aluno__buffer *bytes)
{
    assert_int_equal(read_reply(bytes, health()), ALUNO_INTERNAL);
    assert_true(aluno_error_is(&error, ALUNO_REASON_REPLY_MALFORMED));
}

static void test_replies_to_others_are_refused(void **state)
{
    (void)state;
    const aluno_health_check_reply reply = {.has.status = true, .status = "SERVING"};
    aluno__buffer bytes = {0};
    put_success(&bytes, MSGID + 1, health(), &reply);
    check_malformed(&bytes);
    put_request(&bytes, MSGID);
    check_malformed(&bytes);
    aluno__buffer_free(&bytes);
}

static void test_what_is_no_reply_is_not_opened(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {{"\x94\x01\x29\xC0\xC0", 5},
                 {"\x94\x01\x29\xC0\x91\x80", 6},
                 {"\x94\x01\x29\xC0\x93\x80\x80\x80", 8},
                 {"\x93\x01\x29\xC0", 4},
                 {"\x94\x02\x29\xC0\x92\x80\x80", 7},
                 {"\x94\x01\xC0\xC0\x92\x80\x80", 7}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        aluno__reader success;
        assert_int_equal(aluno__envelope_open_reply((const uint8_t *)cases[i].bytes, cases[i].size, MSGID,
                                                    &success, &error),
                         ALUNO_INTERNAL);
        assert_true(aluno_error_is(&error, ALUNO_REASON_REPLY_MALFORMED));
    }
}

static void test_reply_cut_anywhere(void **state)
{
    (void)state;
    const aluno_health_check_reply reply = {.has.status = true, .status = "SERVING"};
    aluno__buffer whole = {0};
    put_success(&whole, MSGID, health(), &reply);
    for (size_t size = 0; size < whole.size; size++) {
        uint8_t *bytes = sample_exact(whole.data, size);
        check_malformed(&(aluno__buffer){bytes, size, 0, false});
        free(bytes);
    }
    aluno__buffer_free(&whole);
}

/* A status must have an error code: a missing code, OK and unknown numbers are refused. */
static void test_status_without_a_failure_is_refused(void **state)
{
    (void)state;
    static const int64_t codes[] = {0, -1, 17, INT64_MAX};
    aluno__buffer bytes = {0};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const aluno_error sent = {.has.code = true, .code = codes[i]};
        put_failure(&bytes, &sent);
        check_malformed(&bytes);
    }
    put_failure(&bytes, &(aluno_error){.has.reason = true, .reason = "BUSY"});
    check_malformed(&bytes);
    aluno__buffer_free(&bytes);
}

/* The error may be NULL. */
static void test_errors_are_optional(void **state)
{
    (void)state;
    aluno__buffer bytes = {0};
    aluno__request request;
    assert_int_equal(aluno__envelope_read_request((const uint8_t *)"\xC1", 1, &request, NULL),
                     ALUNO_INVALID_ARGUMENT);
    put_failure(&bytes, &(aluno_error){.has.code = true, .code = ALUNO_NOT_FOUND});
    assert_int_equal(
        whole_reply_read(bytes.data, bytes.size, MSGID, health()->reply, &message, &metadata, NULL),
        ALUNO_NOT_FOUND);
    aluno__buffer_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_arrives),
        cmocka_unit_test(test_request_cut_anywhere),
        cmocka_unit_test(test_trailing_byte_keeps_the_msgid),
        cmocka_unit_test(test_what_is_no_request_names_the_byte),
        cmocka_unit_test(test_size_has_its_bound),
        cmocka_unit_test(test_size_of_a_reply_has_its_bound),
        cmocka_unit_test(test_every_success_arrives),
        cmocka_unit_test(test_every_reason_arrives),
        cmocka_unit_test(test_violations_arrive),
        cmocka_unit_test(test_replies_to_others_are_refused),
        cmocka_unit_test(test_what_is_no_reply_is_not_opened),
        cmocka_unit_test(test_reply_cut_anywhere),
        cmocka_unit_test(test_status_without_a_failure_is_refused),
        cmocka_unit_test(test_errors_are_optional),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
