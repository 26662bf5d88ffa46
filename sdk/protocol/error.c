/* Fills in errors and violations from the contract's table of reasons, and formats them. */
#include "error.h"

#include "characters.h"

#include <stdarg.h>
#include <stdio.h>

_Static_assert(sizeof(aluno_error) <= 9000, "error.h states the size");

/* ---- text that may be too long for its field ---- */

static void set_text(char *at, size_t size, bool *has, const char *value)
{
    aluno__text text = {at, size, 0};
    aluno__text_append_all(&text, value, (char *)NULL);
    aluno__text_end(&text);
    *has = true;
}

#define SET_TEXT(message, field, text)                                                                       \
    set_text((message)->field, sizeof(message)->field, &(message)->has.field, (text))

/* *has is false before. */
ALUNO_PRINTF(4, 0)
static void set_detail(char *at, size_t size, bool *has, const char *detail, va_list arguments)
{
    at[0] = '\0';
    if (detail == NULL)
        return;
    char text[1024];
    vsnprintf(text, sizeof text, detail, arguments);
    set_text(at, size, has, text);
}

/* ---- sentences ---- */

/* "sentence (detail)", "sentence: U+2013 (–) at position 12"; the name of a reason that this library does not
 * know. */
static void append_sentence(aluno__text *out, const char *reason, bool has_detail, const char *detail,
                            aluno_language language)
{
    const aluno_reason_desc *info = aluno_reason_named(reason);
    aluno__text_append_all(out, info != NULL ? info->text[language] : reason, (char *)NULL);
    if (has_detail && *detail != '\0' && !aluno__characters_append(out, detail, language))
        aluno__text_append_all(out, " (", detail, ")", (char *)NULL);
}

static void append_violation(aluno__text *out, const aluno_violation *violation, aluno_language language)
{
    aluno__text_append_all(out, violation->field, ": ", (char *)NULL);
    append_sentence(out, violation->reason, violation->has.detail, violation->detail, language);
}

static size_t violations_of(const aluno_error *error)
{
    return error->has.violations ? error->violations.count : 0;
}

static void set_message(aluno_error *error, aluno_language language)
{
    aluno__text out = {error->message, sizeof error->message, 0};
    append_sentence(&out, error->reason, error->has.detail, error->detail, language);
    if (violations_of(error) > 0 && aluno_error_is(error, ALUNO_REASON_FIELDS_INVALID)) {
        aluno__text_append_all(&out, ": ", (char *)NULL);
        append_violation(&out, &error->violations.items[0], language);
    }
    aluno__text_end(&out);
    error->has.message = true;
}

/* ---- errors ---- */

aluno_code aluno__error_set(aluno_error *error, aluno_reason reason, const char *detail, ...)
{
    const aluno_reason_desc *info = aluno_reason_of(reason);
    if (error == NULL)
        return info->code;
    aluno_clear(&aluno_error_type, error);
    error->violations.count = 0;
    ALUNO_SET(*error, code, info->code);
    SET_TEXT(error, reason, info->name);
    va_list arguments;
    va_start(arguments, detail);
    set_detail(error->detail, sizeof error->detail, &error->has.detail, detail, arguments);
    va_end(arguments);
    set_message(error, ALUNO_EN);
    return info->code;
}

aluno_code aluno_error_set(aluno_error *error, aluno_reason reason, const char *detail)
{
    return aluno__error_set(error, reason, detail == NULL ? NULL : "%s", detail);
}

bool aluno_error_is(const aluno_error *error, aluno_reason reason)
{
    return error->has.reason && strcmp(error->reason, aluno_reason_of(reason)->name) == 0;
}

bool aluno_error_is_retryable(const aluno_error *error)
{
    return error->has.code && error->code == ALUNO_UNAVAILABLE;
}

const char *aluno_remedy(const char *reason, aluno_language language)
{
    const aluno_reason_desc *info = aluno_reason_named(reason);
    return info == NULL ? "" : info->remedy[language];
}

