/* The rows of the search index: the students of a segment that have a term. */
#ifndef ALUNOD_SQLITE_SEARCH_POSTING_H
#define ALUNOD_SQLITE_SEARCH_POSTING_H

#include "search_terms.h"
#include "session.h"

enum { SEGMENT_BITS = 12, SEGMENT_SIZE = 1 << SEGMENT_BITS, SET_BYTES = SEGMENT_SIZE / 8 };

/* Some students of a segment: bit i is the one with the segment's i-th id. */
struct posting {
    uint64_t bits[SEGMENT_SIZE / 64];
};

static inline int64_t segment_of(int64_t id)
{
    return id >> SEGMENT_BITS;
}

static inline size_t offset_of(int64_t id)
{
    return (size_t)(id & (SEGMENT_SIZE - 1));
}

static inline int64_t id_at(int64_t segment, size_t offset)
{
    return segment << SEGMENT_BITS | (int64_t)offset;
}

static inline void posting_set(struct posting *posting, size_t offset, bool value)
{
    const uint64_t bit = UINT64_C(1) << (offset & 63);
    if (value)
        posting->bits[offset >> 6] |= bit;
    else
        posting->bits[offset >> 6] &= ~bit;
}

static inline bool posting_has(const struct posting *posting, size_t offset)
{
    return (posting->bits[offset >> 6] >> (offset & 63) & 1) != 0;
}

size_t posting_count(const struct posting *posting);

static inline size_t lowest_bit(uint64_t word)
{
#if defined(__GNUC__)
    return (size_t)__builtin_ctzll(word);
#else
    size_t bit = 0;
    while ((word >> bit & 1) == 0)
        bit++;
    return bit;
#endif
}

/* The first member at or after `offset`; SEGMENT_SIZE: none. */
static inline size_t posting_next(const struct posting *posting, size_t offset)
{
    while (offset < SEGMENT_SIZE) {
        const uint64_t rest = posting->bits[offset >> 6] >> (offset & 63);
        if (rest != 0)
            return offset + lowest_bit(rest);
        offset = (offset | 63) + 1;
    }
    return SEGMENT_SIZE;
}

/* The last member before `offset`; SEGMENT_SIZE: none. */
size_t posting_previous(const struct posting *posting, size_t offset);

/* Keeps those that are members of both; false when there is none. */
bool posting_and(struct posting *posting, const struct posting *other);

/* Adds to *posting the students of a segment that have a term from *first to *last. DATA_LOSS /
 * STORE_CORRUPT. */
aluno_code posting_read(struct store_session *session, int64_t segment, const struct term *first,
                        const struct term *last, struct posting *posting, aluno_error *error);

/* Stores the students that have the term; no row when there are none. */
aluno_code posting_write(struct store_session *session, int64_t segment, const struct term *term,
                         const struct posting *posting, aluno_error *error);

/* Adds a student to a term or removes it. */
aluno_code posting_change(struct store_session *session, int64_t id, const struct term *term, bool value,
                          aluno_error *error);

/* Adds a student to the terms of a word or removes it: its beginnings, and the whole word if it is longer. */
aluno_code posting_change_word(struct store_session *session, int64_t id, const char *word, size_t length,
                               bool value, aluno_error *error);

/* A set as bytes: SET_BYTES, or fewer. */
size_t posting_encode(const struct posting *posting, uint8_t bytes[SET_BYTES]);

/* Adds the bytes' members to *posting; false when they are no set. */
bool posting_decode(const uint8_t *bytes, size_t size, struct posting *posting);

#endif
