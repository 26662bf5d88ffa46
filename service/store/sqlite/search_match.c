/* Finds the matches of a search segment by segment: of an indexed one as the intersection of the sets of its
 * terms, of another by the conditions themselves. CPFs have indexes of their own. */
#include "search_match.h"

#include "protocol/error.h"

#include <stdlib.h>
#include <string.h>

/* The words that begin with a word of the search. */
struct word_range {
    struct term first, last;
};

/* A search as terms. */
struct plan {
    const struct store_search *search;
    const char *folded; /* the words; NULL: none */
    struct word_range words[STORE_SEARCH_WORDS];
    size_t word_count;
    bool is_partial; /* a word is not in the index: marked with STORE_WITHIN, too long, or too many */
    struct term email;
    bool has_age;
};

void search_bind(sqlite3_stmt *statement, const struct store_search *search, const char *words)
{
    bind_int(statement, ":with_removed", search->scope == STORE_WITH_REMOVED);
    bind_text(statement, ":words", words);
    search_bind_ages(statement, search);
    bind_text(statement, ":br_document", *search->br_document != '\0' ? search->br_document : NULL);
    bind_text(statement, ":email", *search->email != '\0' ? search->email : NULL);
}

void matches_free(struct matches *matches)
{
    free(matches->items);
}

/* ---- the plan ---- */

static void add_word(struct plan *plan, const char *word, size_t length)
{
    if (*word == STORE_WITHIN) {
        plan->is_partial = true;
        return;
    }
    struct word_range *range = &plan->words[plan->word_count++];
    term_set(&range->first, TERM_WORD, word, length < WORD_MAX ? length : WORD_MAX);
    range->last = range->first;
    if (length > PREFIX_MAX)
        range->last.bytes[range->last.size++] = 0xff; /* after every text that goes on */
    plan->is_partial = plan->is_partial || length > WORD_MAX;
}

/* Longer words are likely to be rarer, and an empty intersection ends the work. */
static int longer_first(const void *a, const void *b)
{
    const struct word_range *one = a, *other = b;
    return (one->first.size < other->first.size) - (one->first.size > other->first.size);
}

static void make_plan(struct plan *plan, const struct store_search *search, const char *folded)
{
    plan->search = search;
    plan->folded = folded;
    plan->word_count = 0;
    plan->is_partial = false;
    for (const char *word = folded; word != NULL;) {
        word += strspn(word, " ");
        const size_t length = strcspn(word, " ");
        plan->is_partial = plan->is_partial || (length > 0 && plan->word_count == STORE_SEARCH_WORDS);
        if (length == 0 || plan->word_count == STORE_SEARCH_WORDS)
            break;
        add_word(plan, word, length);
        word += length;
    }
    qsort(plan->words, plan->word_count, sizeof *plan->words, longer_first);
    term_set_email(&plan->email, search->email);
    plan->has_age = search->age_min > 0 || search->age_max < AGE_NONE;
}

/* ---- a segment that is not indexed, or a condition that the index does not decide ---- */

static sqlite3_stmt *bind_segment(struct store_session *session, enum statement which, int64_t segment)
{
    sqlite3_stmt *statement = session_statement(session, which);
    bind_int(statement, ":first", id_at(segment, 0));
    bind_int(statement, ":last", id_at(segment, SEGMENT_SIZE - 1));
    return statement;
}

static aluno_code match_each(struct store_session *session, const struct plan *plan, int64_t segment,
                             struct posting *ids, aluno_error *error)
{
    sqlite3_stmt *select = bind_segment(session, STATEMENT_SEGMENT_MATCHES, segment);
    search_bind(select, plan->search, plan->folded);
    int result;
    *ids = (struct posting){{0}};
    while ((result = sqlite3_step(select)) == SQLITE_ROW)
        posting_set(ids, offset_of(sqlite3_column_int64(select, 0)), true);
    const aluno_code code = result == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(select);
    return code;
}

/* ---- an indexed segment ---- */

/* Keeps those who have a term of the range; *any is false when nobody is left. */
static aluno_code keep(struct store_session *session, int64_t segment, const struct term *first,
                       const struct term *last, struct posting *ids, bool *any, aluno_error *error)
{
    struct posting found = {{0}};
    const aluno_code code = posting_read(session, segment, first, last, &found, error);
    *any = code == ALUNO_OK && posting_and(ids, &found);
    return code;
}

static aluno_code keep_ages(struct store_session *session, const struct store_search *search, int64_t segment,
                            struct posting *ids, bool *any, aluno_error *error)
{
    uint8_t ages[SEGMENT_SIZE];
    struct posting found = {{0}};
    const int64_t min = search->age_min, max = search->age_max;
    const aluno_code code = segment_ages(session, segment, search->day, ages, error);
    for (size_t i = 0; code == ALUNO_OK && i < SEGMENT_SIZE; i++)
        found.bits[i >> 6] |= (uint64_t)(ages[i] >= min && ages[i] <= max) << (i & 63);
    *any = code == ALUNO_OK && posting_and(ids, &found);
    return code;
}

