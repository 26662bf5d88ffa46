/* Fuzzes JSON that a program reads as each message of the contract: what is read can be written, and read
 * again as the same. fuzz_request.c says how to run a fuzzing engine; here the corpus is corpus/json. */
#include "fuzz.h"

#include <aluno/json.h>

#include <stdlib.h>

enum { TEXT_SIZE = 1 << 17 };

static aluno_any_message message; /* large */
static aluno_error error;
static char before[TEXT_SIZE], after[TEXT_SIZE];

static void read_as(const aluno_message_desc *type, const char *json)
{
    if (aluno_from_json(type, json, &message, &error) != ALUNO_OK) {
        if (!error.has.code || error.code == ALUNO_OK)
            abort();
        aluno_error_format(&error, ALUNO_PT, before, sizeof before);
        return;
    }
    if (aluno_to_json(type, &message, ALUNO_WHOLE, before, sizeof before) >= sizeof before)
        return;
    if (aluno_from_json(type, before, &message, &error) != ALUNO_OK)
        abort();
    aluno_to_json(type, &message, ALUNO_WHOLE, after, sizeof after);
    if (strcmp(before, after) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *json = malloc(size + 1);
    if (json == NULL)
        abort();
    memcpy(json, data, size);
    json[size] = '\0';
    size_t count;
    const aluno_message_desc *const *types = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        read_as(types[i], json);
    free(json);
    return 0;
}
