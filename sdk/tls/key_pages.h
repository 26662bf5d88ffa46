/* The memory of a private key: kept from swap and from core dumps, as far as the system allows. */
#ifndef ALUNO_TLS_KEY_PAGES_H
#define ALUNO_TLS_KEY_PAGES_H

#include "mbed.h"

/* Locks the pages that hold the key's secret numbers. They stay locked when the key is freed, which wipes
 * them: a page may hold numbers of another key. A system that refuses (RLIMIT_MEMLOCK) changes nothing. */
void aluno__tls_key_pages_lock(const mbedtls_pk_context *key);

#endif
