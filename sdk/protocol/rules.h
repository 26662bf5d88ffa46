/* The rules of contract.def: what a value must be. Each normalises what it accepts. */
#ifndef ALUNO_PROTOCOL_RULES_H
#define ALUNO_PROTOCOL_RULES_H

#include <aluno/schema.h>

/* Why a value breaks its field's range or rule. */
typedef struct aluno__rule_violation {
    aluno_reason reason;
    char detail[sizeof((aluno_violation *)0)->detail]; /* "" for none; never the value itself, which may be
                                                          personal */
} aluno__rule_violation;

/* Checks an INT; true when it is fine. */
bool aluno__rule_check_int(const aluno_field_desc *field, int64_t value, aluno__rule_violation *violation);

/* Checks valid UTF-8 text and normalises it in place; true when it is fine. */
bool aluno__rule_check_text(const aluno_field_desc *field, char *text, aluno__rule_violation *violation);

/* Whether the text is a UUID in lower case. */
bool aluno__uuid_is_valid(const char *text);

/* Copies the trace id out of a W3C traceparent; false when the text is none. */
enum { ALUNO_TRACE_ID_DIGITS = 32 };
bool aluno__trace_id(const char *traceparent, char out[ALUNO_TRACE_ID_DIGITS + 1]);

#endif
