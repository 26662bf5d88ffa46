/* The handlers, one a method of the contract: declared from it, defined in this folder's files.
 *
 * A handler gets messages that are decoded and valid, and a session: inside a transaction, which is rolled
 * back when the handler fails, for a method that mutates; a read-only one otherwise. It fills in *reply and
 * returns ALUNO_OK, or fills in *error. It may encode the elements of the reply's list by reply_add, and set
 * only the list's count. It may run again, from the start, for the same call. */
#ifndef ALUNOD_HANDLERS_H
#define ALUNOD_HANDLERS_H

#include "call.h"

#define ALUNO_METHOD(id, number, wire, in, out, ...)                                                         \
    aluno_code handle_##id(struct call *call, struct store_session *session, const aluno_##in *request,      \
                           aluno_##out *reply, aluno_error *error);
#include <aluno/contract.def>

/* Runs the handler of call->method on call->request, into call->reply. */
aluno_code handlers_run(struct call *call, struct store_session *session);

#endif
