/* The contract's ranges and rules, by field. */
#ifndef ALUNO_PROTOCOL_RULES_H
#define ALUNO_PROTOCOL_RULES_H

#include "rule.h"

/* Checks an INT against its field's range; false with *violation when it is outside. */
bool aluno__rules_check_int(const aluno_field_desc *field, int64_t value, aluno__rule_violation *violation);

/* Checks valid UTF-8 text and normalises it in place; false with *violation when it breaks the rule. */
bool aluno__rules_check_text(const aluno_field_desc *field, char *text, aluno__rule_violation *violation);

/* Checks bytes that are to become a TEXT: no longer than the field, no NUL, UTF-8. False with *reason. */
bool aluno__rules_check_bytes(const aluno_field_desc *field, const char *bytes, size_t length,
                              aluno_reason *reason);

#endif
