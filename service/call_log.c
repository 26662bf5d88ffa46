/* The line has enough to find a call again, and nothing of anybody. */
#include "call_log.h"

#include "base/clock.h"
#include "log.h"
#include "refusals.h"
#include "user_agent.h"

#include "protocol/identifiers.h"

#include <inttypes.h>
#include <stdio.h>

/* The ids of a call; NULL where the caller's text is no id, because it may be personal. */
static const char *request_id_of(const aluno_request_metadata *metadata)
{
    return metadata->has.request_id && aluno__uuid_is_valid(metadata->request_id) ? metadata->request_id
                                                                                  : NULL;
}

static const char *trace_of(const aluno_request_metadata *metadata, char out[ALUNO_TRACE_ID_DIGITS + 1])
{
    return metadata->has.traceparent && aluno__trace_id(metadata->traceparent, out) ? out : NULL;
}

static enum log_level level_of(const struct call *call)
{
    const aluno_code code = call->outcome->code;
    if (call->is_silent)
        return LOG_DEBUG;
    return code == ALUNO_INTERNAL || code == ALUNO_DATA_LOSS ? LOG_ERROR : LOG_INFO;
}

void call_log(const struct call *call)
{
    char event[64] = "Call refused.", took[24], trace[ALUNO_TRACE_ID_DIGITS + 1], agent[USER_AGENT_SIZE];
    const aluno_request_metadata *metadata = &call->envelope.metadata;
    const struct outcome *outcome = call->outcome;
    const bool done = outcome->code == ALUNO_OK;
    if (done && call->method->effect == ALUNO_READS)
        return;
    if (!done && !refusals_admit(outcome->error.reason, "caller", call->caller.name))
        return;
    if (done)
        snprintf(event, sizeof event, "Ação %s %s.", call->method->verb[ALUNO_PT],
                 outcome->metadata.has.validate_only ? "validada" : "executada");
    snprintf(took, sizeof took, "%" PRId64, (aluno__clock_us() - call->arrived_us) / 1000);
    log_line(level_of(call), event, "method", call->method == NULL ? "?" : call->method->name, "user_agent",
             user_agent_clean(metadata, agent), "caller", call->caller.name, "code",
             aluno_code_name(outcome->code), "reason", done ? NULL : outcome->error.reason, "ms", took,
             "request_id", request_id_of(metadata), "trace", trace_of(metadata, trace), NULL);
}
