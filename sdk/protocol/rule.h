/* The rules of contract.def, a function each. A row without its function does not link. */
#ifndef ALUNO_PROTOCOL_RULE_H
#define ALUNO_PROTOCOL_RULE_H

#include <aluno/schema.h>

/* The violation of a field's range or rule. */
typedef struct aluno__rule_violation {
    aluno_reason reason;
    char detail[sizeof((aluno_violation *)0)->detail]; /* "" for none; never the value, which may be personal
                                                        */
} aluno__rule_violation;

/* Sets the reason, without a detail, and returns false. */
static inline bool aluno__rule_refuse(aluno__rule_violation *violation, aluno_reason reason)
{
    violation->reason = reason;
    violation->detail[0] = '\0';
    return false;
}

/* aluno__rule_name, aluno__rule_cpf …: validates UTF-8 text and normalises it in place; false with *violation
 * when the text breaks the rule. */
#define ALUNO_RULE(name, ...)                                                                                \
    bool aluno__rule_##name(const aluno_field_desc *field, char *text, aluno__rule_violation *violation);
#include <aluno/contract.def>

#endif
