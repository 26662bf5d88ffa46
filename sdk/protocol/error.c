/* Fills in errors and violations from the contract's table of reasons, and puts them into words. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

/* Copies text that may be longer than its place, without cutting a UTF-8 character in two. */
static void copy_cut(char *at, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(at, text, length);
    at[length] = '\0';
}

/* "sentence (detail)", or the sentence alone. */
static void compose(char *at, size_t size, const char *sentence, const char *detail)
{
    char text[1024];
    if (detail == NULL || *detail == '\0')
        snprintf(text, sizeof text, "%s", sentence);
    else
        snprintf(text, sizeof text, "%s (%s)", sentence, detail);
    copy_cut(at, size, text);
}

static void set_text(char *at, size_t size, bool *has, const char *text)
{
    copy_cut(at, size, text);
    *has = true;
}

#define SET_TEXT(message, field, text)                                                                       \
    set_text((message)->field, sizeof(message)->field, &(message)->has.field, (text))

ALUNO_PRINTF(2, 0) static void set_detail(aluno_error *error, const char *detail, va_list arguments)
{
    error->has.detail = false;
    error->detail[0] = '\0';
    if (detail == NULL)
        return;
    char text[1024];
    vsnprintf(text, sizeof text, detail, arguments);
    SET_TEXT(error, detail, text);
}

aluno_code aluno__error_set(aluno_error *error, aluno_reason reason, const char *detail, ...)
{
    const aluno_reason_desc *info = aluno_reason_of(reason);
    if (error == NULL)
        return info->code;
    aluno_clear(&aluno_error_type, error);
    error->violations.count = 0;
    va_list arguments;
    va_start(arguments, detail);
    set_detail(error, detail, arguments);
    va_end(arguments);
    ALUNO_SET(*error, code, info->code);
    SET_TEXT(error, reason, info->name);
    compose(error->message, sizeof error->message, info->text[ALUNO_EN], error->detail);
    error->has.message = true;
    return info->code;
}

ALUNO_PRINTF(6, 0)
static void add_violation(aluno_violation *items, size_t capacity, size_t *count, const char *field,
                          aluno_reason reason, const char *detail, va_list arguments)
{
    if (*count >= capacity)
        return;
    aluno_violation *violation = &items[(*count)++];
    aluno_clear(&aluno_violation_type, violation);
    violation->detail[0] = '\0';
    if (detail != NULL) {
        char text[512];
        vsnprintf(text, sizeof text, detail, arguments);
        SET_TEXT(violation, detail, text);
    }
    const aluno_reason_desc *info = aluno_reason_of(reason);
    SET_TEXT(violation, field, field);
    SET_TEXT(violation, reason, info->name);
    compose(violation->message, sizeof violation->message, info->text[ALUNO_EN], violation->detail);
    violation->has.message = true;
}

void aluno__violation_add(aluno_violation *items, size_t capacity, size_t *count, const char *field,
                          aluno_reason reason, const char *detail, ...)
{
    va_list arguments;
    va_start(arguments, detail);
    add_violation(items, capacity, count, field, reason, detail, arguments);
    va_end(arguments);
}

/* More is wrong than the list of violations holds. */
static void tell_overflow(aluno_error *error, size_t capacity)
{
    char detail[24];
    snprintf(detail, sizeof detail, "> %zu", capacity);
    SET_TEXT(error, detail, detail);
    compose(error->message, sizeof error->message,
            aluno_reason_of(ALUNO_REASON_FIELDS_INVALID)->text[ALUNO_EN], detail);
}

aluno_code aluno__error_add_violation(aluno_error *error, const char *field, aluno_reason reason,
                                      const char *detail, ...)
{
    if (error == NULL)
        return ALUNO_INVALID_ARGUMENT;
    if (!aluno_error_is(error, ALUNO_REASON_FIELDS_INVALID)) {
        aluno__error_set(error, ALUNO_REASON_FIELDS_INVALID, NULL);
        error->has.violations = true;
    }
    const size_t capacity = sizeof error->violations.items / sizeof *error->violations.items;
    if (error->violations.count == capacity) {
        tell_overflow(error, capacity);
        return ALUNO_INVALID_ARGUMENT;
    }
    va_list arguments;
    va_start(arguments, detail);
    add_violation(error->violations.items, capacity, &error->violations.count, field, reason, detail,
                  arguments);
    va_end(arguments);
    return ALUNO_INVALID_ARGUMENT;
}

aluno_code aluno_error_set(aluno_error *error, aluno_reason reason, const char *detail)
{
    return aluno__error_set(error, reason, detail == NULL ? NULL : "%s", detail);
}

aluno_code aluno_error_add_violation(aluno_error *error, const char *field, aluno_reason reason,
                                     const char *detail)
{
    return aluno__error_add_violation(error, field, reason, detail == NULL ? NULL : "%s", detail);
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
    const aluno_reason_desc *info = error->has.reason ? aluno_reason_named(error->reason) : NULL;
    if (info != NULL) {
        compose(error->message, sizeof error->message, info->text[language],
                error->has.detail ? error->detail : NULL);
        error->has.message = true;
    }
    if (error->has.violations)
        aluno__violation_translate(error->violations.items, error->violations.count, language);
}

void aluno__violation_translate(aluno_violation *items, size_t count, aluno_language language)
{
    for (size_t i = 0; i < count; i++) {
        aluno_violation *violation = &items[i];
        const aluno_reason_desc *info = violation->has.reason ? aluno_reason_named(violation->reason) : NULL;
        if (info == NULL)
            continue;
        compose(violation->message, sizeof violation->message, info->text[language],
                violation->has.detail ? violation->detail : NULL);
        violation->has.message = true;
    }
}
