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
