/* Fills in errors and violations from the contract's table of reasons. */
#ifndef ALUNO_PROTOCOL_ERROR_H
#define ALUNO_PROTOCOL_ERROR_H

#include <aluno/error.h>

#if defined(__GNUC__)
#    define ALUNO_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#    define ALUNO_PRINTF(text, first)
#endif

/* Sets *error to the reason, in English, with a detail (a printf format; NULL for none) that names what the
 * error is about in terms that need no translation: a name, a number, a file. Details hold no personal data.
 * Returns the reason's code, so that a function can end with `return aluno__error_set(…)`. error may be NULL.
 */
aluno_code aluno__error_set(aluno_error *error, aluno_reason reason, const char *detail, ...)
    ALUNO_PRINTF(3, 4);

/* The error in the words that say most: its detail, else its message. */
const char *aluno__error_words(const aluno_error *error);

/* Adds a violation of a field; the error becomes FIELDS_INVALID. Violations beyond the list's capacity are
 * dropped, and the detail says that there are more. */
aluno_code aluno__error_add_violation(aluno_error *error, const char *field, aluno_reason reason,
                                      const char *detail, ...) ALUNO_PRINTF(4, 5);

/* Adds a violation to a list, such as warnings; drops it when the list is full. */
void aluno__violation_add(aluno_violation *items, size_t capacity, size_t *count, const char *field,
                          aluno_reason reason, const char *detail, ...) ALUNO_PRINTF(6, 7);

#endif
