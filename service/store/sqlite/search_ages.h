/* Ages in searches, and those of a segment's students as the search index keeps them. An age that follows
 * from a birth date changes with the day, so the birth date is kept; ages are made of them for the day of a
 * search.
 *
 * A key of two bytes a student: 00 and the age that was typed; 00 FF: no student; from 01 00 on the birth
 * date, as the day's number in a cycle of 175 years of 12 months of 31 days. */
#ifndef ALUNOD_SQLITE_SEARCH_AGES_H
#define ALUNOD_SQLITE_SEARCH_AGES_H

#include "search_columns.h"

/* The lower bytes of all keys, then the upper ones: those of typed ages are zeros, which a column may lack.
 */
struct age_keys {
    uint8_t bytes[AGES_SIZE];
};

/* No student. */
void age_keys_clear(struct age_keys *keys);

/* Sets a student's key by two columns of its row, one of which is NULL. */
void age_keys_set(struct age_keys *keys, size_t offset, sqlite3_stmt *row, int age, int birth_date);

/* There is no such student any more. */
void age_keys_forget(struct age_keys *keys, size_t offset);

/* The ages on a day (protocol/day.h), AGE_NONE where there is no student. */
void age_keys_on(const struct age_keys *keys, int64_t day, uint8_t ages[SEGMENT_SIZE]);

/* Binds the ages of a search, :age_min and :age_max, and the birth dates that give these ages on its day,
 * :born_first and :born_last. */
void search_bind_ages(sqlite3_stmt *statement, const struct store_search *search);

#endif
