/* The program that made a call, for the log. */
#ifndef ALUNOD_USER_AGENT_H
#define ALUNOD_USER_AGENT_H

#include <aluno/messages.h>

enum { USER_AGENT_SIZE = sizeof(((aluno_request_metadata *)0)->user_agent) };

/* Writes the user agent to out in a form that the log may hold, and returns out; NULL when there is none. The
 * caller wrote it: control characters and `@` become `_`, and of a text with more digits than a version has,
 * perhaps somebody's CPF, the digits become `#`. */
const char *user_agent_clean(const aluno_request_metadata *metadata, char out[USER_AGENT_SIZE]);

#endif
