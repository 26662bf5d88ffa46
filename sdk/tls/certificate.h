/* Reads facts from certificates. */
#ifndef ALUNO_TLS_CERTIFICATE_H
#define ALUNO_TLS_CERTIFICATE_H

#include "mbed.h"
#include "types.h"

/* Writes "CN=ana, OU=reader, serial 0a, depth 0", for logs and failures' details. */
void aluno__tls_certificate_describe(const mbedtls_x509_crt *certificate, int depth, char *out, size_t size);

/* Fills in all of *peer but its address and its CA. */
void aluno__tls_certificate_read_peer(const mbedtls_x509_crt *certificate, aluno__tls_peer *peer);

/* Write SHA-256 in hexadecimal: of bytes, and of a certificate as a whole. */
void aluno__tls_certificate_digest(const mbedtls_x509_buf *bytes, char out[65]);
void aluno__tls_certificate_fingerprint(const mbedtls_x509_crt *certificate, char out[65]);

/* Whether issuer and subject are the same name. */
bool aluno__tls_certificate_is_self_signed(const mbedtls_x509_crt *certificate);

/* Whether this IP address (text) is among the subject's alternative names. False for a host name. */
bool aluno__tls_certificate_has_address(const mbedtls_x509_crt *certificate, const char *address);

/* Whether the certificate was made for that side of a connection: its extended key usage names the side, and
 * its key usage, if there is one, allows signatures. */
bool aluno__tls_certificate_is_for(const mbedtls_x509_crt *certificate, aluno__tls_side side);

/* Write a name's only CN, or OU; "" when there is none, more than one, or one that does not fit or has
 * control characters. */
void aluno__tls_certificate_common_name(const mbedtls_x509_name *names, char out[65]);
void aluno__tls_certificate_unit(const mbedtls_x509_name *names, char out[65]);

/* Whether the bytes are UTF-8 without control characters. */
bool aluno__tls_certificate_is_text(const unsigned char *bytes, size_t size);

/* Writes a serial number in hexadecimal; "" for one of more than 32 bytes, which no CA makes. */
void aluno__tls_certificate_serial(const mbedtls_x509_buf *serial, char out[65]);

/* Unix milliseconds. */
int64_t aluno__tls_certificate_time_ms(const mbedtls_x509_time *time);

#endif
