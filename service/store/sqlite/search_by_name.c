/* The candidates of a page in the order of names. The index of names gives that order, but a search may match
 * nobody in long stretches of it: few whose first name is Ana have another that begins with z. The first
 * characters of the names, as numbers, say where the matches are. */
#include "search_candidates.h"

#include "protocol/error.h"

#include <stdlib.h>
#include <string.h>

enum {
    GATHERED_MAX = 400,      /* so few matches are put in order by reading them all */
    GATHERED_CODE_MAX = 400, /* so few of one code */
    WALK_MAX = 4000,         /* so many rows of the index of names are read in the hope of a full page */
    CHECK_ROWS = 256,
    WALK_FACTOR = 2, /* how many times the rows that it would take if matches were evenly spread */
};

/* Codes that ascend in the order of the page. */
static uint32_t directed(const struct candidates *candidates, uint32_t code)
{
    return candidates->descending ? UINT32_MAX - code : code;
}

static const char *position_name(const struct candidates *candidates)
{
    return (const char *)sqlite3_column_text(candidates->position, POSITION_NAME_FOLDED);
}

/* ---- walking along the index ---- */

/* Binds where a walk begins: after the position; or, when `code` is given, at the first name that has it. */
static sqlite3_stmt *begin_walk(const struct candidates *candidates, const uint32_t *code,
                                char text[NAME_CODE_TEXT])
{
    sqlite3_stmt *walk = session_statement(
        candidates->session, candidates->descending ? STATEMENT_WALK_BY_NAME_DESC : STATEMENT_WALK_BY_NAME);
    bind_int(walk, ":id", candidates->descending ? INT64_MAX : INT64_MIN);
    bind_text(walk, ":name", "");
    if (code != NULL && candidates->descending)
        name_code_ceiling(*code, text);
    else if (code != NULL)
        name_code_floor(*code, text);
    if (code != NULL)
        bind_text(walk, ":name_folded", text);
    else if (candidates->position == NULL && candidates->descending)
        bind_blob(walk, ":name_folded", NULL, 0); /* after every text */
    else if (candidates->position == NULL)
        bind_text(walk, ":name_folded", "");
    else {
        bind_text(walk, ":name_folded", position_name(candidates));
        bind_text(walk, ":name", (const char *)sqlite3_column_text(candidates->position, POSITION_NAME));
        bind_int(walk, ":id", sqlite3_column_int64(candidates->position, POSITION_ID));
    }
    return walk;
}

/* Whether a name has the code: 0; or comes before those that have it, or after them: negative, or positive.
 */
static int compare_code(const struct candidates *candidates, const char *name, uint32_t code)
{
    const uint32_t found = directed(candidates, name_code(name)), wanted = directed(candidates, code);
    return (found > wanted) - (found < wanted);
}

/* Adds the matches along the index until there are as many as are wanted; *ended: no more can follow. `code`:
 * only of names that have it; of others than matches it is seldom checked. `begins`: from the first of them,
 * not from the position. */
static aluno_code walk(struct candidates *candidates, const uint32_t *code, bool begins, size_t rows,
                       bool *ended, aluno_error *error)
{
    char text[NAME_CODE_TEXT];
    sqlite3_stmt *walk = begin_walk(candidates, begins ? code : NULL, text);
    const size_t end = candidates->count + candidates->wanted;
    aluno_code result = ALUNO_OK;
    int step = SQLITE_ROW, order = 0;
    *ended = false;
    while (result == ALUNO_OK && !*ended && rows-- > 0 && (step = sqlite3_step(walk)) == SQLITE_ROW) {
        const int64_t id = sqlite3_column_int64(walk, 0);
        const bool is_match = matches_have(candidates->matches, id);
        if (code != NULL && (is_match || rows % CHECK_ROWS == 0))
            order = compare_code(candidates, (const char *)sqlite3_column_text(walk, 1), *code);
        if (order > 0)
            break;
        if (is_match && order == 0)
            result = candidates_add(candidates, id, error);
        *ended = candidates->count == end;
    }
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        result = session_fail(candidates->session, error);
    *ended = *ended || step == SQLITE_DONE;
    sqlite3_reset(walk);
    return result;
}

/* ---- by codes ---- */

