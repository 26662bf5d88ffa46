/* Stops the Lua code that runs: by Ctrl-C, which lines that are being read notice too, or after a time. */
#ifndef ALUNO_INTERRUPT_H
#define ALUNO_INTERRUPT_H

#include "lua_api.h"

#include <stdbool.h>

/* From now on SIGINT raises an error in the Lua code that runs in L. A second SIGINT, before interrupt_taken
 * has returned the first, ends the program, unless interrupt_persist was called. */
void interrupt_catch(lua_State *L);

/* From now on no SIGINT ends the program: the prompt of a terminal survives any number of them. */
void interrupt_persist(void);

/* Whether SIGINT came since interrupt_taken; does not forget it. */
bool interrupt_pending(void);

/* Whether SIGINT came since the last time; forgets it. */
bool interrupt_taken(void);

/* While a pager runs, SIGINT and SIGPIPE are ignored: Ctrl-C is for the pager, which may end while it is
 * written to. */
void interrupt_hold(bool held);

/* After that many seconds raises an error in the Lua code of interrupt_catch, which closes its <close>
 * variables. Code that continues (it caught the error, or a call or a coroutine delays it) ends the program
 * two seconds later: `message` is written to stderr, and the exit code is EXIT_UNAVAILABLE. The message must
 * live as long as the program. */
void deadline_set(double seconds, const char *message);

/* Stops the timer, when the Lua code has ended. Returns true, after writing the message, if the time passed.
 */
bool deadline_end(void);

#endif
