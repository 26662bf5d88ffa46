/* The options of a client and of a call, validated and copied. */
#ifndef ALUNO_CLIENT_SETTINGS_H
#define ALUNO_CLIENT_SETTINGS_H

#include "endpoint.h"

#include <aluno/client.h>

enum { ALUNO_ENDPOINTS_MAX = 8 };

/* Constant once the client is open. */
typedef struct aluno__settings {
    aluno__endpoint endpoints[ALUNO_ENDPOINTS_MAX]; /* the preferred ones first */
    size_t endpoint_count;
    char *user_agent;
    char *purpose; /* of a call that says none; or NULL */
    int64_t timeout_ms;
    aluno_language language;
    size_t max_pending;
    aluno_state_observer *on_state;
    void *on_state_user;
    aluno_interceptor interceptor;
} aluno__settings;

/* Validates the options and copies them. The caller frees the settings even after a failure. */
aluno_code aluno__settings_init(aluno__settings *settings, const aluno_client_options *options,
                                aluno_error *error);
void aluno__settings_free(aluno__settings *settings);

/* The address of an endpoint, for people. */
const char *aluno__settings_address(const aluno__settings *settings, size_t endpoint);

/* Fills in *own with the program's options of a call, which may be NULL, and the defaults. */
aluno_code aluno__settings_read_call(const aluno__settings *settings, aluno_call_options *own,
                                     const aluno_call_options *options, aluno_error *error);

#endif
