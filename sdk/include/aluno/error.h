/* Errors: why a call failed. Implemented by sdk/protocol/error.c.
 *
 * An error is the message `aluno_error` of the contract, a plain value of about 9 kB that the caller owns: a
 * gRPC code, a reason of the contract's table, a message for people, the subject (`detail`), each violation
 * of each field, the time to wait before a retry, and the request id of a change. The words of violations are
 * not stored: they follow from reason and detail.
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

/* The remedy of a reason, in one line; "" when this library does not know the reason. Static text. */
ALUNO_API const char *aluno_remedy(const char *reason, aluno_language language);

/* Rewrites the error's message in the language: the reason's sentence and the detail; of FIELDS_INVALID with
 * the first violation: "some fields are not valid: age: the age must be from 0 to 150". A message whose
 * reason this library does not know stays. */
ALUNO_API void aluno_error_translate(aluno_error *error, aluno_language language);

/* Writes all that an error says, line by line: the reason and its sentence, each violation, the remedy, the
 * request id. Each line ends with a newline. Like snprintf: writes at most `size` bytes including the NUL and
 * returns the length that the whole text has. */
ALUNO_API size_t aluno_error_format(const aluno_error *error, aluno_language language, char *buffer,
                                    size_t size);

/* Writes the words of a violation or a warning: the reason's sentence with the detail; the reason's name when
 * this library does not know it. Like snprintf. */
ALUNO_API size_t aluno_violation_message(const aluno_violation *violation, aluno_language language,
                                         char *buffer, size_t size);

/* Makes *error have that reason, its code and its English sentence; aluno_error_translate gives another
 * language. `detail` names what the error is about, in terms that need no translation, such as a file or an
 * option; it holds no personal data and may be NULL. Returns the reason's code. For bindings and programs
 * that report failures of their own in the way of the library's. error may be NULL. */
ALUNO_API aluno_code aluno_error_set(aluno_error *error, aluno_reason reason, const char *detail);

/* Adds a violation of the field `field` ("student.name") to *error, which becomes FIELDS_INVALID if it is
 * another one yet; *error must be cleared or set before. Violations beyond the list's capacity are dropped,
 * and the error's detail says that there are more. `detail` may be NULL. Returns INVALID_ARGUMENT. */
ALUNO_API aluno_code aluno_error_add_violation(aluno_error *error, const char *field, aluno_reason reason,
                                               const char *detail);

#ifdef __cplusplus
}
#endif

#endif
