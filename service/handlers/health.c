/* grpc.health.v1.Health (github.com/grpc/grpc/blob/master/doc/health-checking.md). */
#include "handlers.h"

#include "protocol/error.h"

#include <string.h>

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

/* Without changes the service as a whole does not serve, though reads go on. */
static bool needs_changes(const aluno_health_check_request *request)
{
    return !request->has.service || *request->service == '\0' ||
           strcmp(request->service, "aluno.v1.StudentService") == 0;
}

static aluno_code check(struct service *service, const aluno_health_check_request *request,
                        aluno_error *problem)
{
    const bool concerns_all = needs_changes(request) || atomic_load(&service->draining);
    return concerns_all ? service_health(service, problem) : ALUNO_OK;
}

aluno_code handle_health_check(struct call *call, struct store_session *session,
                               const aluno_health_check_request *request, aluno_health_check_reply *reply,
                               aluno_error *error)
{
    (void)session;
    if (request->has.service && *request->service != '\0' && !is_served(request->service))
        return aluno__error_set(error, ALUNO_REASON_SERVICE_UNKNOWN, NULL);
    aluno_error problem;
    const aluno_code code = check(call->service, request, &problem);
    ALUNO_SET_TEXT(*reply, status, code == ALUNO_OK ? "SERVING" : "NOT_SERVING");
    if (code != ALUNO_OK)
        ALUNO_SET_TEXT(*reply, reason, problem.reason);
    return ALUNO_OK;
}
