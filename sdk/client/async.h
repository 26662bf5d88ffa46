/* Started calls, for the library's own use. */
#ifndef ALUNO_CLIENT_ASYNC_H
#define ALUNO_CLIENT_ASYNC_H

#include "client.h"

/* As aluno_start; the first attempt is not made before `due_ms` (monotonic, ms). */
aluno_code aluno__start_at(aluno_client *client, int64_t due_ms, const aluno_method_desc *method,
                           const void *request, const aluno_call_options *options, aluno_completion *done,
                           void *user, aluno_pending **out, aluno_error *error);

#endif
