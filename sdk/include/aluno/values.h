/* Values: judged and normalised by the contract before they are sent, and put into the forms that people read
 * and searches use. Pure functions: any thread, no connection. */
#ifndef ALUNO_VALUES_H
#define ALUNO_VALUES_H

#include <aluno/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Judges a message by the contract: what is required, each field's range and rule. Values that pass are
 * normalised in place (names trimmed and composed to NFC, a CPF reduced to its digits).
 * Every violation found is listed, fields named by path ("student.name"). `partial`: as inside an update,
 * nothing is required. OUTPUT fields are cleared. Returns ALUNO_OK or ALUNO_INVALID_ARGUMENT. */
ALUNO_API aluno_code aluno_validate(const aluno_message_desc *type, void *message, bool partial,
                                    aluno_error *error);

/* Like aluno_validate, for a message that was filled in from another form (bytes, a table, the row of a
 * file), where not every value could be read: adds to the violations that *error has from there, so that all
 * are told at once. `read` is ALUNO_OK, or the code of that error, which has FIELDS_INVALID; otherwise *error
 * is not looked at. A field that has a violation already is not said to be missing as well. */
ALUNO_API aluno_code aluno_validate_read(const aluno_message_desc *type, void *message, aluno_code read,
                                         aluno_error *error);

/* Judges (and normalises) the value of one field of a message, as a form does while it is filled in. The
 * field must be set. */
ALUNO_API aluno_code aluno_validate_field(const aluno_field_desc *field, void *message, aluno_error *error);

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

/* Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
ALUNO_API bool aluno_utf8_valid(const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
