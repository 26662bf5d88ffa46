/* sdk/protocol/decode.c: plain entries, which have numbered keys, are decoded as those with named keys are.
 */
#include "unit.h"

#include "protocol/codec.h"

#define VALUE(bytes)                                                                                         \
    {                                                                                                        \
        bytes, sizeof bytes - 1                                                                              \
    }
#define THIRTY "abcdefghijklmnopqrstuvwxyz0123"

enum { CUT = 4 }; /* values at the end that are cut */

/* Values of every form that is plain or nearly so. */
static const struct {
    const char *bytes;
    size_t size;
} values[] = {
    VALUE("\x00"),
    VALUE("\x7F"),
    VALUE("\xCC\x80"),
    VALUE("\xCD\x01\x00"),
    VALUE("\xCF\x00\x00\x00\x00\x00\x00\x00\x05"),
    VALUE("\xCF\x00\x00\x01\xA1\xEF\x5A\x6B\x7C"),
    VALUE("\xCF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
    VALUE("\xCF\x80\x00\x00\x00\x00\x00\x00\x00"),
    VALUE("\xE0"),
    VALUE("\xD3\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
    VALUE("\xC0"),
    VALUE("\xC2"),
    VALUE("\xC3"),
    VALUE("\x80"),
    VALUE("\x90"),
    VALUE("\xCA\x00\x00\x00\x00"),
    VALUE("\xA0"),
    VALUE("\xA3"
          "Ana"),
    VALUE("\xA8"
          "Ana\0Rita"),
    VALUE("\xA9"
          "Ana Rita\0"),
    VALUE("\xA8"
          "Jos\xC3\xA9 Sa"),
    VALUE("\xA9"
          "Jos\xE9 Silv"),
    VALUE("\xA2\xC3\xA9"),
    VALUE("\xA1\x80"),
    VALUE("\xAF"
          "abcdefghijklmno"),
    VALUE("\xB0"
          "abcdefghijklmnop"),
    VALUE("\xBE" THIRTY),
    VALUE("\xBF" THIRTY "4"),
    VALUE("\xD9\x20" THIRTY "45"),
    VALUE("\xDA\x00\x03"
          "Ana"),
    VALUE("\xC4\x03"
          "Ana"),
    VALUE("\xCF\x00\x00\x00\x00\x00\x00\x00"),
    VALUE("\xA3"
          "An"),
    VALUE("\xBF"
          "A"),
    VALUE(""),
};

/* The result of decoding a map of one pair, or of the same pair twice. */
struct outcome {
    aluno_code code;
    aluno_error error;
    aluno_any_message message;
};

static void decode_pairs(const aluno_message_desc *type, const aluno_field_desc *field,
                         aluno__codec_keys keys, size_t value, size_t pairs, struct outcome *out)
{
    aluno__buffer bytes = {0};
    const uint8_t head = (uint8_t)(0x80 + pairs);
    aluno__buffer_append(&bytes, &head, 1);
    for (size_t i = 0; i < pairs; i++) {
        if (keys == ALUNO_KEYS_NAMED)
            aluno__codec_pack_text(&bytes, field->name, strlen(field->name));
        else
            aluno__codec_pack_uint(&bytes, (uint64_t)field->number);
        aluno__buffer_append(&bytes, values[value].bytes, values[value].size);
    }
    aluno__reader in = {bytes.data, bytes.size, 0};
    aluno_clear(&aluno_error_type, &out->error);
    out->code = aluno__codec_decode(type, &out->message, &in, ALUNO_UNKNOWN_REFUSED, &out->error);
    aluno__buffer_free(&bytes);
}

static void check_value(const aluno_field_desc *field, const void *named, const void *numbered)
{
    assert_int_equal(*aluno_has(field, named), *aluno_has(field, numbered));
    if (!*aluno_has(field, named))
        return;
    if (field->kind == ALUNO_KIND_TEXT)
        assert_string_equal(aluno_value(field, named), aluno_value(field, numbered));
    else if (field->kind == ALUNO_KIND_INT)
        assert_memory_equal(aluno_value(field, named), aluno_value(field, numbered), sizeof(int64_t));
}

static void check_pairs(const aluno_message_desc *type, const aluno_field_desc *field, size_t value,
                        size_t pairs)
{
    static struct outcome named, numbered; /* large */
    decode_pairs(type, field, ALUNO_KEYS_NAMED, value, pairs, &named);
    decode_pairs(type, field, ALUNO_KEYS_NUMBERED, value, pairs, &numbered);
    assert_int_equal(named.code, numbered.code);
    if (named.code == ALUNO_OK) {
        check_value(field, &named.message, &numbered.message);
        return;
    }
    assert_string_equal(named.error.reason, numbered.error.reason);
    assert_int_equal(named.error.has.violations, numbered.error.has.violations);
    if (!named.error.has.violations)
        return;
    assert_string_equal(named.error.violations.items[0].field, numbered.error.violations.items[0].field);
    assert_string_equal(named.error.violations.items[0].reason, numbered.error.violations.items[0].reason);
}

static void test_keys_make_no_difference(void **state)
{
    (void)state;
    size_t count;
    const aluno_message_desc *const *types = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        for (const aluno_field_desc *field = types[i]->fields; field->name != NULL; field++)
            for (size_t value = 0; value < sizeof values / sizeof *values; value++) {
                check_pairs(types[i], field, value, 1);
                if (value < sizeof values / sizeof *values - CUT)
                    check_pairs(types[i], field, value, 2);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_keys_make_no_difference)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
