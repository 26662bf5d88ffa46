/* sdk/protocol/codec.c: encodes and decodes every message of the contract.
 * test_hostile.c has the invalid bytes. */
#include "sample.h"
#include "unit.h"

#include "protocol/codec.h"
#include <aluno/json.h>
#include <aluno/validate.h>

enum { ROUNDS = 50 };

static aluno_any_message first, second; /* large */
static aluno_error error;

static aluno_code decode(const aluno_message_desc *type, void *message, const aluno__buffer *bytes,
                         aluno__codec_unknown unknown)
{
    aluno__reader in = {bytes->data, bytes->size, 0};
    aluno_clear(&aluno_error_type, &error);
    return aluno__codec_decode(type, message, &in, unknown, &error);
}

/* The bytes must be refused with this one violation. */
static void check_violation(const aluno_message_desc *type, const aluno__buffer *bytes, const char *field,
                            aluno_reason reason)
{
    assert_int_equal(decode(type, &second, bytes, ALUNO_UNKNOWN_REFUSED), ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "FIELDS_INVALID");
    assert_int_equal(error.violations.count, 1);
    assert_string_equal(error.violations.items[0].field, field);
    assert_string_equal(error.violations.items[0].reason, aluno_reason_of(reason)->name);
}

static void pack_key(aluno__buffer *out, const char *key)
{
    aluno__codec_pack_text(out, key, strlen(key));
}

/* Begins a map of one pair. The caller appends the value. */
static void begin_pair(aluno__buffer *out, const char *key)
{
    aluno__buffer_reset(out);
    aluno__buffer_append(out, "\x81", 1);
    pack_key(out, key);
}

typedef void field_test(const aluno_message_desc *type, const aluno_field_desc *field, aluno__buffer *bytes);

/* Runs a test on every field of every message that is of that kind. */
static void each_field(aluno_kind kind, field_test *test)
{
    size_t count, tested = 0;
    const aluno_message_desc *const *all = aluno_messages(&count);
    aluno__buffer bytes = {0};
    for (size_t i = 0; i < count; i++) {
        for (const aluno_field_desc *field = all[i]->fields; field->name != NULL; field++) {
            if (field->kind != kind)
                continue;
            test(all[i], field, &bytes);
            tested++;
        }
    }
    aluno__buffer_free(&bytes);
    assert_in_range(tested, 1, SIZE_MAX);
}

/* ---- round trips ---- */

/* The message as JSON, which shows a value that the codec confuses in both directions. The caller frees it.
 */
static char *json_of(const aluno_message_desc *type, const void *message)
{
    const size_t size = aluno_to_json(type, message, ALUNO_WHOLE, NULL, 0) + 1;
    char *json = malloc(size);
    assert_non_null(json);
    aluno_to_json(type, message, ALUNO_WHOLE, json, size);
    return json;
}

static void check_same(const aluno_message_desc *type, const void *message, const void *other)
{
    char *json = json_of(type, message), *other_json = json_of(type, other);
    assert_string_equal(json, other_json);
    free(json);
    free(other_json);
}

static void check_round_trip(const aluno_message_desc *type, uint64_t *seed)
{
    aluno__buffer once = {0}, again = {0};
    aluno_clear(type, &first);
    sample_fill(type, &first, 3, seed);
    aluno__codec_encode(type, &first, ALUNO_KEYS_NAMED, &once);
    assert_int_equal(decode(type, &second, &once, ALUNO_UNKNOWN_REFUSED), ALUNO_OK);
    check_same(type, &first, &second);
    aluno__codec_encode(type, &second, ALUNO_KEYS_NAMED, &again);
    assert_false(once.failed || again.failed);
    assert_int_equal(again.size, once.size);
    assert_memory_equal(again.data, once.data, once.size);
    aluno__buffer_free(&once);
    aluno__buffer_free(&again);
}

static void test_every_message_survives(void **state)
{
    (void)state;
    uint64_t seed = 20250615;
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t round = 0; round < ROUNDS; round++)
            check_round_trip(all[i], &seed);
}

static void test_empty_message_is_an_empty_map(void **state)
{
    (void)state;
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++) {
        aluno__buffer bytes = {0};
        aluno_clear(all[i], &first);
        aluno__codec_encode(all[i], &first, ALUNO_KEYS_NAMED, &bytes);
        assert_int_equal(bytes.size, 1);
        assert_int_equal(bytes.data[0], 0x80);
        aluno__buffer_free(&bytes);
    }
}

