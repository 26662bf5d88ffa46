/* Words, CPF, e-mail, ages. Only what the search asks for is in the SQL, so that the planner sees which index
 * serves. */
#include "conditions.h"

#include "name_words.h"
#include "protocol/error.h"

#include <aluno/values.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct conditions *conditions, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct conditions *conditions, const char *format, ...)
{
    const size_t length = strlen(conditions->sql);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(conditions->sql + length, sizeof conditions->sql - length, format, arguments);
    va_end(arguments);
}

/* ---- words ---- */

/* Marks are in name_words only: what may be anywhere is compared with name_folded. */
static const char *column_of(const char *word)
{
    return *word == STORE_WITHIN ? "name_folded" : "name_words";
}

static void append_quoted(aluno__buffer *array, const char *pattern)
{
    aluno__buffer_append(array, array->size == 0 ? "{\"" : ",\"", 2);
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '"' || *pattern == '\\')
            aluno__buffer_append(array, "\\", 1);
        aluno__buffer_append(array, pattern, 1);
    }
    aluno__buffer_append(array, "\"", 1);
}

static bool add_word(struct conditions *conditions, const char *word, size_t length)
{
    char *pattern = name_words_pattern(word, length);
    if (pattern == NULL)
        return false;
    if (conditions->count < CONDITIONS_WORDS) {
        add(conditions, " AND %s LIKE :word_%c", column_of(word), (char)('a' + conditions->count));
        conditions->words[conditions->count++] = pattern;
        return true;
    }
    /* No pattern has a space. */
    append_quoted(&conditions->others, pattern);
    free(pattern);
    return !conditions->others.failed;
}

static bool add_words(struct conditions *conditions, const char *words)
{
    for (;;) {
        words += strspn(words, " ");
        const size_t length = strcspn(words, " ");
        if (length == 0)
            break;
        if (!add_word(conditions, words, length))
            return false;
        words += length;
    }
    if (conditions->others.size > 0) {
        add(conditions, " AND name_words || ' ' || name_folded LIKE ALL (CAST(:words AS text[]))");
        aluno__buffer_append(&conditions->others, "}", 2);
    }
    return !conditions->others.failed;
}

/* ---- the others ---- */

static void add_document(struct conditions *conditions)
{
    const char *document = conditions->search->br_document;
    if (*document == '\0')
        return;
    const bool is_whole = strlen(document) + 1 == sizeof conditions->search->br_document;
    snprintf(conditions->part, sizeof conditions->part, is_whole ? "%s" : "%%%s%%", document);
    add(conditions, is_whole ? " AND br_document = :br_document" : " AND br_document LIKE :br_document");
}

aluno_code conditions_make(struct conditions *conditions, const struct store_search *search,
                           aluno_error *error)
{
    *conditions = (struct conditions){.search = search};
    add(conditions, search->scope == STORE_PRESENT ? "delete_time IS NULL" : "true");
    add_document(conditions);
    if (*search->email != '\0')
        add(conditions, " AND lower(email) = lower(CAST(:email AS text) COLLATE \"C\")");
    if (search->age_min > 0 || search->age_max < INT64_MAX)
        add(conditions,
            " AND student_age(age, birth_date, CAST(:day AS bigint)) BETWEEN :age_min AND :age_max");
    char *words = aluno_fold(search->words);
    const bool done = words != NULL && add_words(conditions, words);
    free(words);
    return done ? ALUNO_OK : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
}

void conditions_free(struct conditions *conditions)
{
    for (size_t i = 0; i < conditions->count; i++)
        free(conditions->words[i]);
    aluno__buffer_free(&conditions->others);
}

void conditions_bind(const struct conditions *conditions, struct query *query)
{
    const struct store_search *search = conditions->search;
    for (size_t i = 0; i < conditions->count; i++) {
        const char name[] = {':', 'w', 'o', 'r', 'd', '_', (char)('a' + i), '\0'};
        query_text(query, name, conditions->words[i]);
    }
    query_text(query, ":words", (const char *)conditions->others.data);
    query_text(query, ":br_document", conditions->part);
    query_text(query, ":email", search->email);
    query_int(query, ":age_min", search->age_min);
    query_int(query, ":age_max", search->age_max);
    query_int(query, ":day", search->day);
}
