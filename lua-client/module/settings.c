/* The table of settings, from which environment, diagnosis and aluno.connect follow. */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const setting settings[SETTING_COUNT] = {
    [SETTING_SERVER] = {"server", "server", "server", "ALUNO_SERVER"},
    [SETTING_CA] = {"ca", "ca", "ca_file", "ALUNO_CA"},
    [SETTING_CERT] = {"cert", "cert", "cert_file", "ALUNO_CERT"},
    [SETTING_KEY] = {"key", "key", "key_file", "ALUNO_KEY"},
    [SETTING_CRL] = {"crl", "crl", "crl_file", "ALUNO_CRL"},
    [SETTING_TLS_NAME] = {"tls-name", "tls_name", "tls_name", "ALUNO_TLS_NAME"},
    [SETTING_TIMEOUT] = {"timeout", "timeout", "timeout_ms", "ALUNO_TIMEOUT"},
    [SETTING_LANGUAGE] = {"lang", "language", "language", "ALUNO_LANG"},
    [SETTING_PURPOSE] = {"purpose", "purpose", "purpose", "ALUNO_PURPOSE"},
};

const char *setting_environment(setting_id id)
{
    const char *value = getenv(settings[id].environment);
    return value == NULL || *value == '\0' ? NULL : value;
}

/* The setting whose field `text` begins with; NULL for none. */
static const setting *find_field(const char *text)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const size_t length = strlen(settings[i].field);
        if (strncmp(text, settings[i].field, length) == 0 && strchr(" :", text[length]) != NULL) /* or '\0' */
            return &settings[i];
    }
    return NULL;
}

/* A detail is "FIELD VALUE: what is wrong"; what is wrong may name another file's field. */
void setting_name_flags(aluno_error *error)
{
    char detail[sizeof error->detail];
    const char *const problem = strstr(error->detail, ": ");
    size_t length = 0;
    if (!aluno_error_is(error, ALUNO_REASON_OPTION_INVALID))
        return;
    for (const char *at = error->detail; *at != '\0' && length < sizeof detail;) {
        const bool is_first = at == error->detail;
        const bool begins_word = is_first || (problem != NULL && at > problem && at[-1] == ' ');
        const setting *found = begins_word ? find_field(at) : NULL;
        if (found != NULL && (is_first || strchr(found->field, '_') != NULL)) {
            length += (size_t)snprintf(detail + length, sizeof detail - length, "--%s", found->flag);
            at += strlen(found->field);
        } else {
            detail[length++] = *at++;
        }
    }
    detail[length < sizeof detail ? length : sizeof detail - 1] = '\0';
    aluno_error_set(error, ALUNO_REASON_OPTION_INVALID, detail);
}

bool setting_language(const char *text, aluno_language *language)
{
    const bool english = strcmp(text, "en") == 0;
    if (!english && strcmp(text, "pt") != 0)
        return false;
    *language = english ? ALUNO_EN : ALUNO_PT;
    return true;
}

aluno_language setting_default_language(void)
{
    aluno_language language = ALUNO_PT;
    const char *text = setting_environment(SETTING_LANGUAGE);
    if (text != NULL)
        setting_language(text, &language);
    return language;
}

bool setting_trace(void)
{
    const char *value = getenv("ALUNO_TRACE");
    return value != NULL && *value != '\0' && strcmp(value, "0") != 0;
}

bool setting_milliseconds(double seconds, int64_t *milliseconds)
{
    const bool valid = seconds >= 0.001 && seconds <= 86400;
    if (valid)
        *milliseconds = (int64_t)(seconds * 1000);
    return valid;
}

bool setting_timeout(const char *text, int64_t *milliseconds)
{
    char *end;
    const double seconds = strtod(text, &end);
    return end != text && *end == '\0' && setting_milliseconds(seconds, milliseconds);
}
