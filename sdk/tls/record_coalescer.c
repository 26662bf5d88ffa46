/* Gathers the pieces of a frame. */
#include "record_coalescer.h"

#include <string.h>

enum { LENGTH_SIZE = 8 }; /* what a frame begins with, and also the size of SP's greeting */

static int pass_through(mbedtls_ssl_context *ssl, const uint8_t *piece, size_t *size)
{
    const int result = mbedtls_ssl_write(ssl, piece, *size);
    if (result < 0)
        return result;
    *size = (size_t)result;
    return 0;
}

static int flush(tls_frame *frame, mbedtls_ssl_context *ssl)
{
    while (frame->written < frame->filled) {
        const int result =
            mbedtls_ssl_write(ssl, frame->bytes + frame->written, frame->filled - frame->written);
        if (result < 0)
            return result;
        frame->written += (size_t)result;
    }
    frame->filled = frame->written = 0;
    return 0;
}

static void begin_stream(tls_frame *frame, const uint8_t *piece, size_t size)
{
    static const uint8_t greeting[] = {0, 'S', 'P', 0};
    frame->begun = true;
    frame->is_sp = size == LENGTH_SIZE && memcmp(piece, greeting, sizeof greeting) == 0;
    frame->gathers = true;
    frame->left = LENGTH_SIZE;
}

static void begin_frame(tls_frame *frame, const uint8_t *piece, size_t size)
{
    uint64_t length = 0;
    for (size_t i = 0; i < LENGTH_SIZE && i < size; i++)
        length = length << 8 | piece[i];
    frame->is_sp = size == LENGTH_SIZE; /* else it is not nng as we know it: gather no more */
    frame->gathers = length <= TLS_FRAME_MAX - LENGTH_SIZE;
    frame->left = length + LENGTH_SIZE;
}

/* Writes the buffer if the frame is complete. When that would block, the piece is remembered as taken, for
 * nng will offer it again. */
static int complete(tls_frame *frame, mbedtls_ssl_context *ssl, size_t size)
{
    if (frame->left > 0)
        return 0;
    const int result = flush(frame, ssl);
    frame->taken = result == 0 ? 0 : size;
    return result;
}

static int gather(tls_frame *frame, mbedtls_ssl_context *ssl, const uint8_t *piece, size_t *size)
{
    memcpy(frame->bytes + frame->filled, piece, *size);
    frame->filled += *size;
    frame->left -= *size;
    return complete(frame, ssl, *size);
}

int tls_frame_send(tls_frame *frame, mbedtls_ssl_context *ssl, const uint8_t *piece, size_t *size)
{
    if (frame->taken > 0) {
        *size = frame->taken;
        return complete(frame, ssl, frame->taken);
    }
    if (!frame->begun)
        begin_stream(frame, piece, *size);
    else if (frame->is_sp && frame->left == 0)
        begin_frame(frame, piece, *size);
    if (frame->is_sp && *size > frame->left)
        *size = (size_t)frame->left;
    if (frame->is_sp && frame->gathers)
        return gather(frame, ssl, piece, size);
    const int result = pass_through(ssl, piece, size);
    if (result == 0 && frame->is_sp)
        frame->left -= *size;
    return result;
}
