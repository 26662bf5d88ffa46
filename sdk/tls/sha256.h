/* SHA-256, for files that do not include mbed TLS. */
#ifndef ALUNO_TLS_SHA256_H
#define ALUNO_TLS_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { ALUNO_SHA256 = 32 };

/* Writes the hash of the bytes. */
void aluno__sha256(const void *bytes, size_t size, uint8_t out[ALUNO_SHA256]);

#endif
