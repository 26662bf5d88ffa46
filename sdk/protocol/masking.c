/* The masks of the contract. A page of students is masked for each reader of it, so nothing here formats. */
#include <aluno/masking.h>

#include <aluno/values.h>

static const char hidden[] = "***";

static void write(const char *masked, char *out, size_t size)
{
    const size_t length = strlen(masked);
    memcpy(out, length < size ? masked : hidden, length < size ? length + 1 : sizeof hidden);
}

static void mask_cpf(const char *text, char *out, size_t size)
{
    char masked[15];
    const bool is_masked =
        strlen(text) + 1 == sizeof masked && strncmp(text, "***.", 4) == 0 && strcmp(text + 11, "-**") == 0;
    if (is_masked)
        memcpy(masked, text, sizeof masked);
    else
        aluno_cpf_mask(text, masked);
    write(masked, out, size);
}

/* The first character and the domain: not how long the rest is. */
static void mask_email(const char *text, char *out, size_t size)
{
    const char *at = strrchr(text, '@');
    const size_t length = at != NULL ? strlen(at) : 0;
    const bool is_address = at != NULL && at != text && (unsigned char)*text < 0x80;
    if (!is_address || 1 + strlen(hidden) + length >= size) {
        write(hidden, out, size);
        return;
    }
    const char first = *text;
    memmove(out + 1 + strlen(hidden), at, length + 1);
    memcpy(out + 1, hidden, strlen(hidden));
    *out = first;
}

/* The year of "2010-12-31", which nearly follows from the age. */
static void mask_birth_date(const char *text, char *out, size_t size)
{
    char masked[] = "0000-**-**";
    const bool is_day = strlen(text) == strlen(masked) && text[4] == '-' && text[7] == '-';
    if (is_day)
        memcpy(masked, text, 4);
    write(is_day ? masked : hidden, out, size);
}

static void copy(const char *text, char *out, size_t size)
{
    const size_t length = strlen(text) < size ? strlen(text) : size - 1;
    memmove(out, text, length);
    out[length] = '\0';
}

void aluno_mask_text(aluno_mask mask, const char *text, char *out, size_t size)
{
    switch (mask) {
    case ALUNO_MASK_none:
    case ALUNO_MASK_name:
    case ALUNO_MASK_COUNT:
        copy(text, out, size);
        break;
    case ALUNO_MASK_cpf:
        mask_cpf(text, out, size);
        break;
    case ALUNO_MASK_email:
        mask_email(text, out, size);
        break;
    case ALUNO_MASK_birth_date:
        mask_birth_date(text, out, size);
        break;
    case ALUNO_MASK_text:
        write(hidden, out, size);
        break;
    }
}

static void mask_list(const aluno_field_desc *field, void *message)
{
    for (size_t i = 0; i < *aluno_count(field, message); i++)
        aluno_mask_message(field->type, aluno_item(field, message, i));
}

void aluno_mask_message(const aluno_message_desc *type, void *message)
{
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        if (!*aluno_has(field, message))
            continue;
        if (field->mask != ALUNO_MASK_none)
            aluno_mask_text(field->mask, aluno_value(field, message), aluno_value(field, message),
                            (size_t)field->max + 1);
        else if (field->kind == ALUNO_KIND_ONE)
            aluno_mask_message(field->type, aluno_value(field, message));
        else if (field->kind == ALUNO_KIND_LIST)
            mask_list(field, message);
    }
}

/* An asterisk may be part of an address, but hardly these three in that place. */
static bool is_masked_email(const char *text)
{
    return *text != '\0' && strncmp(text + 1, "***@", 4) == 0;
}

bool aluno_is_masked(aluno_mask mask, const char *text)
{
    switch (mask) {
    case ALUNO_MASK_none:
    case ALUNO_MASK_name:
    case ALUNO_MASK_COUNT:
        return false;
    case ALUNO_MASK_cpf:
    case ALUNO_MASK_birth_date:
        return strchr(text, '*') != NULL;
    case ALUNO_MASK_email:
        return is_masked_email(text) || strcmp(text, hidden) == 0;
    case ALUNO_MASK_text:
        return strcmp(text, hidden) == 0;
    }
    return false;
}
