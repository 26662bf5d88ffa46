/* Fuzzes what the service does with a request's bytes before a handler sees it: the envelope, then the
 * message decoded and validated as every method's request.
 *
 * As an ordinary test, driver.c runs it over the corpus. With a fuzzing engine, from the root of the
 * checkout:
 *
 *     clang -g -O1 -D_GNU_SOURCE -std=c11 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
 *         -Isdk/include -Isdk tests/fuzz/fuzz_request.c sdk/protocol/[a-z]*.c -lutf8proc -o fuzz_request
 *     mkdir -p found && ./fuzz_request -max_total_time=180 found tests/fuzz/corpus/request
 *
 * What it finds goes into the corpus, under a name that says what it is. */
#include "fuzz.h"

#include "protocol/envelope.h"

#include <aluno/validate.h>

#include <stdlib.h>

static aluno_any_message message; /* large */
static aluno_error error;

/* What was accepted must encode, and be accepted again. */
static void check_again(const aluno_message_desc *type, aluno__codec_keys keys)
{
    aluno__buffer bytes = {0};
    aluno__codec_encode(type, &message, keys, &bytes);
    aluno__reader in = {bytes.data, bytes.size, 0};
    if (aluno__codec_decode(type, &message, &in, ALUNO_UNKNOWN_REFUSED, &error) != ALUNO_OK ||
        in.at != bytes.size)
        abort();
    if (aluno_validate(type, &message, false, &error) != ALUNO_OK)
        abort();
    aluno__buffer_free(&bytes);
}

static void check_both(const aluno_message_desc *type)
{
    check_again(type, ALUNO_KEYS_NAMED);
    check_again(type, ALUNO_KEYS_NUMBERED);
}

static void validate(const aluno_message_desc *type, aluno__reader in)
{
    aluno_clear(&aluno_error_type, &error);
    if (aluno__codec_decode(type, &message, &in, ALUNO_UNKNOWN_REFUSED, &error) != ALUNO_OK)
        return;
    if (aluno_validate(type, &message, false, &error) == ALUNO_OK)
        check_both(type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    aluno__request request;
    aluno_clear(&aluno_error_type, &error);
    if (aluno__envelope_read_request(data, size, &request, &error) != ALUNO_OK)
        return 0;
    aluno_validate(&aluno_request_metadata_type, &request.metadata, false, &error);
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++)
        validate(aluno_method_of((aluno_method_id)i)->request, request.message);
    return 0;
}
