/* grpc.health.v1.Health (github.com/grpc/grpc/blob/master/doc/health-checking.md). */
#include "handlers.h"

aluno_code handle_health_check(struct call *call, store_session *session,
                               const aluno_health_check_request *request, aluno_health_check_reply *reply,
                               aluno_error *error)
{
    (void)session, (void)request, (void)error;
    const bool serving = !atomic_load(&call->service->draining);
    ALUNO_SET_TEXT(*reply, status, serving ? "SERVING" : "NOT_SERVING");
    return ALUNO_OK;
}
