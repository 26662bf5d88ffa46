/* Judges messages by the contract: presence, range and rule of every field, all violations at once. */
#include "fail.h"
#include "path.h"
#include "rules.h"
#include "base/utf8.h"

#include <aluno/values.h>

typedef struct verdict {
    aluno_error *error;
    aluno_code code;
} verdict;

static void violate(verdict *out, const aluno__path *path, aluno_reason reason, const char *detail)
{
    char field[ALUNO_PATH_SIZE];
    aluno__path_write(path, field);
    out->code = aluno__violate(out->error, field, reason, *detail ? "%s" : NULL, detail);
}

/* Whether the field has a violation already: its value was there, but could not be read. */
static bool is_told(const verdict *out, const aluno__path *path)
{
    if (out->code == ALUNO_OK || out->error == NULL)
        return false;
    char field[ALUNO_PATH_SIZE];
    aluno__path_write(path, field);
    for (size_t i = 0; i < out->error->violations.count; i++)
        if (strcmp(out->error->violations.items[i].field, field) == 0)
            return true;
    return false;
}

static void judge_message(const aluno_message *type, void *message, bool partial, const aluno__path *path,
                          verdict *out);

static void judge_int(const aluno_field *field, const void *message, const aluno__path *path, verdict *out)
{
    int64_t value;
    memcpy(&value, aluno_value(field, message), sizeof value);
    aluno__finding finding;
    if (!aluno__rule_check_int(field, value, &finding))
        violate(out, path, finding.reason, finding.detail);
}

static void judge_text(const aluno_field *field, const void *message, const aluno__path *path, verdict *out)
{
    char *text = aluno_value(field, message);
    aluno__finding finding;
    if (!aluno_utf8_valid(text, strlen(text)))
        violate(out, path, ALUNO_REASON_TEXT_NOT_UTF8, "");
    else if (!aluno__rule_check_text(field, text, &finding))
        violate(out, path, finding.reason, finding.detail);
}

static void judge_list(const aluno_field *field, const void *message, const aluno__path *path, verdict *out)
{
    if (*aluno_count(field, message) > (size_t)field->max) {
        violate(out, path, ALUNO_REASON_LIST_TOO_LONG, "");
        return;
    }
    for (size_t i = 0; i < *aluno_count(field, message); i++) {
        const aluno__path item = aluno__path_item(path, i);
        if (is_told(out, &item))
            continue;
        judge_message(field->type, aluno_item(field, message, i), false, &item, out);
    }
}

static void judge_value(const aluno_field *field, const void *message, const aluno__path *path, verdict *out)
{
    switch (field->kind) {
    case ALUNO_INT:
        judge_int(field, message, path, out);
        break;
    case ALUNO_BOOL:
        break;
    case ALUNO_TEXT:
        judge_text(field, message, path, out);
        break;
    case ALUNO_ONE:
        judge_message(field->type, aluno_value(field, message), field->presence == ALUNO_PARTIAL, path, out);
        break;
    case ALUNO_LIST:
        judge_list(field, message, path, out);
        break;
    }
}

/* The names of a message's KEY fields: "id | br_document". */
static void name_keys(const aluno_message *type, char *names, size_t size)
{
    size_t length = 0;
    *names = '\0';
    for (const aluno_field *field = type->fields; field->name != NULL && length < size; field++)
        if (field->presence == ALUNO_KEY)
            length +=
                (size_t)snprintf(names + length, size - length, "%s%s", length ? " | " : "", field->name);
}

/* Exactly one of a message's KEY fields must be set. */
static void judge_keys(const aluno_message *type, const void *message, const aluno__path *path, verdict *out)
{
    const aluno_field *first = NULL;
    size_t set = 0;
    for (const aluno_field *field = type->fields; field->name != NULL; field++) {
        if (field->presence != ALUNO_KEY)
            continue;
        const aluno__path key = aluno__path_part(path, field->name, strlen(field->name));
        first = first ? first : field;
        set += *aluno_has(field, message) || is_told(out, &key);
    }
    if (first == NULL || set == 1)
        return;
    char names[128];
    name_keys(type, names, sizeof names);
    const aluno__path at = aluno__path_part(path, first->name, strlen(first->name));
    violate(out, &at, set == 0 ? ALUNO_REASON_FIELD_REQUIRED : ALUNO_REASON_FIELD_CONFLICT, names);
}

/* A list without elements is as good as none. */
static bool is_set(const aluno_field *field, const void *message)
{
    return *aluno_has(field, message) && (field->kind != ALUNO_LIST || *aluno_count(field, message) > 0);
}

static void judge_message(const aluno_message *type, void *message, bool partial, const aluno__path *path,
                          verdict *out)
{
    judge_keys(type, message, path, out);
    for (const aluno_field *field = type->fields; field->name != NULL; field++) {
        if (field->presence == ALUNO_OUTPUT)
            *aluno_has(field, message) = false;
        const bool required =
            field->presence == ALUNO_PARTIAL || (field->presence == ALUNO_REQUIRED && !partial);
        const bool set = is_set(field, message);
        if (!set && !required)
            continue;
        const aluno__path at = aluno__path_part(path, field->name, strlen(field->name));
        if (set)
            judge_value(field, message, &at, out);
        else if (!is_told(out, &at))
            violate(out, &at, ALUNO_REASON_FIELD_REQUIRED, "");
    }
}

static aluno_code judge(const aluno_message *type, void *message, bool partial, verdict *out)
{
    const aluno__path root = {.outer = NULL};
    judge_message(type, message, partial, &root, out);
    return out->code;
}

aluno_code aluno_validate(const aluno_message *type, void *message, bool partial, aluno_error *error)
{
    if (error != NULL)
        aluno_clear(&aluno_error_type, error);
    return judge(type, message, partial, &(verdict){error, ALUNO_OK});
}

aluno_code aluno_validate_read(const aluno_message *type, void *message, aluno_code read, aluno_error *error)
{
    if (read == ALUNO_OK && error != NULL)
        aluno_clear(&aluno_error_type, error);
    return judge(type, message, false, &(verdict){error, read});
}

aluno_code aluno_validate_field(const aluno_field *field, void *message, aluno_error *error)
{
    verdict out = {error, ALUNO_OK};
    if (error != NULL)
        aluno_clear(&aluno_error_type, error);
    const aluno__path root = {.outer = NULL};
    const aluno__path at = aluno__path_part(&root, field->name, strlen(field->name));
    judge_value(field, message, &at, &out);
    return out.code;
}
