/* Makes a change exactly once, however often its request comes. */
#ifndef ALUNOD_LEDGER_H
#define ALUNOD_LEDGER_H

#include "call.h"

/* Runs the handler of a change and writes its reply. Unless it is a dry run, records the reply in the same
 * transaction. A request id that is recorded already is answered with that reply, marked `replayed`;
 * REQUEST_ID_REUSED when it was used for another request. The handler may have run in both cases: undo what
 * it did. */
aluno_code ledger_run(struct call *call, struct store_session *session);

/* Returns the error that answers a change whose commit failed with `error`. A repeat gets STORE_UNSETTLED,
 * which is written to *unsettled: `error` does not cover its earlier attempts. */
const aluno_error *ledger_commit_error(const struct call *call, const aluno_error *error,
                                       aluno_error *unsettled);

#endif
