/* Buffers the parts of a frame. */
#include "record_coalescer.h"

#include <string.h>

enum { LENGTH_SIZE = 8 }; /* of a frame's first part; SP's greeting has the same size */

static int write_through(mbedtls_ssl_context *ssl, const uint8_t *part, size_t *size)
{
    const int result = mbedtls_ssl_write(ssl, part, *size);
    if (result < 0)
        return result;
    *size = (size_t)result;
    return 0;
}

static int flush(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl)
{
    while (coalescer->written < coalescer->filled) {
        const int result = mbedtls_ssl_write(ssl, coalescer->bytes + coalescer->written,
                                             coalescer->filled - coalescer->written);
        if (result < 0)
            return result;
        coalescer->written += (size_t)result;
    }
    coalescer->filled = coalescer->written = 0;
    return 0;
}

static void begin_stream(aluno__tls_record_coalescer *coalescer, const uint8_t *part, size_t size)
{
    static const uint8_t greeting[] = {0, 'S', 'P', 0};
    coalescer->begun = true;
    coalescer->is_sp = size == LENGTH_SIZE && memcmp(part, greeting, sizeof greeting) == 0;
    coalescer->buffering = true;
    coalescer->left = LENGTH_SIZE;
}

static void begin_frame(aluno__tls_record_coalescer *coalescer, const uint8_t *part, size_t size)
{
    uint64_t length = 0;
    for (size_t i = 0; i < LENGTH_SIZE && i < size; i++)
        length = length << 8 | part[i];
    coalescer->is_sp = size == LENGTH_SIZE; /* otherwise nng has changed: stop buffering */
    coalescer->buffering = length <= ALUNO_TLS_RECORD_MAX - LENGTH_SIZE;
    coalescer->left = length + LENGTH_SIZE;
}

/* Writes the buffer if the frame is complete. If that would block, records that the part is taken: nng gives
 * it again. */
static int complete(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl, size_t size)
{
    if (coalescer->left > 0)
        return 0;
    const int result = flush(coalescer, ssl);
    coalescer->taken = result == 0 ? 0 : size;
    return result;
}

static int buffer_part(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl, const uint8_t *part,
                       size_t *size)
{
    memcpy(coalescer->bytes + coalescer->filled, part, *size);
    coalescer->filled += *size;
    coalescer->left -= *size;
    return complete(coalescer, ssl, *size);
}

int aluno__tls_record_coalescer_send(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl,
                                     const uint8_t *part, size_t *size)
{
    if (coalescer->taken > 0) {
        *size = coalescer->taken;
        return complete(coalescer, ssl, coalescer->taken);
    }
    if (!coalescer->begun)
        begin_stream(coalescer, part, *size);
    else if (coalescer->is_sp && coalescer->left == 0)
        begin_frame(coalescer, part, *size);
    if (coalescer->is_sp && *size > coalescer->left)
        *size = (size_t)coalescer->left;
    if (coalescer->is_sp && coalescer->buffering)
        return buffer_part(coalescer, ssl, part, size);
    const int result = write_through(ssl, part, size);
    if (result == 0 && coalescer->is_sp)
        coalescer->left -= *size;
    return result;
}
