/* Lua tables to messages of the contract and back, by the messages' descriptors. */
#ifndef ALUNO_CONVERT_H
#define ALUNO_CONVERT_H

#include "lua_api.h"

#include <aluno/aluno.h>

/* Reads the table at `index`, as far as it can be read, into a new message of that type, which it pushes and
 * returns. Lua owns it, so that an error raised later may jump over the message; and the larger ones are too
 * large for the stack.
 *
 * Keys are the contract's field names, in either language. A key that the message lacks, but that the message
 * in its first ONE field has, goes there: {name = "Ana"} is {student = {name = "Ana"}} to a create request.
 * *error, clear at first, gets a violation for each key that is unknown or doubled and each value that does
 * not fit its field: numbers are not taken for text, nor text for numbers. Its code is ALUNO_OK without any.
 * Either is the input of aluno_validate_read, which checks the rules. */
void *convert_read(lua_State *L, int index, const aluno_message_desc *type, aluno_error *error);

/* Pushes a table with the fields that are set; a list is always there, if only empty. It has the metatable
 * that lua/aluno/replies.lua gives to messages of that type, if there is one. */
void convert_push(lua_State *L, const aluno_message_desc *type, const void *message);

#endif
