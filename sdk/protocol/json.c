/* Writes messages as one line of JSON, by their descriptors. */
#include "base/text.h"

#include <aluno/json.h>
#include <aluno/masking.h>

#include <inttypes.h>
#include <stdio.h>

static void put(aluno__text *out, const char *bytes, size_t length)
{
    aluno__text_append(out, bytes, length);
}

static void put_text(aluno__text *out, const char *text)
{
    aluno__text_append(out, text, strlen(text));
}

/* RFC 8259: escapes quotes, backslashes and control characters; copies UTF-8. */
static void put_string(aluno__text *out, const char *text)
{
    static const char special[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    put(out, "\"", 1);
    for (; *text != '\0'; text++) {
        const char *found = strchr(special, *text);
        char escape[8];
        if (found != NULL)
            put(out, (char[]){'\\', letter[found - special]}, 2);
        else if ((unsigned char)*text < 0x20 || *text == 0x7F)
            put(out, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*text));
        else
            put(out, text, 1);
    }
    put(out, "\"", 1);
}

static void put_message(aluno__text *out, const aluno_message_desc *type, const void *message,
                        aluno_personal personal);

/* The longest text that is masked, a masked e-mail address among them. */
enum { MASKED_MAX = 512 };

static void put_field_text(aluno__text *out, const aluno_field_desc *field, const char *text,
                           aluno_personal personal)
{
    char masked[MASKED_MAX];
    if (personal == ALUNO_WHOLE || field->mask == ALUNO_MASK_none) {
        put_string(out, text);
        return;
    }
    aluno_mask_text(field->mask, text, masked, sizeof masked);
    put_string(out, masked);
}

static void put_list(aluno__text *out, const aluno_field_desc *field, const void *message,
                     aluno_personal personal)
{
    put(out, "[", 1);
    for (size_t i = 0; i < *aluno_count(field, message); i++) {
        if (i > 0)
            put(out, ", ", 2);
        put_message(out, field->type, aluno_item(field, message, i), personal);
    }
    put(out, "]", 1);
}

static void put_value(aluno__text *out, const aluno_field_desc *field, const void *message,
                      aluno_personal personal)
{
    char number[24];
    int64_t value;
    switch (field->kind) {
    case ALUNO_KIND_INT:
        memcpy(&value, aluno_value(field, message), sizeof value);
        put(out, number, (size_t)snprintf(number, sizeof number, "%" PRId64, value));
        break;
    case ALUNO_KIND_BOOL:
        put_text(out, *(const bool *)aluno_value(field, message) ? "true" : "false");
        break;
    case ALUNO_KIND_TEXT:
        put_field_text(out, field, aluno_value(field, message), personal);
        break;
    case ALUNO_KIND_ONE:
        put_message(out, field->type, aluno_value(field, message), personal);
        break;
    case ALUNO_KIND_LIST:
        put_list(out, field, message, personal);
        break;
    }
}

static void put_message(aluno__text *out, const aluno_message_desc *type, const void *message,
                        aluno_personal personal)
{
    const char *separator = "";
    put(out, "{", 1);
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        if (!*aluno_has(field, message))
            continue;
        put_text(out, separator);
        put_string(out, field->name);
        put(out, ": ", 2);
        put_value(out, field, message, personal);
        separator = ", ";
    }
    put(out, "}", 1);
}

size_t aluno_to_json(const aluno_message_desc *type, const void *message, aluno_personal personal,
                     char *buffer, size_t size)
{
    aluno__text out = {buffer, size, 0};
    put_message(&out, type, message, personal);
    return aluno__text_end(&out);
}

size_t aluno_request_to_json(const aluno_method_desc *method, const void *request, aluno_personal personal,
                             char *buffer, size_t size)
{
    aluno__text out = {buffer, size, 0};
    put_text(&out, "{\"method\": ");
    put_string(&out, method->name);
    put_text(&out, ", \"message\": ");
    put_message(&out, method->request, request, personal);
    put(&out, "}", 1);
    return aluno__text_end(&out);
}
