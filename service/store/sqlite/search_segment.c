/* A segment's entries are its words and e-mail addresses, each with the student who has it. In their order,
 * the students of one term are neighbours, and so are those of all words with the same beginning. */
#include "search_segment.h"

#include "protocol/error.h"

#include <stdlib.h>
#include <string.h>

struct segment_entry {
    size_t text; /* where it begins in the segment's text */
    uint16_t length, offset;
    uint8_t kind; /* TERM_EMAIL or TERM_WORD */
};

/* An entry with its text, in the order of terms. */
struct sorted {
    const uint8_t *text;
    size_t length, offset;
    enum term_kind kind;
};

void segment_free(struct segment *segment)
{
    free(segment->entries);
    free(segment->text);
    segment->entries = NULL;
    segment->text = NULL;
    segment->count = segment->capacity = 0;
    segment->text_size = segment->text_capacity = 0;
}

/* ---- reading ---- */

static bool grow(void **items, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return true;
    const size_t wanted = needed < 1024 ? 1024 : 2 * needed;
    void *grown = realloc(*items, wanted * size);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = wanted;
    return true;
}

static bool add_entry(struct segment *segment, size_t offset, enum term_kind kind, const uint8_t *text,
                      size_t length)
{
    void *entries = segment->entries, *all_text = segment->text;
    const bool grown = grow(&entries, &segment->capacity, segment->count + 1, sizeof *segment->entries) &&
                       grow(&all_text, &segment->text_capacity, segment->text_size + length, 1);
    segment->entries = entries;
    segment->text = all_text;
    if (!grown)
        return false;
    segment->entries[segment->count++] = (struct segment_entry){
        .text = segment->text_size,
        .length = (uint16_t)length,
        .offset = (uint16_t)offset,
        .kind = (uint8_t)kind,
    };
    segment->begins[*text] = true;
    memcpy(segment->text + segment->text_size, text, length);
    segment->text_size += length;
    return true;
}

static bool add_name(struct segment *segment, size_t offset, const char *name)
{
    const char *word;
    size_t at = 0, length;
    names_set(segment->names, offset, name_code(name));
    while (name_next_word(name, &at, &word, &length))
        if (!add_entry(segment, offset, TERM_WORD, (const uint8_t *)word,
                       length < WORD_MAX ? length : WORD_MAX))
            return false;
    return true;
}

static bool add_email(struct segment *segment, size_t offset, const char *email)
{
    struct term term;
    if (email == NULL)
        return true;
    term_set_email(&term, email);
    return add_entry(segment, offset, TERM_EMAIL, term.bytes + 1, term.size - 1);
}

/* The columns of STATEMENT_SEGMENT_STUDENTS. */
enum { ID, REVISION, NAME_FOLDED, AGE, EMAIL, DELETE_TIME, BIRTH_DATE };

static bool add_student(struct segment *segment, sqlite3_stmt *row)
{
    const size_t offset = offset_of(sqlite3_column_int64(row, ID));
    const char *name = (const char *)sqlite3_column_text(row, NAME_FOLDED);
    const char *email = (const char *)sqlite3_column_text(row, EMAIL);
    const bool is_removed = sqlite3_column_type(row, DELETE_TIME) != SQLITE_NULL;
    posting_set(&segment->present, offset, !is_removed);
    posting_set(&segment->removed, offset, is_removed);
    segment->revisions[offset] = sqlite3_column_int64(row, REVISION);
    age_keys_set(&segment->ages, offset, row, AGE, BIRTH_DATE);
    return name != NULL && add_name(segment, offset, name) && add_email(segment, offset, email);
}

static sqlite3_stmt *bind_segment(struct store_session *session, enum statement which, int64_t number)
{
    sqlite3_stmt *statement = session_statement(session, which);
    bind_int(statement, ":segment", number);
    bind_int(statement, ":first", id_at(number, 0));
    bind_int(statement, ":last", id_at(number, SEGMENT_SIZE - 1));
    return statement;
}

aluno_code segment_read(struct store_session *session, int64_t number, struct segment *segment,
                        aluno_error *error)
{
    const struct posting empty = {{0}};
    segment->number = number;
    segment->count = segment->text_size = 0;
    memset(segment->begins, 0, sizeof segment->begins);
    segment->present = segment->removed = empty;
    age_keys_clear(&segment->ages);
    memset(segment->names, 0, sizeof segment->names);

    aluno_code code = session_step(session, bind_segment(session, STATEMENT_SEGMENT_ERASE, number), error);
    if (code != ALUNO_OK)
        return code;
    sqlite3_stmt *students = bind_segment(session, STATEMENT_SEGMENT_STUDENTS, number);
    int result;
    while (code == ALUNO_OK && (result = sqlite3_step(students)) == SQLITE_ROW)
        if (!add_student(segment, students))
            code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code == ALUNO_OK && result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(students);
    return code;
}

/* ---- writing ---- */

static int compare(const void *a, const void *b)
{
    const struct sorted *one = a, *other = b;
    if (one->kind != other->kind)
        return one->kind < other->kind ? -1 : 1;
    const int order =
        memcmp(one->text, other->text, one->length < other->length ? one->length : other->length);
    if (order != 0)
        return order;
    return (one->length > other->length) - (one->length < other->length);
}

static uint8_t first_byte(const struct segment *segment, const struct segment_entry *entry)
{
    return (uint8_t)segment->text[entry->text];
}

