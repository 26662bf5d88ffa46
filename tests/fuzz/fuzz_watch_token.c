/* Fuzzes the tokens of watches: one that is accepted is of the query, the feed and the place asked for. */
#include "fuzz.h"

#include "handlers/watch_token.h"

static aluno_error error;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Everything was purged, so no entry is read from a store. */
    static const struct feed_state state = {.feed = 1, .purged = 5, .last = {.place = 5}};
    const struct watch_subject subject = {.query = 2, .feed = 1};
    char token[2 * WATCH_TOKEN_SIZE];
    struct feed_entry entry;
    fuzz_text(data, size, token, sizeof token);
    aluno_clear(&aluno_error_type, &error);
    if (watch_token_read(token, &subject, &state, NULL, &entry, &error) == ALUNO_OK)
        fuzz_check(strncmp(token, "00000002-00000001-5-", 20) == 0 && entry.place == state.purged);
    else
        fuzz_check(error.has.code && error.code != ALUNO_OK);
    return 0;
}
