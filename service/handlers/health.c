/* grpc.health.v1.Health (github.com/grpc/grpc/blob/master/doc/health-checking.md). */
#include "handlers.h"

#include "protocol/error.h"

/* Whether the contract has a method of that service, such as "aluno.v1.StudentService". */
static bool is_served(const char *service)
{
    const size_t length = strlen(service);
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const char *name = aluno_method_of((aluno_method_id)i)->name;
        if (strncmp(name, service, length) == 0 && name[length] == '/')
            return true;
    }
    return false;
}

aluno_code handle_health_check(struct call *call, struct store_session *session,
                               const aluno_health_check_request *request, aluno_health_check_reply *reply,
                               aluno_error *error)
{
    (void)session;
    if (request->has.service && *request->service != '\0' && !is_served(request->service))
        return aluno__error_set(error, ALUNO_REASON_SERVICE_UNKNOWN, NULL);
    const bool serving = !atomic_load(&call->service->draining);
    ALUNO_SET_TEXT(*reply, status, serving ? "SERVING" : "NOT_SERVING");
    return ALUNO_OK;
}