/* Returns the entries whose text begins with that byte, in order; the caller frees them. */
static struct sorted *sort_entries(const struct segment *segment, uint8_t byte, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < segment->count; i++)
        *count += first_byte(segment, &segment->entries[i]) == byte;
    struct sorted *sorted = malloc((*count + 1) * sizeof *sorted);
    if (sorted == NULL)
        return NULL;
    size_t at = 0;
    for (size_t i = 0; i < segment->count; i++) {
        const struct segment_entry *entry = &segment->entries[i];
        const uint8_t *text = (const uint8_t *)segment->text + entry->text;
        if (first_byte(segment, entry) == byte)
            sorted[at++] = (struct sorted){text, entry->length, entry->offset, (enum term_kind)entry->kind};
    }
    qsort(sorted, *count, sizeof *sorted, compare);
    return sorted;
}

/* Whether the entry counts among those that are stored under their first `cut` bytes; 0: under their whole
 * text. */
static bool belongs(const struct sorted *entry, size_t cut)
{
    if (entry->kind == TERM_EMAIL)
        return cut == 0;
    return cut == 0 ? entry->length > PREFIX_MAX : entry->length >= cut;
}

/* Stores a row for each run of entries that have the same first `cut` bytes. */
static aluno_code write_runs(struct store_session *session, int64_t number, const struct sorted *entries,
                             size_t count, size_t cut, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    for (size_t i = 0; i < count && code == ALUNO_OK;) {
        struct posting posting = {{0}};
        struct term term;
        const struct sorted *first = &entries[i];
        if (!belongs(first, cut)) {
            i++;
            continue;
        }
        term_set(&term, first->kind, (const char *)first->text, cut > 0 ? cut : first->length);
        for (; i < count && entries[i].kind == first->kind; i++) {
            const size_t length = cut > 0 && cut < entries[i].length ? cut : entries[i].length;
            if (length != term.size - 1 || memcmp(entries[i].text, term.bytes + 1, length) != 0)
                break;
            posting_set(&posting, entries[i].offset, true);
        }
        code = posting_write(session, number, &term, &posting, error);
    }
    return code;
}

aluno_code segment_write(struct store_session *session, struct segment *segment, uint8_t byte,
                         aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    size_t count;
    struct sorted *entries = sort_entries(segment, byte, &count);
    if (entries == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    for (size_t cut = 0; cut <= PREFIX_MAX && code == ALUNO_OK; cut++)
        code = write_runs(session, segment->number, entries, count, cut, error);
    free(entries);
    return code;
}

/* ---- students that have changed meanwhile ---- */

/* Adds a student to the terms of its entries from `first` on, or removes it. */
static aluno_code change_entries(struct store_session *session, const struct segment *segment, size_t first,
                                 size_t offset, bool value, aluno_error *error)
{
    const int64_t id = id_at(segment->number, offset);
    aluno_code code = ALUNO_OK;
    for (size_t i = first; i < segment->count && code == ALUNO_OK; i++) {
        const struct segment_entry *entry = &segment->entries[i];
        const char *text = segment->text + entry->text;
        struct term term;
        if (entry->offset != offset)
            continue;
        if (entry->kind == TERM_WORD) {
            code = posting_change_word(session, id, text, entry->length, value, error);
            continue;
        }
        term_set(&term, TERM_EMAIL, text, entry->length);
        code = posting_change(session, id, &term, value, error);
    }
    return code;
}

/* The segment keeps what it read, since this is done again when the transaction has to be undone. */
static aluno_code update_student(struct store_session *session, struct segment *segment, sqlite3_stmt *row,
                                 aluno_error *error)
{
    const size_t offset = offset_of(sqlite3_column_int64(row, ID));
    const size_t count = segment->count, text_size = segment->text_size;
    const int64_t revision = segment->revisions[offset];
    if (revision == sqlite3_column_int64(row, REVISION))
        return ALUNO_OK;
    aluno_code code = change_entries(session, segment, 0, offset, false, error);
    if (code != ALUNO_OK)
        return code;
    code = add_student(segment, row) ? change_entries(session, segment, count, offset, true, error)
                                     : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    segment->count = count;
    segment->text_size = text_size;
    segment->revisions[offset] = revision;
    return code;
}

static aluno_code update_changed(struct store_session *session, struct segment *segment, aluno_error *error)
{
    sqlite3_stmt *students = bind_segment(session, STATEMENT_SEGMENT_STUDENTS, segment->number);
    aluno_code code = ALUNO_OK;
    int result;
    while (code == ALUNO_OK && (result = sqlite3_step(students)) == SQLITE_ROW)
        code = update_student(session, segment, students, error);
    if (code == ALUNO_OK && result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(students);
    return code;
}

aluno_code segment_finish(struct store_session *session, struct segment *segment, aluno_error *error)
{
    const int64_t number = segment->number;
    aluno_code code = update_changed(session, segment, error);
    if (code == ALUNO_OK)
        code = column_write(session, number, COLUMN_AGES, segment->ages.bytes, AGES_SIZE, error);
    if (code == ALUNO_OK)
        code = column_write(session, number, COLUMN_NAMES, segment->names, NAMES_SIZE, error);
    if (code == ALUNO_OK)
        code = column_write_set(session, number, COLUMN_REMOVED, &segment->removed, error);
    return code == ALUNO_OK ? column_write_set(session, number, COLUMN_PRESENT, &segment->present, error)
                            : code;
}