static void test_copy_takes_what_is_set(void **state)
{
    (void)state;
    uint64_t seed = 7;
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++) {
        aluno__buffer from = {0}, to = {0};
        aluno_clear(all[i], &first);
        sample_fill(all[i], &first, 3, &seed);
        memset(&second, 0xA5, all[i]->size);
        aluno_copy(all[i], &second, &first);
        aluno__codec_encode(all[i], &first, ALUNO_KEYS_NAMED, &from);
        aluno__codec_encode(all[i], &second, ALUNO_KEYS_NAMED, &to);
        assert_int_equal(to.size, from.size);
        assert_memory_equal(to.data, from.data, from.size);
        aluno__buffer_free(&from);
        aluno__buffer_free(&to);
    }
}

/* Elements that are encoded one by one give the bytes of the whole message. */
static void test_list_of_encoded_elements(void **state)
{
    (void)state;
    static aluno_list_students_reply page;
    uint64_t seed = 11;
    for (size_t length = 0; length <= 20; length++) { /* lists with a short and a long head */
        aluno__buffer items = {0}, whole = {0}, joined = {0};
        page.has.students = true;
        page.students.count = length;
        ALUNO_SET(page, total_size, 20);
        for (size_t i = 0; i < length; i++) {
            aluno_clear(&aluno_student_type, &page.students.items[i]);
            sample_fill(&aluno_student_type, &page.students.items[i], 1, &seed);
            aluno__codec_encode(&aluno_student_type, &page.students.items[i], ALUNO_KEYS_NAMED, &items);
        }
        aluno__codec_encode(&aluno_list_students_reply_type, &page, ALUNO_KEYS_NAMED, &whole);
        memset(page.students.items, 0, sizeof page.students.items);
        aluno__codec_encode_list(&aluno_list_students_reply_type, &page, ALUNO_KEYS_NAMED, &items, &joined);
        assert_int_equal(joined.size, whole.size);
        assert_memory_equal(joined.data, whole.data, whole.size);
        aluno__buffer_free(&items);
        aluno__buffer_free(&whole);
        aluno__buffer_free(&joined);
    }
}

/* ---- values ---- */

/* Appends `value` as msgpack's format `mark` of `width` bytes. */
static void pack_wide(aluno__buffer *out, uint8_t mark, size_t width, int64_t value)
{
    aluno__buffer_append(out, &mark, 1);
    for (size_t i = width; i-- > 0;) {
        const uint8_t byte = (uint8_t)((uint64_t)value >> (8 * i));
        aluno__buffer_append(out, &byte, 1);
    }
}

static void check_number(const aluno__buffer *bytes, int64_t expected)
{
    aluno_field_description found;
    assert_int_equal(decode(&aluno_field_description_type, &found, bytes, ALUNO_UNKNOWN_REFUSED), ALUNO_OK);
    assert_true(found.has.min);
    assert_true(found.min == expected);
}

static void test_integers_of_every_width(void **state)
{
    (void)state;
    static const int64_t values[] = {
        0,  1,   31,  127,  128,  255,    256,    65535,     65536,       UINT32_MAX, 4294967296, INT64_MAX,
        -1, -32, -33, -128, -129, -32768, -32769, INT32_MIN, -2147483649, INT64_MIN,  INT16_MAX,  INT32_MAX,
    };
    aluno__buffer bytes = {0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const int64_t value = values[i];
        aluno_field_description sent = {.has.min = true, .min = value};
        aluno__buffer_reset(&bytes);
        aluno__codec_encode(&aluno_field_description_type, &sent, ALUNO_KEYS_NAMED, &bytes);
        check_number(&bytes, value);
        for (size_t power = 0; power < 4; power++) {
            const size_t width = (size_t)1 << power;
            const int64_t most = width == 8 ? INT64_MAX : ((int64_t)1 << (8 * width - 1)) - 1;
            if (value >= -most - 1 && value <= most) {
                begin_pair(&bytes, "min");
                pack_wide(&bytes, (uint8_t)(0xD0 + power), width, value);
                check_number(&bytes, value);
            }
            if (value >= 0 && value / 2 <= most) {
                begin_pair(&bytes, "min");
                pack_wide(&bytes, (uint8_t)(0xCC + power), width, value);
                check_number(&bytes, value);
            }
        }
    }
    aluno__buffer_free(&bytes);
}

static void test_integers_above_64_bits_are_out_of_range(void **state)
{
    (void)state;
    aluno__buffer bytes = {0};
    begin_pair(&bytes, "min");
    aluno__codec_pack_uint(&bytes, (uint64_t)INT64_MAX + 1);
    check_violation(&aluno_field_description_type, &bytes, "min", ALUNO_REASON_NUMBER_RANGE);
    aluno__buffer_free(&bytes);
}

