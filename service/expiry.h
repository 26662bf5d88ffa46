/* Warns of TLS files that expire soon. */
#ifndef ALUNOD_EXPIRY_H
#define ALUNOD_EXPIRY_H

#include "tls/engine.h"

/* Begin with {0}. */
struct expiry {
    int64_t warned_ms; /* monotonic clock; 0: never */
};

/* Logs a warning, at most once an hour, for --cert and --crl when they expire within 14 days. */
void expiry_warn(struct expiry *expiry, aluno__tls *tls);

#endif
