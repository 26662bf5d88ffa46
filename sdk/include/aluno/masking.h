/* Personal values as they are shown where they are not the answer itself: to callers whose role only reads,
 * in logs, traces and recordings. Which fields are personal, and their masks, is declared by the contract.
 * Any thread, no connection. Implemented by sdk/protocol/masking.c. */
#ifndef ALUNO_MASKING_H
#define ALUNO_MASKING_H

#include <aluno/schema.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the masked form of a text: "***.982.247-**", "a***@example.com", "2010-**-**"; "***" for a text that
 * is not of the mask's kind or whose masked form does not fit. ALUNO_MASK_none and ALUNO_MASK_name copy it,
 * cut to fit. A text that is masked already stays as it is. `out` holds `size` bytes, at least 4, and may be
 * `text`. */
ALUNO_API void aluno_mask_text(aluno_mask mask, const char *text, char *out, size_t size);

/* Replaces each personal value of a message, and of those nested in it, by its masked form. */
ALUNO_API void aluno_mask_message(const aluno_message_desc *type, void *message);

/* Whether a text is what aluno_mask_text writes for that mask, or part of it: no value to store. Such a text
 * is refused in a request with VALUE_MASKED. */
ALUNO_API bool aluno_is_masked(aluno_mask mask, const char *text);

#ifdef __cplusplus
}
#endif

#endif
