/* Tokens of watches: a place in the feed of changes, and what a watch must not mix up. */
#ifndef ALUNOD_HANDLERS_WATCH_TOKEN_H
#define ALUNOD_HANDLERS_WATCH_TOKEN_H

#include "store/store.h"

#include <aluno/messages.h>

enum { WATCH_TOKEN_SIZE = sizeof(((aluno_watch_students_reply *)NULL)->token) };

/* The subject of a watch: a query and a feed. */
struct watch_subject {
    uint32_t query; /* a hash of query and show_deleted */
    uint32_t feed;  /* the number of the feed */
};

/* `query`: NULL is any student. */
struct watch_subject watch_subject_of(const char *query, bool show_deleted, const struct feed_state *state);

/* Writes the token of what comes after an entry. */
void watch_token_write(const struct watch_subject *subject, const struct feed_entry *entry,
                       char token[WATCH_TOKEN_SIZE]);

/* Finds the entry of a token; *entry has its place alone when that was purged and everything after it is
 * there. Violations: WATCH_TOKEN_INVALID, WATCH_QUERY_CHANGED. OUT_OF_RANGE / WATCH_EXPIRED,
 * WATCH_OTHER_DATABASE. */
aluno_code watch_token_read(const char *token, const struct watch_subject *subject,
                            const struct feed_state *state, struct store_session *session,
                            struct feed_entry *entry, aluno_error *error);

#endif
