/* --max-time: how long a script may run. */
#ifndef ALUNO_DEADLINE_H
#define ALUNO_DEADLINE_H

#include <stdbool.h>

/* Lets the Lua code of interrupt_catch run for that many seconds, and then raises an error in it, which
 * closes its <close> variables. Code that goes on nevertheless (it caught the error, or a call or a coroutine
 * holds it) ends the program two seconds later: `message` is written to stderr, and the exit code is
 * EXIT_UNAVAILABLE. The message must live as long as the program. */
void deadline_set(double seconds, const char *message);

/* Whether the time has passed. */
bool deadline_passed(void);

/* The Lua code has ended. True, after writing the message, when the time had passed before. */
bool deadline_end(void);

#endif
