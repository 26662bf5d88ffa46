/* Encodes the bench's requests, and checks the replies. */
#ifndef ALUNO_BENCH_REQUESTS_H
#define ALUNO_BENCH_REQUESTS_H

#include "base/buffer.h"

#include <aluno/schema.h>

/* Returns the student of that number. Each has its own valid CPF. */
void request_student(uint32_t number, aluno_student *out);

/* Append one request. Each change has a new request id. */
void request_health(aluno__buffer *out);
void request_create(aluno__buffer *out, uint32_t number);
void request_get(aluno__buffer *out, int64_t id);
void request_page(aluno__buffer *out);

/* For workload.accept. `method`: the aluno_method_desc, whose success the reply must be. `bytes`: an
 * aluno__buffer, to which the reply must be equal. */
bool reply_succeeds(const void *method, const uint8_t *reply, size_t size);
bool reply_equals(const void *bytes, const uint8_t *reply, size_t size);

#endif
