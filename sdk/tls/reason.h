/* Why a handshake failed: mbed TLS's verify flags, TLS alerts and a stream's first bytes, as the contract's
 * reasons. */
#ifndef ALUNO_TLS_REASON_H
#define ALUNO_TLS_REASON_H

#include <aluno/error.h>

/* What is wrong with a certificate for which mbed TLS (or tls_verify) set these flags; there is at least one.
 */
aluno_reason tls_reason_of_flags(uint32_t flags, bool self_signed);

/* The fatal alert that tells the peer this reason. */
uint8_t tls_alert_of_reason(aluno_reason reason);

/* Why the peer refused us, as its alert tells. */
aluno_reason tls_reason_of_alert(uint8_t alert);

/* The alert's name in RFC 8446, "unknown" for others. */
const char *tls_alert_name(uint8_t alert);

/* Whether a stream that begins with these bytes can not be TLS. */
bool tls_is_plaintext(const uint8_t *first, size_t count);

#endif
