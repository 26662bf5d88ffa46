/* A query is terms divided by white space, all of which must hold:
 *
 *     joao silva                  beginnings of words of the name, at most 8
 *     *ilva                       letters anywhere in the name; it counts as a word
 *     123.123.123-13              a CPF
 *     123.123                     three digits or more that stand side by side in a CPF
 *     name@example.com            an e-mail address
 *     age>=18 age<=, =, >, <      a condition; the field's Portuguese name does as well
 */
#include "query.h"

#include "protocol/error.h"
#include "protocol/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static const char grammar[] =
    "joao silva | *ilva | 123.123.123-13 | 123.123 | name@example.com | age>=18, <=, =, >, <";
static const char orders_text[] = "id | name | age | create_time";
static const char space[] = " \t\r\n";
static const char digits[] = "0123456789";

static const aluno_field_desc *student_field(const char *name)
{
    return aluno_field_named(&aluno_student_type, name, strlen(name));
}

/* Whether the text is the field's name, in English or in Portuguese and in any case. */
static bool names(const char *text, const aluno_field_desc *field)
{
    return strcasecmp(text, field->name) == 0 || strcasecmp(text, field->name_pt) == 0;
}

/* ---- terms ---- */

/* Which bound each comparison with a number sets, and how far from that number. */
static const struct comparison {
    const char *text;
    bool least, most;
    int64_t offset;
} comparisons[] = {
    {">=", true, false, 0}, {">", true, false, 1}, {"<=", false, true, 0},
    {"<", false, true, -1}, {"=", true, true, 0},
};

static void bound_age(const struct comparison *comparison, int64_t number, struct store_search *search)
{
    const int64_t age = number + comparison->offset;
    if (comparison->least && age > search->age_min)
        search->age_min = age;
    if (comparison->most && age < search->age_max)
        search->age_max = age;
}

/* "age>=18": at most three digits. */
static bool parse_condition(const char *term, struct store_search *search)
{
    char name[16], comparison[3], number[4], beyond;
    if (sscanf(term, "%15[A-Za-z]%2[<>=]%3[0-9]%c", name, comparison, number, &beyond) != 3 ||
        !names(name, student_field("age")))
        return false;
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
        if (strcmp(comparison, comparisons[i].text) != 0)
            continue;
        bound_age(&comparisons[i], strtol(number, NULL, 10), search);
        return true;
    }
    return false;
}

/* A value that must equal that field of a student: at most one in a query. */
static bool parse_exact(const char *field, char *term, char *into, size_t size)
{
    aluno__rule_violation violation;
    if (*into != '\0' || !aluno__rules_check_text(student_field(field), term, &violation) ||
        strlen(term) >= size)
        return false;
    memcpy(into, term, strlen(term) + 1);
    return true;
}

enum { CPF_DIGITS = 11, PART_DIGITS_MIN = 3 };

/* Some digits of a CPF, with its punctuation or without. */
static bool parse_document_part(const char *term, char into[CPF_DIGITS + 1])
{
    char part[CPF_DIGITS + 1];
    size_t count = 0;
    for (; *term != '\0'; term++) {
        if (strchr(digits, *term) == NULL)
            continue;
        if (count == CPF_DIGITS)
            return false;
        part[count++] = *term;
    }
    if (*into != '\0' || count < PART_DIGITS_MIN || count == CPF_DIGITS)
        return false;
    memcpy(into, part, count);
    into[count] = '\0';
    return true;
}

/* Letters, and the characters that may stand between them in a name; STORE_WITHIN may be before them. */
static bool parse_word(const char *term, struct store_search *search)
{
    bool has_letter = false;
    for (const char *c = *term == STORE_WITHIN ? term + 1 : term; *c != '\0'; c++) {
        const bool letter = (unsigned char)*c >= 0x80 || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        has_letter = has_letter || letter;
        if (!letter && strchr("0123456789'-.", *c) == NULL)
            return false;
    }
    const size_t length = strlen(search->words);
    snprintf(search->words + length, sizeof search->words - length, "%s%s", length > 0 ? " " : "", term);
    return has_letter;
}

static bool parse_term(char *term, struct store_search *search)
{
    if (strpbrk(term, "<>=") != NULL)
        return parse_condition(term, search);
    if (strchr(term, '@') != NULL)
        return parse_exact("email", term, search->email, sizeof search->email);
    if (strspn(term, "0123456789.-/") == strlen(term) && strpbrk(term, digits) != NULL)
        return parse_document_part(term, search->br_document) ||
               parse_exact("br_document", term, search->br_document, sizeof search->br_document);
    return parse_word(term, search);
}

static size_t count_words(const char *words)
{
    size_t count = *words != '\0';
    for (; *words != '\0'; words++)
        count += *words == ' ';
    return count;
}

aluno_code query_parse(const char *query, struct store_search *search, aluno_error *error)
{
    char text[sizeof search->words], *rest = NULL;
    snprintf(text, sizeof text, "%s", query);
    for (char *term = strtok_r(text, space, &rest); term != NULL; term = strtok_r(NULL, space, &rest))
        if (!parse_term(term, search))
            return aluno__error_add_violation(error, "query", ALUNO_REASON_QUERY_SYNTAX, "%s", grammar);
    if (count_words(search->words) > STORE_SEARCH_WORDS)
        return aluno__error_add_violation(error, "query", ALUNO_REASON_QUERY_WORDS, NULL);
    return ALUNO_OK;
}

/* ---- orders ---- */

aluno_code query_parse_order(const char *order_by, struct store_search *search, aluno_error *error)
{
    static const char *const orders[] = {[STORE_BY_ID] = "id",
                                         [STORE_BY_NAME] = "name",
                                         [STORE_BY_AGE] = "age",
                                         [STORE_BY_CREATE_TIME] = "create_time"};
    char name[32] = "", direction[32] = "", beyond;
    const int words = sscanf(order_by, "%31s %31s %c", name, direction, &beyond);
    search->descending = words == 2 && strcmp(direction, "desc") == 0;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        search->order = (enum store_order)i;
        if ((words == 1 || search->descending) && names(name, student_field(orders[i])))
            return ALUNO_OK;
    }
    return aluno__error_add_violation(error, "order_by", ALUNO_REASON_ORDER_UNKNOWN, "%s", orders_text);
}