static void test_booleans(void **state)
{
    (void)state;
    aluno__buffer bytes = {0};
    for (int value = 0; value < 2; value++) {
        aluno_reply_metadata found;
        begin_pair(&bytes, "replayed");
        aluno__buffer_append(&bytes, value ? "\xC3" : "\xC2", 1);
        assert_int_equal(decode(&aluno_reply_metadata_type, &found, &bytes, ALUNO_UNKNOWN_REFUSED), ALUNO_OK);
        assert_true(found.has.replayed);
        assert_int_equal(found.replayed, value);
    }
    aluno__buffer_free(&bytes);
}

static void check_nil(const aluno_message_desc *type, const aluno_field_desc *field, aluno__buffer *bytes)
{
    begin_pair(bytes, field->name);
    aluno__codec_pack_nil(bytes);
    assert_int_equal(decode(type, &second, bytes, ALUNO_UNKNOWN_REFUSED), ALUNO_OK);
    assert_false(*aluno_has(field, &second));
}

static void test_nil_is_absent(void **state)
{
    (void)state;
    for (aluno_kind kind = ALUNO_KIND_INT; kind <= ALUNO_KIND_LIST; kind++)
        each_field(kind, check_nil);
}

/* Encoded values of each kind. Each is valid for at most one kind of field. */
static void check_wrong_kinds(const aluno_message_desc *type, const aluno_field_desc *field,
                              aluno__buffer *bytes)
{
    static const struct {
        const char *bytes;
        size_t size;
        int fits; /* an aluno_kind, or -1 */
    } values[] = {
        {"\x05", 1, ALUNO_KIND_INT},
        {"\xC3", 1, ALUNO_KIND_BOOL},
        {"\xA1x", 2, ALUNO_KIND_TEXT},
        {"\x80", 1, ALUNO_KIND_ONE},
        {"\x90", 1, ALUNO_KIND_LIST},
        {"\xCA\0\0\0\0", 5, -1},         /* float */
        {"\xCB\0\0\0\0\0\0\0\0", 9, -1}, /* double */
        {"\xC4\1x", 3, -1},              /* binary */
        {"\xD4\1x", 3, -1},              /* extension */
        {"\xD6\xFF\0\0\0\0", 6, -1},     /* msgpack's timestamp */
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        begin_pair(bytes, field->name);
        aluno__buffer_append(bytes, values[i].bytes, values[i].size);
        if (values[i].fits == (int)field->kind)
            assert_int_equal(decode(type, &second, bytes, ALUNO_UNKNOWN_REFUSED), ALUNO_OK);
        else
            check_violation(type, bytes, field->name, ALUNO_REASON_FIELD_KIND);
    }
}

static void test_wrong_kinds_name_the_field(void **state)
{
    (void)state;
    for (aluno_kind kind = ALUNO_KIND_INT; kind <= ALUNO_KIND_LIST; kind++)
        each_field(kind, check_wrong_kinds);
}

static void check_text_bound(const aluno_message_desc *type, const aluno_field_desc *field,
                             aluno__buffer *bytes)
{
    char text[4096];
    const size_t max = (size_t)field->max;
    assert_in_range(max, 1, sizeof text - 1);
    memset(text, 'x', sizeof text);
    begin_pair(bytes, field->name);
    aluno__codec_pack_text(bytes, text, max);
    assert_int_equal(decode(type, &second, bytes, ALUNO_UNKNOWN_REFUSED), ALUNO_OK);
    assert_int_equal(strlen(aluno_value(field, &second)), max);
    begin_pair(bytes, field->name);
    aluno__codec_pack_text(bytes, text, max + 1);
    check_violation(type, bytes, field->name, ALUNO_REASON_TEXT_TOO_LONG);
}

static void test_text_has_its_bound(void **state)
{
    (void)state;
    each_field(ALUNO_KIND_TEXT, check_text_bound);
}

static void check_list_bound(const aluno_message_desc *type, const aluno_field_desc *field,
                             aluno__buffer *bytes)
{
    const size_t max = (size_t)field->max;
    for (size_t length = max; length <= max + 1; length++) {
        begin_pair(bytes, field->name);
        aluno__codec_pack_array(bytes, (uint32_t)length);
        for (size_t i = 0; i < length; i++)
            aluno__buffer_append(bytes, "\x80", 1);
        if (length > max) {
            check_violation(type, bytes, field->name, ALUNO_REASON_LIST_TOO_LONG);
            continue;
        }
        assert_int_equal(decode(type, &second, bytes, ALUNO_UNKNOWN_REFUSED), ALUNO_OK);
        assert_int_equal(*aluno_count(field, &second), max);
    }
}

