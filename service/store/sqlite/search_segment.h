/* Makes the search index's rows of one segment from its students. */
#ifndef ALUNOD_SQLITE_SEARCH_SEGMENT_H
#define ALUNOD_SQLITE_SEARCH_SEGMENT_H

#include "search_ages.h"

struct segment_entry;

/* Begin with {0}; end with segment_free. */
struct segment {
    int64_t number;
    struct segment_entry *entries;
    size_t count, capacity;
    char *text; /* the words and addresses of the entries */
    size_t text_size, text_capacity;
    bool begins[UINT8_MAX + 1]; /* whether some text begins with the byte */
    struct posting present, removed;
    int64_t revisions[SEGMENT_SIZE]; /* of the students as they were read */
    struct age_keys ages;
    uint8_t names[NAMES_SIZE];
};

/* Reads the students of the segment. Its rows of an earlier, incomplete attempt are erased. */
aluno_code segment_read(struct store_session *session, int64_t number, struct segment *segment,
                        aluno_error *error);

/* Stores the rows of the terms whose text begins with that byte, so that they need not be stored all at once.
 */
aluno_code segment_write(struct store_session *session, struct segment *segment, uint8_t byte,
                         aluno_error *error);

/* Stores the other rows, which makes the segment complete, and brings the terms of students up to date that
 * have changed since they were read. */
aluno_code segment_finish(struct store_session *session, struct segment *segment, aluno_error *error);

void segment_free(struct segment *segment);

#endif
