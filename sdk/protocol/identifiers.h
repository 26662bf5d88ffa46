/* UUIDs and W3C trace contexts. */
#ifndef ALUNO_PROTOCOL_IDENTIFIERS_H
#define ALUNO_PROTOCOL_IDENTIFIERS_H

#include <stdbool.h>
#include <stdint.h>

enum { ALUNO_TRACE_ID_DIGITS = 32 };

/* Whether the text is a UUID in lower case. */
bool aluno__uuid_is_valid(const char *text);

/* The time in a UUID of version 7, Unix milliseconds; -1 when the text is another kind of UUID, or none. */
int64_t aluno__uuid_time(const char *text);

/* Copies the trace id of a W3C traceparent; false when the text is none. */
bool aluno__trace_id(const char *traceparent, char out[ALUNO_TRACE_ID_DIGITS + 1]);

#endif
