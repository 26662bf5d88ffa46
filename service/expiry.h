/* Logs TLS files that end soon, or have ended. */
#ifndef ALUNOD_EXPIRY_H
#define ALUNOD_EXPIRY_H

#include "tls/engine.h"

struct expiry {
    int64_t logged[ALUNO_TLS_FILES]; /* the days left that were logged last */
};

/* Forgets what was logged: new files were read. Begin with it. */
void expiry_begin(struct expiry *expiry);

/* Logs --ca, --cert and --crl when they end within 30 days or have ended: each day, and at once after
 * expiry_begin. */
void expiry_log(struct expiry *expiry, aluno__tls *tls, int64_t unix_ms);

/* The option of a file: "--cert". */
const char *expiry_option(aluno__tls_file file);

/* The whole days until a moment; negative from that moment on. */
int64_t expiry_days(int64_t until_ms, int64_t unix_ms);

#endif
