/* The fields of a request as the caller wrote them: `cpf`, where the contract says student.br_document. */
#ifndef ALUNO_WRITTEN_H
#define ALUNO_WRITTEN_H

#include "lua_api.h"

#include <aluno/aluno.h>

/* Sets `written` in each of that list of violations, in the error or the metadata on top of the stack: its
 * field, by the names and the nesting of the table at `index`, which was read as a message of that type. A
 * field that is not in the table has the name in the language of its other keys. */
void written_set(lua_State *L, const char *list, int index, const aluno_message_desc *type);

#endif
