/* Values in the forms that people read and searches use, and new request ids. Any thread, no connection.
 * Implemented by sdk/protocol: cpf_digits.c, fold.c, mojibake.c, whole.c and
 * identifiers.c; aluno_utf8_valid by sdk/base/utf8.c. */
#ifndef ALUNO_VALUES_H
#define ALUNO_VALUES_H

#include <aluno/version.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The 11 digits of a CPF that aluno_validate passed, as people see them: "123.123.123-13".
 * `out` holds at least 15 bytes; anything but 11 digits is copied as it is, cut to fit. */
ALUNO_API void aluno_cpf_format(const char *digits, char out[15]);

/* The 11 digits of a CPF as they are shown where the CPF is not the answer itself: "***.123.123-**".
 * `out` holds at least 15 bytes; of anything but 11 digits nothing is shown: "***". */
ALUNO_API void aluno_cpf_mask(const char *digits, char out[15]);

/* Whether 11 digits have the check digits that the Receita Federal's modulo-11 rule gives; `expected` (3
 * bytes, may be NULL) receives the two digits that they should have. False for anything but 11 digits. */
ALUNO_API bool aluno_cpf_check(const char *digits, char expected[3]);

/* The form of a name by which a search finds it, whatever its case and accents: "João  Ávila" becomes
 * "joao  avila" (decomposed to NFKD, without marks and invisible characters, case folded). Service and client
 * fold alike. The caller frees the result with free(), whatever the allocator. NULL when memory ran out or
 * the text is not UTF-8. */
ALUNO_API char *aluno_fold(const char *text);

/* Whether the text looks like UTF-8 that was read as Windows-1252 or as code page 850, as "JoÃ£o" does, or
 * has escapes, as "Jo%C3%A3o", "Jo=C3=A3o" and "Jo&atilde;o" do; then `likely` (`size` bytes, may be 0)
 * receives the text that it probably was, "João", cut to fit. */
ALUNO_API bool aluno_mojibake(const char *text, char *likely, size_t size);

/* Reads a whole number as people type and spreadsheets write it: "16", " +16 ", "16.0", "16,0". White space
 * and invisible characters around it do not count. False, with *number unchanged, for anything else and for
 * what int64_t cannot hold. */
ALUNO_API bool aluno_whole_number(const char *text, int64_t *number);

/* Writes a new request id: a UUID of version 7, in lower case. False when the system gives no random bytes.
 * A program that stores the id before it makes a change can repeat the change after a crash, and it is made
 * once. */
ALUNO_API bool aluno_request_id_new(char out[37]);

/* Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
ALUNO_API bool aluno_utf8_valid(const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
