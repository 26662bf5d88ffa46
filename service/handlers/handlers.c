/* The handlers by method. Both tables are expanded from the contract: a method without a handler does not
 * link. */
#include "handlers.h"

#define ALUNO_METHOD(id, number, wire, in, out, ...)                                                         \
    static aluno_code run_##id(struct call *call, struct store_session *session)                             \
    {                                                                                                        \
        const aluno_##in *request = call->request;                                                           \
        return handle_##id(call, session, request, call->reply, &call->outcome->error);                      \
    }
#include <aluno/contract.def>

aluno_code handlers_run(struct call *call, struct store_session *session)
{
    static aluno_code (*const handlers[])(struct call *, struct store_session *) = {
#define ALUNO_METHOD(id, ...) [ALUNO_METHOD_##id] = run_##id,
#include <aluno/contract.def>
    };
    return handlers[call->method->id](call, session);
}
