/* A PEM file in memory, wiped when it is let go: it may be a private key. */
#ifndef ALUNO_TLS_FILE_H
#define ALUNO_TLS_FILE_H

#include <aluno/error.h>

typedef struct tls_file {
    unsigned char *text; /* NUL-terminated */
    size_t size;         /* the NUL included, as mbed TLS wants it */
} tls_file;

/* Reads the file; the caller ends it with tls_file_wipe. OPTION_INVALID names the option and what is wrong.
 */
aluno_code tls_file_read(tls_file *out, const char *option, const char *path, aluno_error *error);

void tls_file_wipe(tls_file *file);

#endif
