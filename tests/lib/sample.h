/* Samples: messages of any type with pseudo-random content, for tests of properties that all messages have.
 */
#ifndef ALUNO_TESTS_SAMPLE_H
#define ALUNO_TESTS_SAMPLE_H

#include <aluno/schema.h>

#include <stdlib.h>

/* xorshift64 (Marsaglia): the same numbers on every machine. The seed must not be 0. */
static inline uint64_t sample_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* A number below `bound`, which is at least 1. */
static inline size_t sample_below(uint64_t *seed, size_t bound)
{
    return (size_t)(sample_next(seed) % bound);
}

/* Text of one to `max` bytes, with characters of one, two and four bytes. */
static inline void sample_text(char *text, size_t max, uint64_t *seed)
{
    static const char *const characters[] = {"a", "Z", "7", "\"", "\\", "\n", "ã", "𠮷"};
    const size_t length = 1 + sample_below(seed, max);
    size_t at = 0;
    while (at < length) {
        const char *next = characters[sample_below(seed, sizeof characters / sizeof *characters)];
        if (at + strlen(next) > max)
            break;
        memcpy(text + at, next, strlen(next));
        at += strlen(next);
    }
    text[at] = '\0';
}

/* Sets every field; lists get at most `items` elements. Values fit their fields; they may break rules. */
static inline void sample_fill(const aluno_message_desc *type, void *message, size_t items, uint64_t *seed)
{
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        void *value = aluno_value(field, message);
        *aluno_has(field, message) = true;
        if (field->kind == ALUNO_KIND_INT) {
            const int64_t number = (int64_t)sample_next(seed) >> sample_below(seed, 64);
            memcpy(value, &number, sizeof number);
        } else if (field->kind == ALUNO_KIND_BOOL) {
            *(bool *)value = sample_below(seed, 2) == 1;
        } else if (field->kind == ALUNO_KIND_TEXT) {
            sample_text(value, (size_t)field->max, seed);
        } else if (field->kind == ALUNO_KIND_ONE) {
            aluno_clear(field->type, value);
            sample_fill(field->type, value, items, seed);
        } else {
            const size_t most = items < (size_t)field->max ? items : (size_t)field->max;
            *aluno_count(field, message) = sample_below(seed, most + 1);
            for (size_t i = 0; i < *aluno_count(field, message); i++) {
                aluno_clear(field->type, aluno_item(field, message, i));
                sample_fill(field->type, aluno_item(field, message, i), items, seed);
            }
        }
    }
}

/* Copies bytes to a block of exactly their size, so that a sanitizer detects reads beyond it. The caller
 * frees it. */
static inline uint8_t *sample_exact(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

#endif
