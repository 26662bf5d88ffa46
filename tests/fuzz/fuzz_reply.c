/* Fuzzes what a client does with a reply's bytes: read as the reply to a method, then written as text, as
 * programs do that show it. The first byte numbers the method. */
#include "../lib/whole_reply.h"
#include "fuzz.h"

#include <aluno/json.h>

enum { MSGID = 1 }; /* the corpus's */

static aluno_any_message message; /* large */
static aluno_reply_metadata metadata;
static aluno_error error;

static void show(const aluno_message_desc *type, const void *value)
{
    static char text[1 << 16];
    aluno_to_json(type, value, ALUNO_WHOLE, text, sizeof text);
}

static void read_as(const aluno_method_desc *method, const uint8_t *data, size_t size)
{
    aluno_clear(&aluno_error_type, &error);
    const aluno_code code = whole_reply_read(data, size, MSGID, method->reply, &message, &metadata, &error);
    if (code == ALUNO_OK) {
        show(method->reply, &message);
        show(&aluno_reply_metadata_type, &metadata);
        return;
    }
    fuzz_check(error.has.code && error.code == code);
    aluno_error_translate(&error, ALUNO_PT);
    show(&aluno_error_type, &error);
    char text[1 << 14];
    aluno_error_format(&error, ALUNO_PT, text, sizeof text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0)
        read_as(aluno_method_of((aluno_method_id)(data[0] % ALUNO_METHOD_COUNT)), data + 1, size - 1);
    return 0;
}
