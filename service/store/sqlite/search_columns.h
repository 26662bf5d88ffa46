/* The columns of the search index: the students of a segment as sets, their ages, the beginnings of names. */
#ifndef ALUNOD_SQLITE_SEARCH_COLUMNS_H
#define ALUNOD_SQLITE_SEARCH_COLUMNS_H

#include "search_posting.h"

#include <string.h>

/* As migrations/0006_search_index.sql numbers them. */
enum column { COLUMN_PRESENT, COLUMN_REMOVED, COLUMN_AGES, COLUMN_NAMES };

/* Two bytes or four a student of a segment. */
enum { AGES_SIZE = 2 * SEGMENT_SIZE, NAMES_SIZE = 4 * SEGMENT_SIZE, AGE_NONE = 0xff };

static inline bool bytes_are_zero(const uint8_t *bytes, size_t size)
{
    return *bytes == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static inline void names_set(uint8_t values[NAMES_SIZE], size_t offset, uint32_t code)
{
    for (size_t i = 0; i < 4; i++)
        values[4 * offset + i] = (uint8_t)(code >> (24 - 8 * i));
}

static inline uint32_t names_get(const uint8_t values[NAMES_SIZE], size_t offset)
{
    const uint8_t *at = values + 4 * offset;
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

/* Read and write a column of that size; *found is false when the segment has none. The second half is not
 * stored when it is all zeros. DATA_LOSS / STORE_CORRUPT. */
aluno_code column_read(struct store_session *session, int64_t segment, enum column column, uint8_t *values,
                       size_t size, bool *found, aluno_error *error);
aluno_code column_write(struct store_session *session, int64_t segment, enum column column,
                        const uint8_t *values, size_t size, aluno_error *error);

/* Adds to *set the members of COLUMN_PRESENT or COLUMN_REMOVED. *found, which may be NULL: whether there is
 * one. */
aluno_code column_read_set(struct store_session *session, int64_t segment, enum column column,
                           struct posting *set, bool *found, aluno_error *error);
aluno_code column_write_set(struct store_session *session, int64_t segment, enum column column,
                            const struct posting *set, aluno_error *error);

/* The current row of STATEMENT_COLUMN_SCAN as a set. */
aluno_code column_decode(sqlite3_stmt *row, int64_t *segment, struct posting *set, aluno_error *error);

/* Whether a segment is complete in the index. */
aluno_code segment_is_indexed(struct store_session *session, int64_t segment, bool *indexed,
                              aluno_error *error);

/* The first segment from `segment` on that has students; -1: none. */
aluno_code segment_next(struct store_session *session, int64_t segment, int64_t *next, aluno_error *error);

#endif
