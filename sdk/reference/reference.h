/* The outputs of aluno-reference, from the contract to stdout. main.c chooses one. */
#ifndef ALUNO_REFERENCE_H
#define ALUNO_REFERENCE_H

#include <aluno/aluno.h>

/* markdown.c: REFERENCE.md. */
void write_markdown(void);

/* declarations.c: what the headers declare by contract.def, expanded and commented, for the man pages. */
void write_declarations(void);

/* wire.c: a line for each thing that a peer relies on; and a line for each role with what it may do. */
void write_wire(void);
void write_roles(void);

/* ---- words.c: the contract's rows in English, for every output ---- */

typedef struct code_row {
    const char *name;
    int number;
} code_row;

const code_row *code_rows(size_t *count);

/* The methods of each role. */
const char *role_words(aluno_role role, aluno_language language);

/* The effect of a method on the data. */
const char *effect_words(aluno_effect effect);

/* Whether a field must be set. */
const char *presence_words(aluno_presence presence);

/* Writes what a field's value may be: its kind, its range and its rule. `nested` names the type of a nested
 * message. */
void write_value_words(const aluno_field_desc *field, const char *nested);

#endif
