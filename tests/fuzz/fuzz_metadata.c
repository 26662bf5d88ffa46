/* Fuzzes what a call says of itself: the metadata's bytes, their validation, the program's name as the log
 * gets it. */
#include "fuzz.h"

#include "protocol/codec.h"
#include "protocol/identifiers.h"
#include "user_agent.h"

#include <aluno/validate.h>

static aluno_request_metadata metadata;
static aluno_error error;
static aluno__buffer bytes;

/* A log line is parted by spaces and holds no personal data. An empty user agent is none. */
static void check_user_agent(void)
{
    char clean[USER_AGENT_SIZE];
    const char *agent = user_agent_clean(&metadata, clean);
    fuzz_check((agent != NULL) == (metadata.has.user_agent && metadata.user_agent[0] != '\0'));
    for (; agent != NULL && *agent != '\0'; agent++)
        fuzz_check((unsigned char)*agent >= ' ' && *agent != '@' && *agent != 0x7f);
}

static void check_again(void)
{
    aluno__buffer_reset(&bytes);
    aluno__codec_encode(&aluno_request_metadata_type, &metadata, ALUNO_KEYS_NUMBERED, &bytes);
    aluno__reader in = {bytes.data, bytes.size, 0};
    fuzz_check(aluno__codec_decode(&aluno_request_metadata_type, &metadata, &in, ALUNO_UNKNOWN_REFUSED,
                                   &error) == ALUNO_OK);
    fuzz_check(aluno_validate(&aluno_request_metadata_type, &metadata, false, &error) == ALUNO_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    aluno__reader in = {data, size, 0};
    aluno_clear(&aluno_error_type, &error);
    if (aluno__codec_decode(&aluno_request_metadata_type, &metadata, &in, ALUNO_UNKNOWN_IGNORED, &error) !=
        ALUNO_OK)
        return 0;
    check_user_agent();
    if (metadata.has.request_id)
        (void)aluno__uuid_time(metadata.request_id);
    if (aluno_validate(&aluno_request_metadata_type, &metadata, false, &error) == ALUNO_OK)
        check_again();
    return 0;
}