static void test_lists_have_their_bound(void **state)
{
    (void)state;
    each_field(ALUNO_KIND_LIST, check_list_bound);
}

/* ---- keys ---- */

static void test_unknown_keys(void **state)
{
    (void)state;
    aluno__buffer bytes = {0};
    begin_pair(&bytes, "shoe_size");
    aluno__buffer_append(&bytes, "\x92\x01\x81\xA1x\xC0", 6);
    check_violation(&aluno_student_type, &bytes, "shoe_size", ALUNO_REASON_FIELD_UNKNOWN);
    assert_int_equal(decode(&aluno_student_type, &second, &bytes, ALUNO_UNKNOWN_IGNORED), ALUNO_OK);
    aluno__buffer_free(&bytes);
}

/* A violation names an unknown key only if the key is an identifier. */
static void test_strange_keys_are_not_repeated(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "", "a b", "52998224725\n", "\x1B[2J", "nome@", "a_key_that_is_longer_than_any_that_is_worth_a_line"};
    aluno__buffer bytes = {0};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        begin_pair(&bytes, keys[i]);
        aluno__codec_pack_nil(&bytes);
        check_violation(&aluno_student_type, &bytes, "?", ALUNO_REASON_FIELD_UNKNOWN);
    }
    aluno__buffer_free(&bytes);
}

static void check_twice(const aluno_message_desc *type, const aluno_field_desc *field, aluno__buffer *bytes)
{
    aluno__buffer_reset(bytes);
    aluno__buffer_append(bytes, "\x82", 1);
    for (int i = 0; i < 2; i++) {
        pack_key(bytes, field->name);
        aluno__codec_pack_nil(bytes);
    }
    check_violation(type, bytes, field->name, ALUNO_REASON_FIELD_DUPLICATE);
}

static void test_keys_come_once(void **state)
{
    (void)state;
    for (aluno_kind kind = ALUNO_KIND_INT; kind <= ALUNO_KIND_LIST; kind++)
        each_field(kind, check_twice);
}

static void test_all_violations_are_reported_by_path(void **state)
{
    (void)state;
    static const uint8_t bytes[] = "\x82\xA8students\x93" /* the second element's age, the third itself */
                                   "\x80\x81\xA3"
                                   "age\xC3\xC0"
                                   "\xAAtotal_size\xA1x";
    const aluno__buffer whole = {(uint8_t *)(uintptr_t)bytes, sizeof bytes - 1, 0, false};
    assert_int_equal(decode(&aluno_list_students_reply_type, &second, &whole, ALUNO_UNKNOWN_IGNORED),
                     ALUNO_INVALID_ARGUMENT);
    assert_int_equal(error.violations.count, 3);
    assert_string_equal(error.violations.items[0].field, "students[1].age");
    assert_string_equal(error.violations.items[1].field, "students[2]");
    assert_string_equal(error.violations.items[2].field, "total_size");
}

/* The count is copied for the validation to refuse; nothing beyond the list is. */
static void test_copy_of_a_count_beyond_the_list(void **state)
{
    (void)state;
    static aluno_batch_create_students_request request, copy;
    request.has.students = true;
    request.students.count = SIZE_MAX;
    aluno_copy(&aluno_batch_create_students_request_type, &copy, &request);
    assert_int_equal(aluno_validate(&aluno_batch_create_students_request_type, &copy, false, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.violations.items[0].reason, "LIST_TOO_LONG");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_message_survives),
        cmocka_unit_test(test_empty_message_is_an_empty_map),
        cmocka_unit_test(test_copy_takes_what_is_set),
        cmocka_unit_test(test_list_of_encoded_elements),
        cmocka_unit_test(test_integers_of_every_width),
        cmocka_unit_test(test_integers_above_64_bits_are_out_of_range),
        cmocka_unit_test(test_booleans),
        cmocka_unit_test(test_nil_is_absent),
        cmocka_unit_test(test_wrong_kinds_name_the_field),
        cmocka_unit_test(test_text_has_its_bound),
        cmocka_unit_test(test_lists_have_their_bound),
        cmocka_unit_test(test_unknown_keys),
        cmocka_unit_test(test_strange_keys_are_not_repeated),
        cmocka_unit_test(test_keys_come_once),
        cmocka_unit_test(test_all_violations_are_reported_by_path),
        cmocka_unit_test(test_copy_of_a_count_beyond_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
