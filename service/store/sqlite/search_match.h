/* Which students a search finds, as a set. */
#ifndef ALUNOD_SQLITE_SEARCH_MATCH_H
#define ALUNOD_SQLITE_SEARCH_MATCH_H

#include "search_ages.h"

/* The matches of one segment. */
struct match {
    int64_t segment;
    struct posting ids;
};

/* Begin with {0}; end with matches_free. Segments without a match are left out; the others are in the order
 * of ids. */
struct matches {
    struct match *items;
    size_t count, capacity;
    int64_t total; /* students */
};

/* Finds them all, by the indexes where they are complete and have the condition. `words`: folded, or NULL.
 * DEADLINE_EXCEEDED / DEADLINE_PASSED. */
aluno_code matches_find(struct store_session *session, const struct store_search *search, const char *words,
                        struct matches *matches, aluno_error *error);

/* Binds the conditions of a search to a statement that has MATCHES. `words`: as in matches_find. */
void search_bind(sqlite3_stmt *statement, const struct store_search *search, const char *words);

void matches_free(struct matches *matches);

bool matches_have(const struct matches *matches, int64_t id);

/* Goes through the matches in the order of ids, or against it. */
struct match_cursor {
    const struct matches *matches;
    bool descending;
    size_t item, offset;
};

/* Begins after `id`, which need not match; descending: before it. */
struct match_cursor matches_after(const struct matches *matches, int64_t id, bool descending);

/* The next match's id; -1: none. */
int64_t match_next(struct match_cursor *cursor);

/* The ages of a segment's students on a day, AGE_NONE where there is none; and their names as name_code gives
 * them. */
aluno_code segment_ages(struct store_session *session, int64_t segment, int64_t day,
                        uint8_t ages[SEGMENT_SIZE], aluno_error *error);
aluno_code segment_names(struct store_session *session, int64_t segment, uint8_t names[NAMES_SIZE],
                         aluno_error *error);

#endif
