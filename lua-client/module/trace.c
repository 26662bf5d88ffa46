/* What a client does, for people who look for the cause of something: one line a state of the connection and
 * one an attempt. Each is written by one call, for they come from several threads. */
#include "trace.h"

#include <inttypes.h>
#include <stdio.h>

static const char *short_name(const aluno_method_desc *method)
{
    const char *slash = strrchr(method->name, '/');
    return slash == NULL ? method->name : slash + 1;
}

static void tell_attempt(void *user, const aluno_attempt *attempt)
{
    (void)user;
    const char *reason = attempt->error == NULL ? "" : attempt->error->reason;
    char retry[48] = "";
    if (attempt->retry_in_ms >= 0)
        snprintf(retry, sizeof retry, " retry_in=%" PRId64 "ms", attempt->retry_in_ms);
    fprintf(stderr, "trace: %s attempt=%" PRId64 " server=%s %s%s%s took=%.1fms%s%s%s%s\n",
            short_name(attempt->method), attempt->number, attempt->server, aluno_code_name(attempt->code),
            *reason ? "/" : "", reason, (double)attempt->took_us / 1000, retry,
            attempt->replayed ? " replayed" : "", attempt->request_id != NULL ? " request_id=" : "",
            attempt->request_id != NULL ? attempt->request_id : "");
}

static void tell_state(void *user, aluno_connection_state state, const char *server, const aluno_error *why)
{
    (void)user;
    static const char *const names[] = {"CONNECTING", "READY", "TRANSIENT_FAILURE", "SHUTDOWN"};
    fprintf(stderr, "trace: connection %s server=%s%s%s\n", names[state], server, why != NULL ? " " : "",
            why != NULL ? why->reason : "");
}

void trace_set(aluno_client_options *options)
{
    options->interceptor.after = tell_attempt;
    options->on_state = tell_state;
}
