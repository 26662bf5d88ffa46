/* Errors: why a call failed.
 *
 * An error is the message `aluno_error` of the contract (a plain value that the caller owns, safe per
 * thread): a gRPC code, a reason from the contract's table, one sentence for people, what it is about
 * (`detail`), every violation of every field, when to retry, and the request id of the change it was about.
 *
 * A function that can fail returns an aluno_code, ALUNO_OK being 0, and takes an `aluno_error *` last, which
 * it writes only on failure and which may be NULL. */
#ifndef ALUNO_ERROR_H
#define ALUNO_ERROR_H

#include <aluno/schema.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the error's reason is this one. */
ALUNO_API bool aluno_error_is(const aluno_error *error, aluno_reason reason);

/* Whether the same call may succeed if it is made again without change: UNAVAILABLE. */
ALUNO_API bool aluno_error_is_retryable(const aluno_error *error);

/* What can be done about a reason, in one line; "" when this library does not know the reason. Static text.
 */
ALUNO_API const char *aluno_remedy(const char *reason, aluno_language language);

/* Rewrites the error's messages in the language, from the contract's sentences and the details. Reasons that
 * this library does not know keep the sentence they came with. */
ALUNO_API void aluno_error_translate(aluno_error *error, aluno_language language);

/* Judges a message by the contract: what is required, each field's range and rule. Values that pass are
 * normalised in place (names trimmed and composed to NFC, a CPF reduced to its digits).
 * Every violation found is listed, fields named by path ("student.name"). `partial`: as inside an update,
 * nothing is required. OUTPUT fields are cleared. Returns ALUNO_OK or ALUNO_INVALID_ARGUMENT. */
ALUNO_API aluno_code aluno_validate(const aluno_message *type, void *message, bool partial,
                                    aluno_error *error);

/* Judges (and normalises) the value of one field of a message, as a form does while it is filled in. The
 * field must be set. */
ALUNO_API aluno_code aluno_validate_field(const aluno_field *field, void *message, aluno_error *error);

/* The 11 digits of a CPF that aluno_validate passed, as people see them: "123.123.123-13".
 * `out` holds at least 15 bytes; anything but 11 digits is copied as it is, cut to fit. */
ALUNO_API void aluno_cpf_format(const char *digits, char out[15]);

/* Whether 11 digits have the check digits that the Receita Federal's modulo-11 rule gives; `expected` (3
 * bytes, may be NULL) receives the two digits that they should have. False for anything but 11 digits. */
ALUNO_API bool aluno_cpf_check(const char *digits, char expected[3]);

#ifdef __cplusplus
}
#endif

#endif
