/* The handlers, one a method of the contract: declared from it, defined in this folder's files.
 *
 * A handler sees messages that are decoded and valid, and a session: the writer's, inside a transaction that
 * is undone when it fails, for a method that mutates; a read-only one otherwise. It fills in *reply and
 * returns ALUNO_OK, or fills in *error. */
#ifndef ALUNOD_HANDLERS_H
#define ALUNOD_HANDLERS_H

#include "call.h"

#define ALUNO_METHOD(id, wire, in, out, ...)                                                                 \
    aluno_code handle_##id(struct call *call, store_session *session, const aluno_##in *request,             \
                           aluno_##out *reply, aluno_error *error);
#include <aluno/contract.def>

#endif
