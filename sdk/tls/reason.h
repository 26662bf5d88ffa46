/* Reasons of failed handshakes: translates mbed TLS's verify flags and TLS alerts to the contract's
 * reasons. */
#ifndef ALUNO_TLS_REASON_H
#define ALUNO_TLS_REASON_H

#include <aluno/error.h>

/* Returns the reason for a certificate with these verify flags, of which at least one is set. */
aluno_reason aluno__tls_reason_from_flags(uint32_t flags, bool self_signed);

/* Returns the reason that the peer's fatal alert means. */
aluno_reason aluno__tls_reason_from_alert(uint8_t alert);

/* Returns the fatal alert to send for a reason. */
uint8_t aluno__tls_reason_to_alert(aluno_reason reason);

/* Returns the alert's name in RFC 8446; "unknown" for others. */
const char *aluno__tls_reason_alert_name(uint8_t alert);

#endif
