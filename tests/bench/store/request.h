/* Encodes the bench's requests. */
#ifndef ALUNO_BENCH_REQUEST_H
#define ALUNO_BENCH_REQUEST_H

#include "base/buffer.h"

#include <aluno/schema.h>

enum { REQUEST_MSGID = 1 };

/* Appends a request that reads, as the SDK writes it. */
void request_write(aluno__buffer *out, aluno_method_id id, const void *message);

/* Appends the request that creates the student of that number, as the SDK writes it. Each student has its own
 * valid CPF, each request a new id. */
void request_create(aluno__buffer *out, uint32_t number);

#endif
