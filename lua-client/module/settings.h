/* How to reach the service: what may be given to the program as a flag, in the environment, and to
 * aluno.connect. A flag is written into the environment, which aluno.connect reads. */
#ifndef ALUNO_SETTINGS_H
#define ALUNO_SETTINGS_H

#include <aluno/aluno.h>

typedef enum setting_id {
    SETTING_SERVER,
    SETTING_CA,
    SETTING_CERT,
    SETTING_KEY,
    SETTING_CRL,
    SETTING_TLS_NAME,
    SETTING_TIMEOUT,
    SETTING_LANGUAGE,
    SETTING_PURPOSE,
    SETTING_COUNT
} setting_id;

typedef struct setting {
    const char *flag;        /* of the program, without its dashes */
    const char *key;         /* of aluno.connect's table */
    const char *field;       /* of aluno_client_options */
    const char *environment; /* the variable */
} setting;

extern const setting settings[SETTING_COUNT];

/* In the detail of an OPTION_INVALID: the flags instead of the fields of aluno_client_options. */
void setting_name_flags(aluno_error *error);

/* The value in the environment; NULL when it is not set or empty. */
const char *setting_environment(setting_id id);

/* "pt" or "en" into *language; false for anything else. */
bool setting_language(const char *text, aluno_language *language);

/* The language of the environment; Portuguese when it names none. */
aluno_language setting_default_language(void);

/* Whether ALUNO_TRACE asks for a trace of what clients do. */
bool setting_trace(void);

/* Seconds as text ("2.5") in milliseconds; false when it is no number or not within a call's deadlines. */
bool setting_timeout(const char *text, int64_t *milliseconds);

/* Seconds in milliseconds; false when they are no deadline that may be asked for: 1 ms to a day. */
bool setting_milliseconds(double seconds, int64_t *milliseconds);

#endif
