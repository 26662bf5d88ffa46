/* The candidates of pages in the order of ids, ages and times; search_by_name.c has those in the order of
 * names. */
#include "search_candidates.h"

#include "protocol/error.h"

#include <stdlib.h>
#include <string.h>

aluno_code candidates_add(struct candidates *candidates, int64_t id, aluno_error *error)
{
    if (candidates->count == candidates->capacity) {
        const size_t capacity = candidates->capacity > 0 ? 2 * candidates->capacity : 128;
        int64_t *ids = realloc(candidates->ids, capacity * sizeof *ids);
        if (ids == NULL)
            return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
        candidates->ids = ids;
        candidates->capacity = capacity;
    }
    candidates->ids[candidates->count++] = id;
    return ALUNO_OK;
}

/* Goes through the matches after `id`. */
static struct match_cursor cursor_after(const struct candidates *candidates, int64_t id)
{
    return matches_after(candidates->matches, id, candidates->descending);
}

/* Adds the next matches after `id` in the order of ids, as many as are wanted, from `first` to `last`. */
static aluno_code add_run(struct candidates *candidates, int64_t id, int64_t first, int64_t last,
                          aluno_error *error)
{
    struct match_cursor cursor = cursor_after(candidates, id);
    aluno_code code = ALUNO_OK;
    for (size_t i = 0; i < candidates->wanted && code == ALUNO_OK; i++) {
        id = match_next(&cursor);
        if (id < first || id > last)
            break;
        code = candidates_add(candidates, id, error);
    }
    return code;
}

aluno_code candidates_by_id(struct candidates *candidates, aluno_error *error)
{
    return add_run(candidates, candidates->after_id, 0, INT64_MAX, error);
}

/* ---- by time: between two steps of the clock, in the order of ids ---- */

/* Whether a student comes after the position in the order of times; the position itself does when it is to be
 * `included`. */
static bool is_after(const struct candidates *candidates, int64_t create_time, int64_t id, bool included)
{
    const int64_t time = sqlite3_column_int64(candidates->position, POSITION_CREATE_TIME);
    const int64_t position = sqlite3_column_int64(candidates->position, POSITION_ID);
    return create_time != time ? create_time > time : id > position || (included && id == position);
}

/* Reads the first student from that id on; *id is INT64_MAX when there is none. */
static aluno_code read_time(struct store_session *session, int64_t from, int64_t *id, int64_t *create_time,
                            aluno_error *error)
{
    sqlite3_stmt *select = session_statement(session, STATEMENT_TIME_FROM);
    aluno_code code = ALUNO_OK;
    *id = INT64_MAX;
    bind_int(select, ":id", from);
    const int result = sqlite3_step(select);
    if (result == SQLITE_ROW) {
        *id = sqlite3_column_int64(select, 0);
        *create_time = sqlite3_column_int64(select, 1);
    } else if (result != SQLITE_DONE) {
        code = session_fail(session, error);
    }
    sqlite3_reset(select);
    return code;
}

/* Finds the first id from `first` to `last` that is_after; last + 1 when there is none. */
static aluno_code find_after(struct candidates *candidates, int64_t first, int64_t last, bool included,
                             int64_t *found, aluno_error *error)
{
    while (first <= last) {
        const int64_t middle = first + (last - first) / 2;
        int64_t id, create_time = 0;
        const aluno_code code = read_time(candidates->session, middle, &id, &create_time, error);
        if (code != ALUNO_OK)
            return code;
        if (id > last || is_after(candidates, create_time, id, included))
            last = middle - 1;
        else
            first = id + 1;
    }
    *found = first;
    return ALUNO_OK;
}

/* Adds matches of the students from `first` to `last`, whose times are in the order of ids. */
static aluno_code add_times(struct candidates *candidates, int64_t first, int64_t last, aluno_error *error)
{
    int64_t after = candidates->descending ? last + 1 : first - 1;
    if (candidates->position != NULL) {
        const aluno_code code = find_after(candidates, first, last, candidates->descending, &after, error);
        if (code != ALUNO_OK)
            return code;
        after -= !candidates->descending;
    }
    return add_run(candidates, after, first, last, error);
}

aluno_code candidates_by_time(struct candidates *candidates, aluno_error *error)
{
    const struct matches *matches = candidates->matches;
    if (matches->count == 0)
        return ALUNO_OK;
    const int64_t end = id_at(matches->items[matches->count - 1].segment, SEGMENT_SIZE - 1);
    sqlite3_stmt *steps = session_statement(candidates->session, STATEMENT_CLOCK_STEPS);
    aluno_code code = ALUNO_OK;
    int64_t first = 0;
    int result;
    while (code == ALUNO_OK && (result = sqlite3_step(steps)) == SQLITE_ROW) {
        const int64_t step = sqlite3_column_int64(steps, 0);
        code = add_times(candidates, first, step - 1, error);
        first = step;
    }
    if (code == ALUNO_OK && result != SQLITE_DONE)
        code = session_fail(candidates->session, error);
    sqlite3_reset(steps);
    return code == ALUNO_OK ? add_times(candidates, first, end, error) : code;
}

/* ---- by age ---- */

struct age_position {
    int64_t age, id;
    bool descending;
};