void aluno_error_translate(aluno_error *error, aluno_language language)
{
    if (error->has.reason && aluno_reason_named(error->reason) != NULL)
        set_message(error, language);
}

size_t aluno_error_format(const aluno_error *error, aluno_language language, char *buffer, size_t size)
{
    aluno__text out = {buffer, size, 0};
    const bool known = error->has.reason && aluno_reason_named(error->reason) != NULL;
    if (error->has.reason)
        aluno__text_append_all(&out, error->reason, ": ", (char *)NULL);
    if (known)
        append_sentence(&out, error->reason, error->has.detail, error->detail, language);
    else if (error->has.message)
        aluno__text_append_all(&out, error->message, (char *)NULL);
    aluno__text_append_all(&out, "\n", (char *)NULL);
    for (size_t i = 0; i < violations_of(error); i++) {
        aluno__text_append_all(&out, "  ", (char *)NULL);
        append_violation(&out, &error->violations.items[i], language);
        aluno__text_append_all(&out, "\n", (char *)NULL);
    }
    if (known)
        aluno__text_append_all(&out, aluno_remedy(error->reason, language), "\n", (char *)NULL);
    if (error->has.request_id)
        aluno__text_append_all(&out, "request_id: ", error->request_id, "\n", (char *)NULL);
    return aluno__text_end(&out);
}

/* ---- violations ---- */

ALUNO_PRINTF(6, 0)
static void add_violation(aluno_violation *items, size_t capacity, size_t *count, const char *field,
                          aluno_reason reason, const char *detail, va_list arguments)
{
    if (*count >= capacity)
        return;
    aluno_violation *violation = &items[(*count)++];
    aluno_clear(&aluno_violation_type, violation);
    SET_TEXT(violation, field, field);
    SET_TEXT(violation, reason, aluno_reason_of(reason)->name);
    set_detail(violation->detail, sizeof violation->detail, &violation->has.detail, detail, arguments);
}

void aluno__violation_add(aluno_violation *items, size_t capacity, size_t *count, const char *field,
                          aluno_reason reason, const char *detail, ...)
{
    va_list arguments;
    va_start(arguments, detail);
    add_violation(items, capacity, count, field, reason, detail, arguments);
    va_end(arguments);
}

aluno_code aluno__error_add_violation(aluno_error *error, const char *field, aluno_reason reason,
                                      const char *detail, ...)
{
    if (error == NULL)
        return ALUNO_INVALID_ARGUMENT;
    if (!aluno_error_is(error, ALUNO_REASON_FIELDS_INVALID))
        aluno__error_set(error, ALUNO_REASON_FIELDS_INVALID, NULL);
    error->has.violations = true;
    const size_t capacity = sizeof error->violations.items / sizeof *error->violations.items;
    if (error->violations.count == capacity) {
        if (error->has.detail)
            return ALUNO_INVALID_ARGUMENT; /* said already: hostile requests have thousands */
        snprintf(error->detail, sizeof error->detail, "> %zu", capacity);
        error->has.detail = true;
    } else {
        va_list arguments;
        va_start(arguments, detail);
        add_violation(error->violations.items, capacity, &error->violations.count, field, reason, detail,
                      arguments);
        va_end(arguments);
    }
    set_message(error, ALUNO_EN);
    return ALUNO_INVALID_ARGUMENT;
}

aluno_code aluno_error_add_violation(aluno_error *error, const char *field, aluno_reason reason,
                                     const char *detail)
{
    return aluno__error_add_violation(error, field, reason, detail == NULL ? NULL : "%s", detail);
}

size_t aluno_violation_message(const aluno_violation *violation, aluno_language language, char *buffer,
                               size_t size)
{
    aluno__text out = {buffer, size, 0};
    append_sentence(&out, violation->reason, violation->has.detail, violation->detail, language);
    return aluno__text_end(&out);
}

const char *aluno__error_words(const aluno_error *error)
{
    return error->has.detail ? error->detail : error->message;
}
