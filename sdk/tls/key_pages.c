/* mbed TLS allocates a key's numbers with malloc, each by itself. */
#include "key_pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static void lock(const mbedtls_mpi *number)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t begin = (uintptr_t)number->p & ~(page - 1);
    const uintptr_t end = (uintptr_t)number->p + number->n * sizeof *number->p;
    if (number->p == NULL)
        return;
    (void)mlock((void *)begin, end - begin);
    (void)madvise((void *)begin, (end - begin + page - 1) & ~(page - 1), MADV_DONTDUMP);
}

static void lock_rsa(const mbedtls_rsa_context *key)
{
    const mbedtls_mpi *const numbers[] = {&key->D, &key->P, &key->Q, &key->DP, &key->DQ, &key->QP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        lock(numbers[i]);
}

void aluno__tls_key_pages_lock(const mbedtls_pk_context *key)
{
    if (mbedtls_pk_can_do(key, MBEDTLS_PK_RSA))
        lock_rsa(mbedtls_pk_rsa(*key));
    else if (mbedtls_pk_can_do(key, MBEDTLS_PK_ECKEY))
        lock(&mbedtls_pk_ec(*key)->d);
}
