/* Fuzzes JSON that a program reads as a message of the contract: what is read can be written, and read again
 * as the same. The first byte numbers the message. */
#include "fuzz.h"

#include <aluno/json.h>

enum { TEXT_SIZE = 1 << 17 };

static aluno_any_message message; /* large */
static aluno_error error;
static char json[TEXT_SIZE], before[TEXT_SIZE], after[TEXT_SIZE];

static void read_as(const aluno_message_desc *type)
{
    if (aluno_from_json(type, json, &message, &error) != ALUNO_OK) {
        fuzz_check(error.has.code && error.code != ALUNO_OK);
        aluno_error_format(&error, ALUNO_PT, before, sizeof before);
        return;
    }
    if (aluno_to_json(type, &message, ALUNO_WHOLE, before, sizeof before) >= sizeof before)
        return;
    fuzz_check(aluno_from_json(type, before, &message, &error) == ALUNO_OK);
    aluno_to_json(type, &message, ALUNO_WHOLE, after, sizeof after);
    fuzz_check(strcmp(before, after) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count;
    const aluno_message_desc *const *types = aluno_messages(&count);
    if (size == 0)
        return 0;
    fuzz_text(data + 1, size - 1, json, sizeof json);
    read_as(types[data[0] % count]);
    return 0;
}
