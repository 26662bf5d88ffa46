/* Certificates and revocation lists as facts, and whether a service would accept them: for programs that
 * explain why a connection fails, or warn before it does. Nothing here connects. Implemented by
 * sdk/tls/certificate_info.c. */
#ifndef ALUNO_CERTIFICATE_H
#define ALUNO_CERTIFICATE_H

#include <aluno/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One certificate. Begin with ALUNO_CERTIFICATE_INIT: it fills in `size`, by which a newer library knows an
 * older program's struct. A name is "" unless the certificate has exactly one, of at most 64 bytes and
 * without control characters. Times are Unix milliseconds. */
typedef struct aluno_certificate {
    size_t size;     /* sizeof (aluno_certificate) */
    char name[65];   /* CN of the subject */
    char unit[65];   /* OU of the subject: a client's role */
    char issuer[65]; /* CN of the issuer */
    char serial[65]; /* hexadecimal */
    char hosts[512]; /* the names and addresses it is for, as many as fit: "localhost, 127.0.0.1" */
    int64_t not_before_ms, not_after_ms;
    bool is_ca;
    bool self_signed; /* it names itself as its issuer, as a CA does */
    bool for_client;  /* its extended key usage allows that a client shows it */
    bool for_service;
} aluno_certificate;

#define ALUNO_CERTIFICATE_INIT                                                                               \
    {                                                                                                        \
        sizeof(aluno_certificate), "", "", "", "", "", 0, 0, false, false, false, false                      \
    }

/* A CA's list of the certificates that it revoked. Begin with ALUNO_REVOCATIONS_INIT. */
typedef struct aluno_revocations {
    size_t size;                            /* sizeof (aluno_revocations) */
    char issuer[65];                        /* CN of the CA */
    int64_t count;                          /* how many are revoked */
    int64_t this_update_ms, next_update_ms; /* made, and to be renewed by; 0 for a list that does not say */
} aluno_revocations;

#define ALUNO_REVOCATIONS_INIT                                                                               \
    {                                                                                                        \
        sizeof(aluno_revocations), "", 0, 0, 0                                                               \
    }

/* Reads the first certificate of a PEM file. OPTION_INVALID names the file and what is wrong with it, or
 * says that out->size is not set. */
ALUNO_API aluno_code aluno_certificate_read(const char *file, aluno_certificate *out, aluno_error *error);

/* Reads the first revocation list of a PEM file. Fails like aluno_certificate_read. */
ALUNO_API aluno_code aluno_revocations_read(const char *file, aluno_revocations *out, aluno_error *error);

/* Checks the files of the options as aluno_client_open does (INVALID_ARGUMENT / OPTION_INVALID), and then the
 * client's certificate as a service with the same CA, revocation list and clock does: UNAUTHENTICATED with
 * TLS_SELF_SIGNED, TLS_UNKNOWN_CA, TLS_EXPIRED, TLS_NOT_YET_VALID, TLS_REVOKED, TLS_WEAK_KEY or
 * TLS_CRL_INVALID. Of the options only `contract`, the files and the language count. */
ALUNO_API aluno_code aluno_credentials_check(const aluno_client_options *options, aluno_error *error);

#ifdef __cplusplus
}
#endif

#endif