/* *ids: those who are not removed. */
static aluno_code match_terms(struct store_session *session, const struct plan *plan, int64_t segment,
                              struct posting *ids, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    bool any = true;
    if (plan->search->scope == STORE_WITH_REMOVED)
        code = column_read_set(session, segment, COLUMN_REMOVED, ids, NULL, error);
    if (*plan->search->email != '\0' && code == ALUNO_OK)
        code = keep(session, segment, &plan->email, &plan->email, ids, &any, error);
    for (size_t i = 0; i < plan->word_count && any && code == ALUNO_OK; i++)
        code = keep(session, segment, &plan->words[i].first, &plan->words[i].last, ids, &any, error);
    if (plan->has_age && any && code == ALUNO_OK)
        code = keep_ages(session, plan->search, segment, ids, &any, error);
    if (plan->is_partial && any && code == ALUNO_OK)
        code = match_each(session, plan, segment, ids, error);
    return code;
}

/* ---- all segments ---- */

static struct match *next_item(struct matches *matches)
{
    if (matches->count == matches->capacity) {
        const size_t capacity = matches->capacity > 0 ? 2 * matches->capacity : 16;
        struct match *items = realloc(matches->items, capacity * sizeof *items);
        if (items == NULL)
            return NULL;
        matches->items = items;
        matches->capacity = capacity;
    }
    return &matches->items[matches->count];
}

