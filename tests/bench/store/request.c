/* Encodes requests by the SDK's own functions. */
#include "request.h"

#include "base/clock.h"
#include "made_message.h"
#include "protocol/envelope.h"

#include <inttypes.h>
#include <stdio.h>

enum { TIMEOUT_MS = 30 * 1000 };

/* A version 7 UUID: milliseconds, then a counter unique within the run. */
static void set_request_id(aluno_request_metadata *metadata, uint32_t number)
{
    char id[48];
    const uint64_t ms = (uint64_t)aluno__clock_unix_ms();
    snprintf(id, sizeof id, "%08" PRIx64 "-%04" PRIx64 "-7000-8000-0000%08" PRIx32, ms >> 16, ms & 0xffff,
             number);
    ALUNO_SET_TEXT(*metadata, request_id, id);
}

static void write_request(aluno__buffer *out, aluno_method_id id, const void *message,
                          const aluno_request_metadata *metadata)
{
    const aluno_method_desc *method = aluno_method_of(id);
    aluno__envelope_begin_request(out, REQUEST_MSGID, method, ALUNO_KEYS_NUMBERED);
    aluno__codec_encode(method->request, message, ALUNO_KEYS_NUMBERED, out);
    aluno__envelope_end_request(out, metadata, ALUNO_KEYS_NUMBERED);
}

void request_write(aluno__buffer *out, aluno_method_id id, const void *message)
{
    aluno_request_metadata metadata = {.has = {.none = false}};
    ALUNO_SET(metadata, timeout_ms, TIMEOUT_MS);
    write_request(out, id, message, &metadata);
}

void request_create(aluno__buffer *out, uint32_t number)
{
    aluno_create_student_request message = {.has = {.student = true}};
    aluno_request_metadata metadata = {.has = {.none = false}};
    made_message(number, &message.student);
    set_request_id(&metadata, number);
    ALUNO_SET(metadata, timeout_ms, TIMEOUT_MS);
    write_request(out, ALUNO_METHOD_create_student, &message, &metadata);
}
