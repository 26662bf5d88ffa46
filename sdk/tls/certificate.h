/* Reading certificates: who one names, in words and as facts. */
#ifndef ALUNO_TLS_CERTIFICATE_H
#define ALUNO_TLS_CERTIFICATE_H

#include "mbed.h"
#include "engine.h"

/* "CN=ana, OU=reader, serial 0a, depth 0": for logs and error details. */
void tls_certificate_describe(const mbedtls_x509_crt *certificate, int depth, char *out, size_t size);

/* Fills in all of *peer but its address. */
void tls_certificate_read(const mbedtls_x509_crt *certificate, aluno__tls_peer *peer);

/* Whether the certificate names itself as its issuer. */
bool tls_certificate_is_self_signed(const mbedtls_x509_crt *certificate);

/* Whether the certificate carries this IP address (text) as a subject alternative name. False for a host's
 * name. */
bool tls_certificate_has_address(const mbedtls_x509_crt *certificate, const char *address);

/* Whether it was made for that side of a connection: the extended key usage is there and says so, and a key
 * usage, if there is one, allows signatures. */
bool tls_certificate_serves(const mbedtls_x509_crt *certificate, aluno__tls_side side);

/* The one CN, or OU, of a name; "" when there is none, more than one, or one that does not fit or holds
 * control characters. */
void tls_common_name(const mbedtls_x509_name *names, char out[65]);
void tls_unit(const mbedtls_x509_name *names, char out[65]);

/* Whether the bytes are UTF-8 without control characters. */
bool tls_is_plain_text(const unsigned char *bytes, size_t size);

/* A serial number in hexadecimal; "" for one of more than 32 bytes, which no CA makes. */
void tls_serial_text(const mbedtls_x509_buf *serial, char out[65]);

/* Unix milliseconds. */
int64_t tls_time_ms(const mbedtls_x509_time *time);

#endif