/* `present`: the students of an indexed segment who are not removed; NULL: it is not indexed. */
static aluno_code add_segment(struct store_session *session, const struct plan *plan, int64_t segment,
                              const struct posting *present, struct matches *matches, aluno_error *error)
{
    struct match *match = next_item(matches);
    if (match == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (session_is_late(session))
        return session_fail_late(session, error);
    match->segment = segment;
    if (present != NULL)
        match->ids = *present;
    const aluno_code code = present != NULL ? match_terms(session, plan, segment, &match->ids, error)
                                            : match_each(session, plan, segment, &match->ids, error);
    if (code != ALUNO_OK)
        return code;
    const size_t found = posting_count(&match->ids);
    matches->total += (int64_t)found;
    matches->count += found > 0;
    return ALUNO_OK;
}

/* Adds the segments from `from` on and before `end` that are not indexed. */
static aluno_code add_between(struct store_session *session, const struct plan *plan, int64_t from,
                              int64_t end, struct matches *matches, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    while (code == ALUNO_OK && from < end) {
        code = segment_next(session, from, &from, error);
        if (code != ALUNO_OK || from < 0 || from >= end)
            return code;
        code = add_segment(session, plan, from++, NULL, matches, error);
    }
    return code;
}

static aluno_code add_indexed(struct store_session *session, const struct plan *plan, sqlite3_stmt *row,
                              int64_t *from, struct matches *matches, aluno_error *error)
{
    struct posting present = {{0}};
    int64_t segment;
    aluno_code code = column_decode(row, &segment, &present, error);
    if (code == ALUNO_OK)
        code = add_between(session, plan, *from, segment, matches, error);
    *from = segment + 1;
    return code == ALUNO_OK ? add_segment(session, plan, segment, &present, matches, error) : code;
}

static aluno_code find_by_segments(struct store_session *session, const struct store_search *search,
                                   const char *words, struct matches *matches, aluno_error *error)
{
    struct plan plan;
    int64_t from = 0;
    aluno_code code = ALUNO_OK;
    int result;
    make_plan(&plan, search, words);
    sqlite3_stmt *indexed = session_statement(session, STATEMENT_COLUMN_SCAN);
    bind_int(indexed, ":column", COLUMN_PRESENT);
    while (code == ALUNO_OK && (result = sqlite3_step(indexed)) == SQLITE_ROW)
        code = add_indexed(session, &plan, indexed, &from, matches, error);
    if (code == ALUNO_OK && result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(indexed);
    return code == ALUNO_OK ? add_between(session, &plan, from, INT64_MAX, matches, error) : code;
}

/* ---- by CPF ---- */

/* Adds a student whose id is greater than those of the matches. */
static aluno_code add_student(struct matches *matches, int64_t id, aluno_error *error)
{
    const bool is_new = matches->count == 0 || matches->items[matches->count - 1].segment < segment_of(id);
    if (is_new) {
        struct match *match = next_item(matches);
        if (match == NULL)
            return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
        *match = (struct match){.segment = segment_of(id)};
        matches->count++;
    }
    posting_set(&matches->items[matches->count - 1].ids, offset_of(id), true);
    matches->total++;
    return ALUNO_OK;
}

static aluno_code find_by_document(struct store_session *session, const struct store_search *search,
                                   const char *words, struct matches *matches, aluno_error *error)
{
    const bool is_whole = strlen(search->br_document) == sizeof search->br_document - 1;
    sqlite3_stmt *select =
        session_statement(session, is_whole ? STATEMENT_DOCUMENT_MATCHES : STATEMENT_DOCUMENT_PART_MATCHES);
    search_bind(select, search, words);
    aluno_code code = ALUNO_OK;
    int result;
    while (code == ALUNO_OK && (result = sqlite3_step(select)) == SQLITE_ROW)
        code = add_student(matches, sqlite3_column_int64(select, 0), error);
    if (code == ALUNO_OK && result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(select);
    return code;
}

aluno_code matches_find(struct store_session *session, const struct store_search *search, const char *words,
                        struct matches *matches, aluno_error *error)
{
    return *search->br_document != '\0' ? find_by_document(session, search, words, matches, error)
                                        : find_by_segments(session, search, words, matches, error);
}

/* ---- the matches in order ---- */

struct match_cursor matches_after(const struct matches *matches, int64_t id, bool descending)
{
    struct match_cursor cursor = {matches, descending, descending ? matches->count : 0, 0};
    if (descending) {
        while (cursor.item > 0 && matches->items[cursor.item - 1].segment > segment_of(id))
            cursor.item--;
        if (cursor.item == 0)
            return cursor;
        cursor.item--;
        cursor.offset = matches->items[cursor.item].segment == segment_of(id) ? offset_of(id) : SEGMENT_SIZE;
        return cursor;
    }
    while (cursor.item < matches->count && matches->items[cursor.item].segment < segment_of(id))
        cursor.item++;
    if (cursor.item < matches->count && matches->items[cursor.item].segment == segment_of(id))
        cursor.offset = offset_of(id) + 1;
    return cursor;
}

static int64_t next_ascending(struct match_cursor *cursor)
{
    for (; cursor->item < cursor->matches->count; cursor->item++, cursor->offset = 0) {
        const struct match *match = &cursor->matches->items[cursor->item];
        const size_t offset = posting_next(&match->ids, cursor->offset);
        if (offset == SEGMENT_SIZE)
            continue;
        cursor->offset = offset + 1;
        return id_at(match->segment, offset);
    }
    return -1;
}

static int64_t next_descending(struct match_cursor *cursor)
{
    while (cursor->item < cursor->matches->count) {
        const struct match *match = &cursor->matches->items[cursor->item];
        const size_t offset = posting_previous(&match->ids, cursor->offset);
        if (offset < SEGMENT_SIZE) {
            cursor->offset = offset;
            return id_at(match->segment, offset);
        }
        cursor->item = cursor->item > 0 ? cursor->item - 1 : cursor->matches->count;
        cursor->offset = SEGMENT_SIZE;
    }
    return -1;
}

int64_t match_next(struct match_cursor *cursor)
{
    return cursor->descending ? next_descending(cursor) : next_ascending(cursor);
}

bool matches_have(const struct matches *matches, int64_t id)
{
    size_t first = 0, end = matches->count;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (matches->items[middle].segment < segment_of(id))
            first = middle + 1;
        else
            end = middle;
    }
    return first < matches->count && matches->items[first].segment == segment_of(id) &&
           posting_has(&matches->items[first].ids, offset_of(id));
}

/* ---- columns ---- */

/* The columns of STATEMENT_SEGMENT_STUDENTS. */
enum { ID, NAME_FOLDED = 2, AGE = 3, BIRTH_DATE = 6 };

/* Reads the students of a segment that is not indexed. */
static aluno_code read_each(struct store_session *session, int64_t segment, struct age_keys *ages,
                            uint8_t *names, aluno_error *error)
{
    sqlite3_stmt *students = bind_segment(session, STATEMENT_SEGMENT_STUDENTS, segment);
    int result;
    while ((result = sqlite3_step(students)) == SQLITE_ROW) {
        const size_t offset = offset_of(sqlite3_column_int64(students, ID));
        const char *name = (const char *)sqlite3_column_text(students, NAME_FOLDED);
        if (ages != NULL)
            age_keys_set(ages, offset, students, AGE, BIRTH_DATE);
        if (names != NULL)
            names_set(names, offset, name_code(name != NULL ? name : ""));
    }
    const aluno_code code = result == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(students);
    return code;
}

aluno_code segment_ages(struct store_session *session, int64_t segment, int64_t day,
                        uint8_t ages[SEGMENT_SIZE], aluno_error *error)
{
    struct age_keys keys;
    bool found;
    aluno_code code = column_read(session, segment, COLUMN_AGES, keys.bytes, AGES_SIZE, &found, error);
    if (code == ALUNO_OK && !found) {
        age_keys_clear(&keys);
        code = read_each(session, segment, &keys, NULL, error);
    }
    if (code == ALUNO_OK)
        age_keys_on(&keys, day, ages);
    return code;
}

aluno_code segment_names(struct store_session *session, int64_t segment, uint8_t names[NAMES_SIZE],
                         aluno_error *error)
{
    bool found;
    const aluno_code code = column_read(session, segment, COLUMN_NAMES, names, NAMES_SIZE, &found, error);
    if (code != ALUNO_OK || found)
        return code;
    memset(names, 0, NAMES_SIZE);
    return read_each(session, segment, NULL, names, error);
}