static struct age_position age_position(const struct candidates *candidates)
{
    const bool descending = candidates->descending;
    if (candidates->position == NULL)
        return (struct age_position){descending ? INT64_MAX : -1, 0, descending};
    return (struct age_position){sqlite3_column_int64(candidates->position, POSITION_AGE),
                                 candidates->after_id, descending};
}

static bool follows(const struct age_position *position, int64_t age, int64_t id)
{
    if (position->descending)
        return age != position->age ? age < position->age : id < position->id;
    return age != position->age ? age > position->age : id > position->id;
}

/* Keeps of the counts those that are wanted: all of the first ages, then a part of one, then none. */
static void limit_counts(const struct candidates *candidates, size_t counts[AGE_NONE + 1])
{
    size_t wanted = candidates->wanted;
    for (size_t i = 0; i <= AGE_NONE; i++) {
        size_t *count = &counts[candidates->descending ? AGE_NONE - i : i];
        if (*count > wanted)
            *count = wanted;
        wanted -= *count;
    }
}

/* Counts the matches of each age in a segment. */
static void count_segment(const struct match *match, const uint8_t ages[SEGMENT_SIZE],
                          size_t counts[AGE_NONE + 1])
{
    memset(counts, 0, (AGE_NONE + 1) * sizeof *counts);
    for (size_t i = 0; i < SEGMENT_SIZE / 64; i++)
        for (uint64_t rest = match->ids.bits[i]; rest != 0; rest &= rest - 1)
            counts[ages[64 * i + lowest_bit(rest)]]++;
}

/* How many of the segment's matches of an age follow the position: all or none, but in the position's own
 * segment. */
static size_t count_following(const struct match *match, const uint8_t ages[SEGMENT_SIZE], size_t count,
                              uint8_t age, const struct age_position *position)
{
    const bool first = follows(position, age, id_at(match->segment, 0));
    if (count == 0 || first == follows(position, age, id_at(match->segment, SEGMENT_SIZE - 1)))
        return first ? count : 0;
    count = 0;
    for (size_t i = posting_next(&match->ids, 0); i < SEGMENT_SIZE; i = posting_next(&match->ids, i + 1))
        count += ages[i] == age && follows(position, age, id_at(match->segment, i));
    return count;
}

/* Counts the matches of each age that follow the position. */
static aluno_code count_ages(struct candidates *candidates, const struct age_position *position,
                             size_t counts[AGE_NONE + 1], aluno_error *error)
{
    uint8_t ages[SEGMENT_SIZE];
    size_t of_segment[AGE_NONE + 1];
    memset(counts, 0, (AGE_NONE + 1) * sizeof *counts);
    for (size_t item = 0; item < candidates->matches->count; item++) {
        const struct match *match = &candidates->matches->items[item];
        const aluno_code code =
            segment_ages(candidates->session, match->segment, candidates->day, ages, error);
        if (code != ALUNO_OK)
            return code;
        count_segment(match, ages, of_segment);
        for (size_t age = 0; age <= AGE_NONE; age++)
            counts[age] += count_following(match, ages, of_segment[age], (uint8_t)age, position);
    }
    return ALUNO_OK;
}

/* Adds the first matches of each age that follow the position, as many as are counted. */
static aluno_code add_segment(struct candidates *candidates, const struct match *match,
                              const uint8_t ages[SEGMENT_SIZE], const struct age_position *position,
                              size_t counts[AGE_NONE + 1], aluno_error *error)
{
    for (size_t i = 0; i < SEGMENT_SIZE; i++) {
        const size_t offset = candidates->descending ? SEGMENT_SIZE - 1 - i : i;
        const int64_t id = id_at(match->segment, offset);
        const uint8_t age = ages[offset];
        if (counts[age] == 0 || !posting_has(&match->ids, offset) || !follows(position, age, id))
            continue;
        counts[age]--;
        const aluno_code code = candidates_add(candidates, id, error);
        if (code != ALUNO_OK)
            return code;
    }
    return ALUNO_OK;
}

static aluno_code add_ages(struct candidates *candidates, const struct age_position *position,
                           size_t counts[AGE_NONE + 1], size_t total, aluno_error *error)
{
    uint8_t ages[SEGMENT_SIZE];
    const struct matches *matches = candidates->matches;
    aluno_code code = ALUNO_OK;
    for (size_t i = 0; i < matches->count && candidates->count < total && code == ALUNO_OK; i++) {
        const struct match *match = &matches->items[candidates->descending ? matches->count - 1 - i : i];
        code = segment_ages(candidates->session, match->segment, candidates->day, ages, error);
        if (code == ALUNO_OK)
            code = add_segment(candidates, match, ages, position, counts, error);
    }
    return code;
}

aluno_code candidates_by_age(struct candidates *candidates, aluno_error *error)
{
    size_t counts[AGE_NONE + 1], total = 0;
    const struct age_position position = age_position(candidates);
    const aluno_code code = count_ages(candidates, &position, counts, error);
    if (code != ALUNO_OK)
        return code;
    limit_counts(candidates, counts);
    for (size_t i = 0; i <= AGE_NONE; i++)
        total += counts[i];
    return add_ages(candidates, &position, counts, total, error);
}
