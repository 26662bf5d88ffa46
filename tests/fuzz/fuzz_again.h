/* A property of every accepted message: it can be encoded, and is accepted again as the same. So the rules
 * normalise a value (a name's spaces, a CPF's dots) once, and leave it unchanged the next time. */
#ifndef ALUNO_TESTS_FUZZ_AGAIN_H
#define ALUNO_TESTS_FUZZ_AGAIN_H

#include "fuzz.h"

#include "protocol/codec.h"

#include <aluno/validate.h>

#include <string.h>

/* Decodes the message anew, in place. */
static inline void fuzz_check_again(const aluno_message_desc *type, void *message, aluno__codec_keys keys)
{
    static aluno__buffer first, second;
    static aluno_error error;
    aluno__buffer_reset(&first);
    aluno__codec_encode(type, message, keys, &first);
    aluno__reader in = {first.data, first.size, 0};
    aluno_clear(&aluno_error_type, &error);
    fuzz_check(aluno__codec_decode(type, message, &in, ALUNO_UNKNOWN_REFUSED, &error) == ALUNO_OK);
    fuzz_check(in.at == first.size);
    fuzz_check(aluno_validate(type, message, false, &error) == ALUNO_OK);
    aluno__buffer_reset(&second);
    aluno__codec_encode(type, message, keys, &second);
    fuzz_check(second.size == first.size && memcmp(second.data, first.data, first.size) == 0);
}

#endif
