/* Reads and writes the rows of the search index. */
#include "search_posting.h"

#include "protocol/error.h"

#include <string.h>

enum { LISTED_MAX = SET_BYTES / 2 - 1 }; /* members of a set that is stored as a list */

/* ---- sets ---- */

static size_t count_bits(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (size_t)(word * UINT64_C(0x0101010101010101) >> 56);
}

size_t posting_count(const struct posting *posting)
{
    size_t count = 0;
    for (size_t i = 0; i < SEGMENT_SIZE / 64; i++)
        count += count_bits(posting->bits[i]);
    return count;
}

static size_t highest_bit(uint64_t word)
{
    for (size_t shift = 1; shift < 64; shift *= 2)
        word |= word >> shift;
    return count_bits(word) - 1;
}

size_t posting_previous(const struct posting *posting, size_t offset)
{
    while (offset > 0) {
        const size_t word = (offset - 1) >> 6, above = offset - (word << 6);
        const uint64_t rest = posting->bits[word] << (64 - above) >> (64 - above);
        if (rest != 0)
            return (word << 6) + highest_bit(rest);
        offset = word << 6;
    }
    return SEGMENT_SIZE;
}

bool posting_and(struct posting *posting, const struct posting *other)
{
    uint64_t any = 0;
    for (size_t i = 0; i < SEGMENT_SIZE / 64; i++)
        any |= posting->bits[i] &= other->bits[i];
    return any != 0;
}

static uint64_t read_bits(const uint8_t *at)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++)
        bits |= (uint64_t)at[i] << (8 * i);
    return bits;
}

bool posting_decode(const uint8_t *bytes, size_t size, struct posting *posting)
{
    if (size == SET_BYTES) {
        for (size_t i = 0; i < SEGMENT_SIZE / 64; i++)
            posting->bits[i] |= read_bits(bytes + 8 * i);
        return true;
    }
    for (size_t i = 0; i + 1 < size; i += 2)
        posting_set(posting, (size_t)(bytes[i] << 8 | bytes[i + 1]) % SEGMENT_SIZE, true);
    return size < SET_BYTES && size % 2 == 0;
}

size_t posting_encode(const struct posting *posting, uint8_t bytes[SET_BYTES])
{
    size_t size = 0;
    if (posting_count(posting) > LISTED_MAX) {
        for (; size < SET_BYTES; size++)
            bytes[size] = (uint8_t)(posting->bits[size / 8] >> (8 * (size % 8)));
        return size;
    }
    for (size_t i = posting_next(posting, 0); i < SEGMENT_SIZE; i = posting_next(posting, i + 1)) {
        bytes[size++] = (uint8_t)(i >> 8);
        bytes[size++] = (uint8_t)i;
    }
    return size;
}

/* ---- rows ---- */

aluno_code posting_read(struct store_session *session, int64_t segment, const struct term *first,
                        const struct term *last, struct posting *posting, aluno_error *error)
{
    sqlite3_stmt *read = session_statement(session, STATEMENT_SEARCH_READ);
    bind_int(read, ":segment", segment);
    bind_blob(read, ":first", first->bytes, first->size);
    bind_blob(read, ":last", last->bytes, last->size);
    aluno_code code = ALUNO_OK;
    int result;
    while (code == ALUNO_OK && (result = sqlite3_step(read)) == SQLITE_ROW) {
        const uint8_t *bytes = sqlite3_column_blob(read, 0);
        if (bytes == NULL || !posting_decode(bytes, (size_t)sqlite3_column_bytes(read, 0), posting))
            code =
                aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "search index %lld", (long long)segment);
    }
    if (code == ALUNO_OK && result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(read);
    return code;
}

aluno_code posting_write(struct store_session *session, int64_t segment, const struct term *term,
                         const struct posting *posting, aluno_error *error)
{
    uint8_t bytes[SET_BYTES];
    const size_t size = posting_encode(posting, bytes);
    sqlite3_stmt *write =
        session_statement(session, size > 0 ? STATEMENT_SEARCH_WRITE : STATEMENT_SEARCH_ERASE);
    bind_int(write, ":segment", segment);
    bind_blob(write, ":term", term->bytes, term->size);
    bind_blob(write, ":ids", bytes, size);
    return session_step(session, write, error);
}

aluno_code posting_change(struct store_session *session, int64_t id, const struct term *term, bool value,
                          aluno_error *error)
{
    struct posting posting = {{0}};
    const aluno_code code = posting_read(session, segment_of(id), term, term, &posting, error);
    if (code != ALUNO_OK)
        return code;
    posting_set(&posting, offset_of(id), value);
    return posting_write(session, segment_of(id), term, &posting, error);
}

aluno_code posting_change_word(struct store_session *session, int64_t id, const char *word, size_t length,
                               bool value, aluno_error *error)
{
    struct term term;
    aluno_code code = ALUNO_OK;
    for (size_t cut = 1; cut <= PREFIX_MAX && cut <= length && code == ALUNO_OK; cut++) {
        term_set(&term, TERM_WORD, word, cut);
        code = posting_change(session, id, &term, value, error);
    }
    if (code != ALUNO_OK || length <= PREFIX_MAX)
        return code;
    term_set(&term, TERM_WORD, word, length < WORD_MAX ? length : WORD_MAX);
    return posting_change(session, id, &term, value, error);
}
