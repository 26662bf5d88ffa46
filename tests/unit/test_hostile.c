/* Invalid messages: truncated, too deep, with a wrong size, or mutated. The decoder must not read beyond the
 * input. Each input is in memory of exactly its size, so that a sanitizer detects an overread. */
#include "sample.h"
#include "unit.h"

#include "protocol/codec.h"

enum { MUTATIONS = 100000, MUTATED_MOST = 4096 };

static aluno_any_message first, second; /* large */
static aluno_error error;

static aluno_code decode(const aluno_message_desc *type, void *message, const aluno__buffer *bytes,
                         aluno__codec_unknown unknown)
{
    aluno__reader in = {bytes->data, bytes->size, 0};
    aluno_clear(&aluno_error_type, &error);
    return aluno__codec_decode(type, message, &in, unknown, &error);
}

static void test_reader_stays_before_what_it_refuses(void **state)
{
    (void)state;
    static const uint8_t cut[][9] = {{0xCD, 1}, {0xD9}, {0xA5, 'x'}, {0xDD, 0xFF}, {0xC1}, {0xC8, 0, 1}};
    static const size_t sizes[] = {2, 1, 2, 2, 1, 3};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *bytes = sample_exact(cut[i], sizes[i]);
        aluno__reader in = {bytes, sizes[i], 0};
        aluno__token token;
        assert_false(aluno__reader_token(&in, &token));
        assert_int_equal(in.at, 0);
        assert_false(aluno__reader_skip(&in));
        assert_int_equal(in.at, 0);
        free(bytes);
    }
}

/* Each reader of one kind refuses the first byte of any other, and does not move. */
static void test_a_reader_takes_its_kind(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x07, 0xA0, 0x90, 0x80, 0xC0, 0xC3, 0xFF};
    for (size_t i = 0; i < sizeof bytes; i++) {
        for (size_t kind = 0; kind < 5; kind++) {
            aluno__reader in = {&bytes[i], 1, 0};
            uint32_t count;
            uint64_t number;
            const char *text;
            size_t length;
            const bool is_read[] = {kind == 0 && aluno__reader_uint(&in, &number),
                                    kind == 1 && aluno__reader_text(&in, &text, &length),
                                    kind == 2 && aluno__reader_array(&in, &count),
                                    kind == 3 && aluno__reader_map(&in, &count),
                                    kind == 4 && aluno__reader_nil(&in)};
            assert_int_equal(is_read[kind], kind == i);
            assert_int_equal(in.at, kind == i);
        }
    }
}

/* One value of each format. Skipping it consumes every byte, and fails if the last is missing. */
static void test_every_format_has_its_length(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[4]; /* the beginning; zeros follow */
        size_t size;
    } values[] = {
        {{0x7F}, 1},         {{0xE0}, 1},         {{0xC0}, 1},         {{0xC2}, 1},
        {{0xC3}, 1},         {{0xCC}, 2},         {{0xCD}, 3},         {{0xCE}, 5},
        {{0xCF}, 9},         {{0xD0}, 2},         {{0xD1}, 3},         {{0xD2}, 5},
        {{0xD3}, 9},         {{0xCA}, 5},         {{0xCB}, 9},         {{0xA0}, 1},
        {{0xBF}, 32},        {{0xD9, 40}, 42},    {{0xDA, 0, 40}, 43}, {{0xDB}, 5},
        {{0xC4, 40}, 42},    {{0xC5, 0, 40}, 43}, {{0xC6}, 5},         {{0xC7, 40}, 43},
        {{0xC8, 0, 40}, 44}, {{0xC9}, 6},         {{0xD4}, 3},         {{0xD5}, 4},
        {{0xD6}, 6},         {{0xD7}, 10},        {{0xD8}, 18},        {{0x9F}, 16},
        {{0xDC, 0, 40}, 43}, {{0xDD}, 5},         {{0x8F}, 31},        {{0xDE, 0, 20}, 43},
        {{0xDF}, 5},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        for (size_t missing = 0; missing < 2; missing++) {
            uint8_t whole[64] = {0};
            memcpy(whole, values[i].bytes, sizeof values[i].bytes);
            const size_t size = values[i].size - missing;
            uint8_t *bytes = sample_exact(whole, size);
            aluno__reader in = {bytes, size, 0};
            assert_int_equal(aluno__reader_skip(&in), missing == 0);
            assert_int_equal(in.at, missing == 0 ? size : 0);
            free(bytes);
        }
    }
}

