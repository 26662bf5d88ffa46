/* The Lua module `aluno`: its C half, which its Lua files know as `core`, and those files, which are built
 * in.
 *
 * The files know each other by a `require` of their own, so that a script's `require` finds `aluno` alone: a
 * file has the name of its path below lua/, client/session.lua is "client.session", and aluno/init.lua is
 * "aluno". */
#ifndef ALUNO_LUAOPEN_H
#define ALUNO_LUAOPEN_H

#include "lua_api.h"

/* The loader of `require "aluno"`; the one name that the shared object exports. */
__attribute__((visibility("default"))) int luaopen_aluno(lua_State *L);

/* Pushes the module of that name, one of the files; raises what the file raises. After luaopen_aluno. */
void luaopen_require(lua_State *L, const char *name);

/* Pushes the table of the modules that are loaded, by name. A program adds modules of its own to it. */
void luaopen_push_loaded(lua_State *L);

#endif
