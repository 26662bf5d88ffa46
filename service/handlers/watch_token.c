/* query-feed-place-entry-check, in hexadecimal. `entry` is a hash of the feed's entry at that place, which a
 * database that was restored from a backup gives to another change; `check` one of all that is before it. A
 * token holds ids, times and hashes, and nothing of a student. */
#include "watch_token.h"

#include "hash.h"
#include "protocol/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint32_t fold_hash(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

struct watch_subject watch_subject_of(const char *query, bool show_deleted, const struct feed_state *state)
{
    const char *text = query != NULL ? query : "";
    const uint64_t hash = hash_bytes(HASH_START, text, strlen(text) + 1);
    return (struct watch_subject){fold_hash(hash_bytes(hash, &show_deleted, sizeof show_deleted)),
                                  (uint32_t)state->feed};
}

static uint32_t entry_hash(const struct feed_entry *entry)
{
    const int64_t parts[] = {entry->student_id, entry->kind, entry->revision, entry->time_ms};
    return entry->place != 0 ? fold_hash(hash_bytes(HASH_START, parts, sizeof parts)) : 0;
}

/* The parts of a token. */
struct parts {
    struct watch_subject subject;
    uint64_t place;
    uint32_t entry;
};

static void write_parts(const struct parts *parts, char token[WATCH_TOKEN_SIZE])
{
    const int length = snprintf(token, WATCH_TOKEN_SIZE, "%08" PRIx32 "-%08" PRIx32 "-%" PRIx64 "-%08" PRIx32,
                                parts->subject.query, parts->subject.feed, parts->place, parts->entry);
    snprintf(token + length, WATCH_TOKEN_SIZE - (size_t)length, "-%08" PRIx32,
             fold_hash(hash_bytes(HASH_START, token, (size_t)length)));
}

void watch_token_write(const struct watch_subject *subject, const struct feed_entry *entry,
                       char token[WATCH_TOKEN_SIZE])
{
    const struct parts parts = {*subject, (uint64_t)entry->place, entry_hash(entry)};
    write_parts(&parts, token);
}

/* False for a token that write_parts would not write. */
static bool parse(const char *token, struct parts *parts)
{
    char again[WATCH_TOKEN_SIZE];
    if (sscanf(token, "%8" SCNx32 "-%8" SCNx32 "-%16" SCNx64 "-%8" SCNx32, &parts->subject.query,
               &parts->subject.feed, &parts->place, &parts->entry) != 4 ||
        parts->place > INT64_MAX)
        return false;
    write_parts(parts, again);
    return strcmp(again, token) == 0;
}

/* Receives the one entry that was asked for. */
struct entry_row {
    struct feed_rows rows; /* first: the store returns it */
    struct feed_entry *entry;
};

static bool take_entry(struct feed_rows *rows, const struct feed_entry *entry)
{
    *((struct entry_row *)(void *)rows)->entry = *entry;
    return false;
}

/* Whether the entry at the place is the one of which the token was made. */
static aluno_code check_entry(const struct parts *parts, const struct feed_state *state,
                              struct store_session *session, struct feed_entry *entry, aluno_error *error)
{
    const int64_t place = (int64_t)parts->place;
    struct entry_row row = {{take_entry}, entry};
    aluno_code code = ALUNO_OK;
    *entry = state->last;
    if (place < entry->place)
        code = feed_read(session, place - 1, 1, &row.rows, error);
    if (code != ALUNO_OK)
        return code;
    return entry->place == place && entry_hash(entry) == parts->entry
               ? ALUNO_OK
               : aluno__error_set(error, ALUNO_REASON_WATCH_OTHER_DATABASE, NULL);
}

aluno_code watch_token_read(const char *token, const struct watch_subject *subject,
                            const struct feed_state *state, struct store_session *session,
                            struct feed_entry *entry, aluno_error *error)
{
    struct parts parts;
    if (!parse(token, &parts))
        return aluno__error_add_violation(error, "after", ALUNO_REASON_WATCH_TOKEN_INVALID, NULL);
    if (parts.subject.query != subject->query)
        return aluno__error_add_violation(error, "after", ALUNO_REASON_WATCH_QUERY_CHANGED, NULL);
    if (parts.subject.feed != subject->feed)
        return aluno__error_set(error, ALUNO_REASON_WATCH_OTHER_DATABASE, NULL);
    if ((int64_t)parts.place < state->purged)
        return aluno__error_set(error, ALUNO_REASON_WATCH_EXPIRED, NULL);
    if ((int64_t)parts.place > state->purged)
        return check_entry(&parts, state, session, entry, error);
    *entry = (struct feed_entry){.place = (int64_t)parts.place};
    return ALUNO_OK;
}
