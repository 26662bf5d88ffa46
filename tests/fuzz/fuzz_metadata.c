/* Fuzzes what a call says of itself: the metadata's bytes, their validation, the program's name as the log
 * gets it. */
#include "fuzz_again.h"

#include "protocol/identifiers.h"
#include "user_agent.h"

static aluno_request_metadata metadata;
static aluno_error error;

/* A log line is parted by spaces and holds no personal data. An empty user agent is none. */
static void check_user_agent(void)
{
    char clean[USER_AGENT_SIZE];
    const char *agent = user_agent_clean(&metadata, clean);
    fuzz_check((agent != NULL) == (metadata.has.user_agent && metadata.user_agent[0] != '\0'));
    for (; agent != NULL && *agent != '\0'; agent++)
        fuzz_check((unsigned char)*agent >= ' ' && *agent != '@' && *agent != 0x7f);
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
        fuzz_check_again(&aluno_request_metadata_type, &metadata, ALUNO_KEYS_NUMBERED);
    return 0;
}
