/* Messages as JSON and back. Any thread, no connection. Implemented by sdk/protocol: json.c writes,
 * json_reader.c reads. */
#ifndef ALUNO_JSON_H
#define ALUNO_JSON_H

#include <aluno/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How JSON shows the values that the contract says are personal. */
typedef enum aluno_personal {
    ALUNO_MASKED, /* as aluno_mask_text writes them: for logs, traces and screens */
    ALUNO_WHOLE   /* the values: for files and programs that need them, and aluno_from_json */
} aluno_personal;

/* Writes a message as one line of JSON: its set fields in the contract's order, a whole CPF as 11 digits.
 * Like snprintf: writes at most `size` bytes including the NUL and returns the length that the whole text
 * has. */
ALUNO_API size_t aluno_to_json(const aluno_message_desc *type, const void *message, aluno_personal personal,
                               char *buffer, size_t size);

/* Writes a call as it is sent, as one line of JSON: {"method": …, "message": {…}}. Like snprintf. */
ALUNO_API size_t aluno_request_to_json(const aluno_method_desc *method, const void *request,
                                       aluno_personal personal, char *buffer, size_t size);

/* Reads a JSON object into *message, which is cleared first. A member that is null is not set.
 *
 * INVALID_ARGUMENT: JSON_SYNTAX with line and column when the text is no JSON object, an object has the same
 * key twice, or a number does not fit 64 bits; FIELDS_INVALID with a violation, by path, of each key that is
 * no field and each value of another kind, out of range, too long or with a NUL. Reading goes on after a
 * violation, so *error lists all. Required fields and the fields' rules are not checked: aluno_validate_read,
 * or the call, does that. RESOURCE_EXHAUSTED / OUT_OF_MEMORY. */
ALUNO_API aluno_code aluno_from_json(const aluno_message_desc *type, const char *json, void *message,
                                     aluno_error *error);

#ifdef __cplusplus
}
#endif

#endif
