/* Fuzzes what the service does with a request's bytes before a handler sees it: the envelope, then the
 * message decoded and validated as the request of its method. A request of no known method is read as that of
 * the method that its id numbers, so that every message is reached. */
#include "fuzz_again.h"

#include "protocol/envelope.h"

static aluno_any_message message; /* large */
static aluno_error error;

static void validate(const aluno_message_desc *type, aluno__reader in)
{
    aluno_clear(&aluno_error_type, &error);
    if (aluno__codec_decode(type, &message, &in, ALUNO_UNKNOWN_REFUSED, &error) != ALUNO_OK)
        return;
    if (aluno_validate(type, &message, false, &error) != ALUNO_OK)
        return;
    fuzz_check_again(type, &message, ALUNO_KEYS_NAMED);
    fuzz_check_again(type, &message, ALUNO_KEYS_NUMBERED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    aluno__request request;
    aluno_clear(&aluno_error_type, &error);
    if (aluno__envelope_read_request(data, size, &request, &error) != ALUNO_OK)
        return 0;
    aluno_validate(&aluno_request_metadata_type, &request.metadata, false, &error);
    const aluno_method_desc *method = request.method;
    if (method == NULL)
        method = aluno_method_of((aluno_method_id)(request.msgid % ALUNO_METHOD_COUNT));
    validate(method->request, request.message);
    return 0;
}