static void test_lengths_beyond_the_bytes_are_refused(void **state)
{
    (void)state;
    for (unsigned mark = 0xC4; mark <= 0xDF; mark++) {
        if (mark >= 0xCA && mark <= 0xD8)
            continue;
        const uint8_t head[] = {(uint8_t)mark, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
        uint8_t *bytes = sample_exact(head, sizeof head);
        aluno__reader in = {bytes, sizeof head, 0};
        assert_false(aluno__reader_skip(&in));
        free(bytes);
    }
}

static void test_depth_has_its_bound(void **state)
{
    (void)state;
    for (size_t depth = ALUNO_DEPTH_MAX; depth <= ALUNO_DEPTH_MAX + 1; depth++) {
        uint8_t bytes[ALUNO_DEPTH_MAX + 1];
        memset(bytes, 0x91, sizeof bytes);
        bytes[depth - 1] = 0x90;
        aluno__reader in = {bytes, depth, 0};
        assert_int_equal(aluno__reader_skip(&in), depth == ALUNO_DEPTH_MAX);
        assert_int_equal(in.at, ALUNO_DEPTH_MAX);
    }
}

/* A megabyte of nested arrays does not recurse. */
static void test_skipping_does_not_recurse(void **state)
{
    (void)state;
    uint8_t *bytes = malloc(ALUNO_MESSAGE_MAX);
    assert_non_null(bytes);
    memset(bytes, 0x91, ALUNO_MESSAGE_MAX);
    aluno__reader in = {bytes, ALUNO_MESSAGE_MAX, 0};
    assert_false(aluno__reader_skip(&in));
    aluno__buffer whole = {bytes, ALUNO_MESSAGE_MAX, 0, false};
    assert_int_equal(decode(&aluno_student_type, &second, &whole, ALUNO_UNKNOWN_IGNORED),
                     ALUNO_INVALID_ARGUMENT);
    free(bytes);
}

/* Changes, truncates or repeats some of the bytes. *size never grows. */
static void mutate(uint8_t *bytes, size_t *size, uint64_t *seed)
{
    const size_t changes = 1 + sample_below(seed, 6);
    for (size_t i = 0; i<changes && * size> 0; i++) {
        const size_t at = sample_below(seed, *size);
        switch (sample_below(seed, 8)) {
        case 0:
            *size = at;
            break;
        case 1:
            memmove(bytes + at, bytes, *size - at);
            break;
        case 2:
            bytes[at] = (uint8_t)(0xC0 + sample_below(seed, 0x20)); /* another format */
            break;
        default:
            bytes[at] = (uint8_t)sample_next(seed);
        }
    }
}

/* A decoded message must survive encoding and decoding. */
static void check_settled(const aluno_message_desc *type)
{
    aluno__buffer once = {0}, again = {0};
    aluno__codec_encode(type, &first, ALUNO_KEYS_NAMED, &once);
    assert_int_equal(decode(type, &second, &once, ALUNO_UNKNOWN_REFUSED), ALUNO_OK);
    aluno__codec_encode(type, &second, ALUNO_KEYS_NAMED, &again);
    assert_int_equal(once.size, again.size);
    assert_memory_equal(once.data, again.data, once.size);
    aluno__buffer_free(&once);
    aluno__buffer_free(&again);
}

/* Decodes mutants of one message, each in memory of exactly its size. Returns how many were valid. */
static size_t decode_mutants(const aluno_message_desc *type, size_t mutants, uint64_t *seed)
{
    aluno__buffer good = {0};
    aluno_clear(type, &first);
    sample_fill(type, &first, 2, seed);
    aluno__codec_encode(type, &first, ALUNO_KEYS_NAMED, &good);
    size_t accepted = 0;
    for (size_t i = 0; i < mutants; i++) {
        size_t size = good.size < MUTATED_MOST ? good.size : MUTATED_MOST;
        uint8_t changed[MUTATED_MOST];
        memcpy(changed, good.data, size);
        mutate(changed, &size, seed);
        uint8_t *bytes = sample_exact(changed, size);
        const aluno__buffer mutant = {bytes, size, 0, false};
        const aluno__codec_unknown unknown = i % 2 == 0 ? ALUNO_UNKNOWN_REFUSED : ALUNO_UNKNOWN_IGNORED;
        const aluno_code code = decode(type, &first, &mutant, unknown);
        free(bytes);
        if (code != ALUNO_OK) {
            assert_int_equal(code, error.code);
            continue;
        }
        check_settled(type);
        accepted++;
    }
    aluno__buffer_free(&good);
    return accepted;
}

static void test_mutated_bytes_do_no_harm(void **state)
{
    (void)state;
    uint64_t seed = 1013; /* the number of msgpack-c's issue */
    size_t count, accepted = 0, done = 0;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; done < MUTATIONS; i++, done += 50)
        accepted += decode_mutants(all[i % count], 50, &seed);
    assert_in_range(accepted, 1, done - 1); /* otherwise the mutation is useless */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_stays_before_what_it_refuses),
        cmocka_unit_test(test_a_reader_takes_its_kind),
        cmocka_unit_test(test_every_format_has_its_length),
        cmocka_unit_test(test_lengths_beyond_the_bytes_are_refused),
        cmocka_unit_test(test_depth_has_its_bound),
        cmocka_unit_test(test_skipping_does_not_recurse),
        cmocka_unit_test(test_mutated_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