/* Stores in *codes the code of each match, in the order of ids; the caller frees them. */
static aluno_code read_codes(struct candidates *candidates, uint32_t **codes, aluno_error *error)
{
    const struct matches *matches = candidates->matches;
    uint8_t names[NAMES_SIZE];
    uint32_t *next = *codes = malloc(((size_t)matches->total + 1) * sizeof **codes);
    if (next == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    for (size_t item = 0; item < matches->count; item++) {
        const struct match *match = &matches->items[item];
        const aluno_code code = segment_names(candidates->session, match->segment, names, error);
        if (code != ALUNO_OK)
            return code;
        for (size_t i = posting_next(&match->ids, 0); i < SEGMENT_SIZE; i = posting_next(&match->ids, i + 1))
            *next++ = names_get(names, i);
    }
    return ALUNO_OK;
}

enum { HALF_BITS = 16, HALF = 1 << HALF_BITS };

/* The code up to which `wanted` of the codes go that are more than `least`; UINT32_MAX when there are
 * fewer. Two counts: of the codes' upper halves, and of the lower ones with the upper half that was found. */
static uint32_t find_last_code(const struct candidates *candidates, const uint32_t *codes, int64_t least,
                               size_t counts[HALF])
{
    const size_t total = (size_t)candidates->matches->total;
    size_t wanted = candidates->wanted;
    uint32_t upper = 0, lower = 0;
    memset(counts, 0, HALF * sizeof *counts);
    for (size_t i = 0; i < total; i++)
        counts[directed(candidates, codes[i]) >> HALF_BITS] += directed(candidates, codes[i]) > least;
    for (; upper < HALF && counts[upper] < wanted; upper++)
        wanted -= counts[upper];
    if (upper == HALF)
        return UINT32_MAX;
    memset(counts, 0, HALF * sizeof *counts);
    for (size_t i = 0; i < total; i++) {
        const uint32_t code = directed(candidates, codes[i]);
        counts[code & (HALF - 1)] += code >> HALF_BITS == upper && code > least;
    }
    for (; counts[lower] < wanted; lower++)
        wanted -= counts[lower];
    return upper << HALF_BITS | lower;
}

/* Adds the matches whose directed codes are from `first` to `last`. */
static aluno_code add_codes(struct candidates *candidates, const uint32_t *codes, int64_t first, int64_t last,
                            aluno_error *error)
{
    const struct matches *matches = candidates->matches;
    for (size_t item = 0; item < matches->count; item++) {
        const struct match *match = &matches->items[item];
        for (size_t i = posting_next(&match->ids, 0); i < SEGMENT_SIZE;
             i = posting_next(&match->ids, i + 1)) {
            const int64_t code = directed(candidates, *codes++);
            if (code < first || code > last)
                continue;
            const aluno_code result = candidates_add(candidates, id_at(match->segment, i), error);
            if (result != ALUNO_OK)
                return result;
        }
    }
    return ALUNO_OK;
}

/* Whether so many matches have a code that they are not all read, but the first ones along the index. */
static bool are_many(const struct candidates *candidates, const uint32_t *codes, uint32_t code)
{
    const size_t total = (size_t)candidates->matches->total;
    size_t count = 0;
    for (size_t i = 0; i < total; i++)
        count += codes[i] == code;
    return count > GATHERED_CODE_MAX;
}

/* Adds those with the position's code, those with the last code that the page reaches, and all between. */
static aluno_code add_by_code(struct candidates *candidates, const uint32_t *codes, size_t counts[HALF],
                              aluno_error *error)
{
    const bool begins = candidates->position == NULL;
    const uint32_t first = begins ? 0 : name_code(position_name(candidates));
    int64_t least = -1;
    if (!begins)
        least = directed(candidates, first);
    const uint32_t end = find_last_code(candidates, codes, least, counts), last = directed(candidates, end);
    const bool first_are_many = !begins && are_many(candidates, codes, first);
    const bool last_are_many = are_many(candidates, codes, last);
    bool ended;
    aluno_code result =
        add_codes(candidates, codes, least + first_are_many, (int64_t)end - last_are_many, error);
    if (result == ALUNO_OK && first_are_many)
        result = walk(candidates, &first, false, SIZE_MAX, &ended, error);
    if (result == ALUNO_OK && last_are_many)
        result = walk(candidates, &last, true, SIZE_MAX, &ended, error);
    return result;
}

static aluno_code add_all(struct candidates *candidates, aluno_error *error)
{
    struct match_cursor cursor = matches_after(candidates->matches, -1, false);
    aluno_code code = ALUNO_OK;
    for (int64_t id; code == ALUNO_OK && (id = match_next(&cursor)) >= 0;)
        code = candidates_add(candidates, id, error);
    return code;
}

/* How many rows it is worth to read before the codes; 0: none. */
static size_t rows_to_walk(const struct candidates *candidates)
{
    const struct matches *matches = candidates->matches;
    const size_t even = candidates->wanted * matches->count * SEGMENT_SIZE / (size_t)matches->total;
    return WALK_FACTOR * even <= WALK_MAX ? WALK_FACTOR * even : 0;
}

aluno_code candidates_by_name(struct candidates *candidates, aluno_error *error)
{
    bool ended;
    if (candidates->matches->total <= GATHERED_MAX)
        return add_all(candidates, error);
    aluno_code code = walk(candidates, NULL, false, rows_to_walk(candidates), &ended, error);
    if (code != ALUNO_OK || ended)
        return code;
    candidates->count = 0;
    uint32_t *codes = NULL;
    size_t *counts = malloc(HALF * sizeof *counts);
    code = counts != NULL ? read_codes(candidates, &codes, error)
                          : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code == ALUNO_OK)
        code = add_by_code(candidates, codes, counts, error);
    free(codes);
    free(counts);
    return code;
}
