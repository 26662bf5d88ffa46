/* Writes requests as the SDK does. All have the same msgid: nng distinguishes the replies. */
#include "requests.h"

#include "base/clock.h"
#include "protocol/envelope.h"

#include <aluno/values.h>

#include <inttypes.h>
#include <stdio.h>

enum { MSGID = 1, TIMEOUT_MS = 30 * 1000 };

/* A version 7 UUID: milliseconds, then a counter unique within the run. */
static void set_request_id(aluno_request_metadata *metadata, uint32_t number)
{
    char id[48];
    const uint64_t ms = (uint64_t)aluno__clock_unix_ms();
    snprintf(id, sizeof id, "%08" PRIx64 "-%04" PRIx64 "-7000-8000-0000%08" PRIx32, ms >> 16, ms & 0xffff,
             number);
    ALUNO_SET_TEXT(*metadata, request_id, id);
}

static aluno_request_metadata new_metadata(void)
{
    aluno_request_metadata metadata = {.has = {.none = false}};
    ALUNO_SET(metadata, timeout_ms, TIMEOUT_MS);
    ALUNO_SET_TEXT(metadata, language, "pt");
    ALUNO_SET_TEXT(metadata, user_agent, "bench/" ALUNO_VERSION);
    return metadata;
}

static void write_request(aluno__buffer *out, aluno_method_id id, const void *message,
                          const aluno_request_metadata *metadata)
{
    const aluno_method_desc *method = aluno_method_of(id);
    aluno__envelope_begin_request(out, MSGID, method);
    aluno__codec_encode(method->request, message, out);
    aluno__envelope_end_request(out, metadata);
}

void request_student(uint32_t number, aluno_student *out)
{
    char cpf[12], name[64], email[64], check[3];
    snprintf(cpf, sizeof cpf, "%09" PRIu32 "00", (number + 1) % 1000000000);
    (void)aluno_cpf_check(cpf, check);
    memcpy(cpf + 9, check, 2);
    snprintf(name, sizeof name, "Maria Antônia de Souza %" PRIu32, number);
    snprintf(email, sizeof email, "maria.%" PRIu32 "@escola.example", number);
    *out = (aluno_student){.has = {.none = false}};
    ALUNO_SET_TEXT(*out, name, name);
    ALUNO_SET(*out, age, 6 + number % 12);
    ALUNO_SET_TEXT(*out, br_document, cpf);
    ALUNO_SET_TEXT(*out, email, email);
}

void request_health(aluno__buffer *out)
{
    const aluno_health_check_request message = {.has = {.none = false}};
    const aluno_request_metadata metadata = new_metadata();
    write_request(out, ALUNO_METHOD_health_check, &message, &metadata);
}

void request_create(aluno__buffer *out, uint32_t number)
{
    aluno_create_student_request message = {.has = {.student = true}};
    aluno_request_metadata metadata = new_metadata();
    request_student(number, &message.student);
    set_request_id(&metadata, number);
    write_request(out, ALUNO_METHOD_create_student, &message, &metadata);
}

void request_get(aluno__buffer *out, int64_t id)
{
    aluno_get_student_request message = {.has = {.none = false}};
    const aluno_request_metadata metadata = new_metadata();
    ALUNO_SET(message, id, id);
    write_request(out, ALUNO_METHOD_get_student, &message, &metadata);
}

void request_page(aluno__buffer *out)
{
    aluno_list_students_request message = {.has = {.none = false}};
    const aluno_request_metadata metadata = new_metadata();
    ALUNO_SET(message, page_size, 100);
    write_request(out, ALUNO_METHOD_list_students, &message, &metadata);
}

bool reply_succeeds(const void *method, const uint8_t *reply, size_t size)
{
    aluno_any_message message;
    aluno_reply_metadata metadata;
    aluno_error error;
    const aluno_message_desc *type = ((const aluno_method_desc *)method)->reply;
    if (aluno__envelope_read_reply(reply, size, MSGID, type, &message, &metadata, &error) == ALUNO_OK)
        return true;
    fprintf(stderr, "bench: the service answered %s: %s\n", error.reason, error.message);
    return false;
}

bool reply_equals(const void *bytes, const uint8_t *reply, size_t size)
{
    const aluno__buffer *expected = bytes;
    return size == expected->size && memcmp(reply, expected->data, size) == 0;
}
