/* Parses an update mask and applies it to a message. */
#include "mask.h"

#include "protocol/error.h"

#include <stdio.h>

/* Names the field of one path. The violation does not repeat a path that is no field: it may be anything. */
static aluno_code parse_path(const aluno_message_desc *type, const char *path, size_t length, void *fields,
                             aluno_error *error)
{
    const aluno_field_desc *field = aluno_field_named(type, path, length);
    if (field != NULL)
        *aluno_has(field, fields) = true;
    else if (length == 1 && *path == '*')
        memset(fields, true, type->has_size);
    else
        return aluno__error_add_violation(error, "update_mask", ALUNO_REASON_FIELD_UNKNOWN, NULL);
    return ALUNO_OK;
}

/* Paths are divided by commas; spaces around them are ignored. */
static aluno_code parse_paths(const aluno_message_desc *type, const char *mask, void *fields,
                              aluno_error *error)
{
    memset(fields, false, type->has_size);
    for (;;) {
        mask += strspn(mask, " ");
        const size_t end = strcspn(mask, ",");
        size_t length = end;
        while (length > 0 && mask[length - 1] == ' ')
            length--;
        const aluno_code code = parse_path(type, mask, length, fields, error);
        if (code != ALUNO_OK)
            return code;
        if (mask[end] == '\0')
            return ALUNO_OK;
        mask += end + 1;
    }
}

static aluno_code require(const aluno_field_desc *field, const void *message, const char *path,
                          aluno_error *error)
{
    char at[sizeof error->violations.items->field];
    if (field->presence != ALUNO_REQUIRED || *aluno_has(field, message))
        return ALUNO_OK;
    snprintf(at, sizeof at, "%s.%s", path, field->name);
    return aluno__error_add_violation(error, at, ALUNO_REASON_FIELD_REQUIRED, NULL);
}

aluno_code mask_apply(const aluno_message_desc *type, void *message, void *fields, const char *mask,
                      const char *path, aluno_error *error)
{
    if (*mask == '\0')
        return ALUNO_OK;
    aluno_code code = parse_paths(type, mask, fields, error);
    if (code != ALUNO_OK)
        return code;
    for (size_t i = 0; i < type->field_count; i++) {
        const aluno_field_desc *field = &type->fields[i];
        if (!*aluno_has(field, fields))
            *aluno_has(field, message) = false;
        else if (require(field, message, path, error) != ALUNO_OK)
            code = ALUNO_INVALID_ARGUMENT;
    }
    return code;
}
