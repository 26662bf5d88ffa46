/* Reads a mask's paths and clears what they do not name. */
#include "mask.h"

#include "protocol/codec.h"
#include "protocol/error.h"

#include <stdio.h>

/* Marks the field of one path. What names none is not repeated in the violation: it might be anything. */
static aluno_code read_path(const aluno_message_desc *type, const char *path, size_t length, bool *named,
                            aluno_error *error)
{
    const aluno_field_desc *field = aluno_field_named(type, path, length);
    if (field != NULL)
        named[field - type->fields] = true;
    else if (length == 1 && *path == '*')
        memset(named, true, type->field_count);
    else
        return aluno__error_add_violation(error, "update_mask", ALUNO_REASON_FIELD_UNKNOWN, NULL);
    return ALUNO_OK;
}

/* Paths are divided by commas; spaces around them do not matter. */
static aluno_code read_paths(const aluno_message_desc *type, const char *mask, bool *named,
                             aluno_error *error)
{
    for (;;) {
        mask += strspn(mask, " ");
        const size_t end = strcspn(mask, ",");
        size_t length = end;
        while (length > 0 && mask[length - 1] == ' ')
            length--;
        const aluno_code code = read_path(type, mask, length, named, error);
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

aluno_code mask_apply(const aluno_message_desc *type, void *message, const char *mask, const char *path,
                      aluno_error *error)
{
    bool named[ALUNO_FIELDS_MAX] = {false};
    if (*mask == '\0')
        return ALUNO_OK;
    aluno_code code = read_paths(type, mask, named, error);
    if (code != ALUNO_OK)
        return code;
    for (size_t i = 0; i < type->field_count; i++) {
        const aluno_field_desc *field = &type->fields[i];
        if (!named[i])
            *aluno_has(field, message) = false;
        else if (require(field, message, path, error) != ALUNO_OK)
            code = ALUNO_INVALID_ARGUMENT;
    }
    return code;
}
