/* Validates messages by the contract: presence, range and rule of every field, all violations at once. */
#include "validate.h"

#include "error.h"
#include "path.h"
#include "rules.h"

#include <aluno/values.h>

#include <stdio.h>

typedef struct validation {
    aluno_error *error;
    aluno_code code;
    const aluno_student_has *expected; /* the fields of Student that the policy requires; NULL: none */
} validation;

static void violate(validation *out, const aluno__path *path, aluno_reason reason, const char *detail)
{
    out->code = aluno__path_violate(path, out->error, reason, detail);
}

/* Whether the field has a violation already, from reading: its value is wrong, not missing. */
static bool has_violation(const validation *out, const aluno__path *path)
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

static void validate_message(const aluno_message_desc *type, void *message, bool partial,
                             const aluno__path *path, validation *out);

static void validate_int(const aluno_field_desc *field, const void *message, const aluno__path *path,
                         validation *out)
{
    int64_t value;
    memcpy(&value, aluno_value(field, message), sizeof value);
    aluno__rule_violation violation;
    if (!aluno__rules_check_int(field, value, &violation))
        violate(out, path, violation.reason, violation.detail);
}

static void validate_text(const aluno_field_desc *field, const void *message, const aluno__path *path,
                          validation *out)
{
    char *text = aluno_value(field, message);
    aluno__rule_violation violation;
    if (!aluno_utf8_valid(text, strlen(text)))
        violate(out, path, ALUNO_REASON_TEXT_NOT_UTF8, "");
    else if (!aluno__rules_check_text(field, text, &violation))
        violate(out, path, violation.reason, violation.detail);
}

static void validate_list(const aluno_field_desc *field, const void *message, const aluno__path *path,
                          validation *out)
{
    if (*aluno_count(field, message) > (size_t)field->max) {
        violate(out, path, ALUNO_REASON_LIST_TOO_LONG, "");
        return;
    }
    for (size_t i = 0; i < *aluno_count(field, message); i++) {
        const aluno__path item = aluno__path_item(path, i);
        if (has_violation(out, &item))
            continue;
        validate_message(field->type, aluno_item(field, message, i), false, &item, out);
    }
}

static void validate_value(const aluno_field_desc *field, const void *message, const aluno__path *path,
                           validation *out)
{
    switch (field->kind) {
    case ALUNO_KIND_INT:
        validate_int(field, message, path, out);
        break;
    case ALUNO_KIND_BOOL:
        break;
    case ALUNO_KIND_TEXT:
        validate_text(field, message, path, out);
        break;
    case ALUNO_KIND_ONE:
        validate_message(field->type, aluno_value(field, message), field->presence == ALUNO_PARTIAL, path,
                         out);
        break;
    case ALUNO_KIND_LIST:
        validate_list(field, message, path, out);
        break;
    }
}

/* The names of a message's alternatives, the fields of that presence: "id | br_document". */
static void name_alternatives(const aluno_message_desc *type, aluno_presence presence, char *names,
                              size_t size)
{
    size_t length = 0;
    *names = '\0';
    for (const aluno_field_desc *field = type->fields; field->name != NULL && length < size; field++)
        if (field->presence == presence)
            length +=
                (size_t)snprintf(names + length, size - length, "%s%s", length ? " | " : "", field->name);
}

/* The first of a message's fields of that presence; NULL: none. */
static const aluno_field_desc *first_of(const aluno_message_desc *type, aluno_presence presence)
{
    const aluno_field_desc *field = type->fields;
    while (field->name != NULL && field->presence != presence)
        field++;
    return field->name != NULL ? field : NULL;
}

/* Of a message's KEY fields exactly one must be set, of its EITHER fields at least one. `first`: of these. */
static void validate_alternatives(const aluno_message_desc *type, const aluno_field_desc *first,
                                  const void *message, const aluno__path *path, validation *out)
{
    const aluno_presence presence = first->presence;
    size_t set = 0;
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        if (field->presence != presence)
            continue;
        const aluno__path key = aluno__path_field(path, field->name);
        set += *aluno_has(field, message) || has_violation(out, &key);
    }
    if (set == 1 || (set > 1 && presence == ALUNO_EITHER))
        return;
    char names[128];
    name_alternatives(type, presence, names, sizeof names);
    const aluno__path at = aluno__path_field(path, first->name);
    violate(out, &at, set == 0 ? ALUNO_REASON_FIELD_REQUIRED : ALUNO_REASON_FIELD_CONFLICT, names);
}

/* An empty list counts as not set. */
static bool is_set(const aluno_field_desc *field, const void *message)
{
    return *aluno_has(field, message) && (field->kind != ALUNO_KIND_LIST || *aluno_count(field, message) > 0);
}

static bool is_required(const aluno_field_desc *field, const validation *out)
{
    return field->presence == ALUNO_REQUIRED ||
           (field->presence == ALUNO_EXPECTED && out->expected != NULL && *aluno_has(field, out->expected));
}

static void validate_message(const aluno_message_desc *type, void *message, bool partial,
                             const aluno__path *path, validation *out)
{
    const aluno_field_desc *key = first_of(type, ALUNO_KEY);
    const aluno_field_desc *either = partial ? NULL : first_of(type, ALUNO_EITHER);
    if (key != NULL)
        validate_alternatives(type, key, message, path, out);
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        if (field->presence == ALUNO_OUTPUT)
            *aluno_has(field, message) = false;
        if (field == either)
            validate_alternatives(type, field, message, path, out);
        const bool required = field->presence == ALUNO_PARTIAL || (!partial && is_required(field, out));
        const bool set = is_set(field, message);
        if (!set && !required)
            continue;
        const aluno__path at = aluno__path_field(path, field->name);
        if (set)
            validate_value(field, message, &at, out);
        else if (!has_violation(out, &at))
            violate(out, &at, ALUNO_REASON_FIELD_REQUIRED, "");
    }
}

static aluno_code validate(const aluno_message_desc *type, void *message, bool partial, validation *out)
{
    const aluno__path root = {.outer = NULL};
    validate_message(type, message, partial, &root, out);
    return out->code;
}

aluno_code aluno_validate(const aluno_message_desc *type, void *message, bool partial, aluno_error *error)
{
    if (error != NULL)
        aluno_clear(&aluno_error_type, error);
    return validate(type, message, partial, &(validation){error, ALUNO_OK, NULL});
}

aluno_code aluno__validate_expected(const aluno_message_desc *type, void *message, aluno_code read,
                                    const aluno_student_has *expected, aluno_error *error)
{
    if (read != ALUNO_OK && error != NULL && !aluno_error_is(error, ALUNO_REASON_FIELDS_INVALID))
        return read;
    if (read == ALUNO_OK && error != NULL)
        aluno_clear(&aluno_error_type, error);
    return validate(type, message, false, &(validation){error, read, expected});
}

aluno_code aluno_validate_read(const aluno_message_desc *type, void *message, aluno_code read,
                               aluno_error *error)
{
    return aluno__validate_expected(type, message, read, NULL, error);
}

aluno_code aluno_validate_field(const aluno_field_desc *field, void *message, aluno_error *error)
{
    validation out = {error, ALUNO_OK, NULL};
    if (error != NULL)
        aluno_clear(&aluno_error_type, error);
    const aluno__path root = {.outer = NULL};
    const aluno__path at = aluno__path_field(&root, field->name);
    validate_value(field, message, &at, &out);
    return out.code;
}
