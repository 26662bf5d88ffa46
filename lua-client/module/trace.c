/* A line on stderr for each state of the connection and each attempt. A line is one write, since several
 * threads write. The SDK calls these hooks on its own threads, where no Lua may run: what Lua hears of is
 * on_call, in call.c. */
#include "trace.h"
#include "schema.h"

#include <inttypes.h>
#include <stdio.h>

static void write_attempt(void *user, const aluno_attempt *attempt)
{
    (void)user;
    const char *reason = attempt->error == NULL ? "" : attempt->error->reason;
    char retry[48] = "";
    if (attempt->retry_in_ms >= 0)
        snprintf(retry, sizeof retry, " retry_in=%" PRId64 "ms", attempt->retry_in_ms);
    fprintf(stderr, "trace: %s attempt=%" PRId64 " server=%s %s%s%s took=%.1fms%s%s%s%s\n",
            schema_short_name(attempt->method), attempt->number, attempt->server,
            aluno_code_name(attempt->code), *reason ? "/" : "", reason, (double)attempt->took_us / 1000,
            retry, attempt->replayed ? " replayed" : "", attempt->request_id != NULL ? " request_id=" : "",
            attempt->request_id != NULL ? attempt->request_id : "");
}

static void write_state(void *user, aluno_connection_state state, const char *server, const aluno_error *why)
{
    (void)user;
    static const char *const names[] = {"CONNECTING", "READY", "TRANSIENT_FAILURE", "SHUTDOWN"};
    fprintf(stderr, "trace: connection %s server=%s%s%s\n", names[state], server, why != NULL ? " " : "",
            why != NULL ? why->reason : "");
}

void trace_set(aluno_client_options *options)
{
    options->interceptor.after = write_attempt;
    options->on_state = write_state;
}
