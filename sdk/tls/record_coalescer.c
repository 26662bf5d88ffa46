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

/* mbed TLS has to be given the same bytes again after MBEDTLS_ERR_SSL_WANT_*: nothing may be added to the
 * buffer before the flush is over. */
int aluno__tls_record_coalescer_flush(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl)
{
    coalescer->flushing = true;
    while (coalescer->written < coalescer->filled) {
        const int result = mbedtls_ssl_write(ssl, coalescer->bytes + coalescer->written,
                                             coalescer->filled - coalescer->written);
        if (result < 0)
            return result;
        coalescer->written += (size_t)result;
    }
    coalescer->filled = coalescer->written = coalescer->frames = 0;
    coalescer->flushing = false;
    return 0;
}

bool aluno__tls_record_coalescer_is_between_frames(const aluno__tls_record_coalescer *coalescer)
{
    return coalescer->is_sp && coalescer->left == 0;
}

static void begin_stream(aluno__tls_record_coalescer *coalescer, const uint8_t *part, size_t size)
{
    static const uint8_t greeting[] = {0, 'S', 'P', 0};
    coalescer->begun = true;
    coalescer->is_sp = size == LENGTH_SIZE && memcmp(part, greeting, sizeof greeting) == 0;
    coalescer->buffering = true;
    coalescer->left = LENGTH_SIZE;
}

static uint64_t read_length(const uint8_t *part, size_t size)
{
    uint64_t length = 0;
    for (size_t i = 0; i < LENGTH_SIZE && i < size; i++)
        length = length << 8 | part[i];
    return length;
}

static bool fits(uint64_t length, size_t space)
{
    return space >= LENGTH_SIZE && length <= space - LENGTH_SIZE;
}

/* Frames that are held are written first when this one does not fit behind them. */
static int begin_frame(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl, const uint8_t *part,
                       size_t size)
{
    const uint64_t length = read_length(part, size);
    const bool is_sp = size == LENGTH_SIZE; /* otherwise nng has changed: stop buffering */
    if (coalescer->filled > 0 && !(is_sp && fits(length, ALUNO_TLS_RECORD_MAX - coalescer->filled))) {
        const int result = aluno__tls_record_coalescer_flush(coalescer, ssl);
        if (result != 0)
            return result;
    }
    coalescer->is_sp = is_sp;
    coalescer->buffering = fits(length, ALUNO_TLS_RECORD_MAX);
    coalescer->left = length + LENGTH_SIZE;
    return 0;
}

/* If writing would block, records that the part is taken: nng gives it again. */
static int buffer_part(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl, const uint8_t *part,
                       size_t *size, bool hold)
{
    memcpy(coalescer->bytes + coalescer->filled, part, *size);
    coalescer->filled += *size;
    coalescer->left -= *size;
    coalescer->frames += coalescer->left == 0;
    if (coalescer->left > 0 || hold)
        return 0;
    const int result = aluno__tls_record_coalescer_flush(coalescer, ssl);
    coalescer->taken = result == 0 ? 0 : *size;
    return result;
}

static int take_part(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl, const uint8_t *part,
                     size_t *size, bool hold)
{
    if (!coalescer->begun)
        begin_stream(coalescer, part, *size);
    else if (aluno__tls_record_coalescer_is_between_frames(coalescer)) {
        const int result = begin_frame(coalescer, ssl, part, *size);
        if (result != 0)
            return result;
    }
    if (coalescer->is_sp && *size > coalescer->left)
        *size = (size_t)coalescer->left;
    if (coalescer->is_sp && coalescer->buffering)
        return buffer_part(coalescer, ssl, part, size, hold);
    const int result = write_through(ssl, part, size);
    if (result == 0 && coalescer->is_sp)
        coalescer->left -= *size;
    return result;
}

int aluno__tls_record_coalescer_send(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl,
                                     const uint8_t *part, size_t *size, bool hold)
{
    if (coalescer->flushing) {
        const int result = aluno__tls_record_coalescer_flush(coalescer, ssl);
        if (result != 0)
            return result;
    }
    if (coalescer->taken == 0)
        return take_part(coalescer, ssl, part, size, hold);
    *size = coalescer->taken;
    coalescer->taken = 0;
    return 0;
}
