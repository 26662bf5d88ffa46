/* Stopping the Lua code that runs: by Ctrl-C, which is also noticed where lines are read, or by a deadline.
 */
#ifndef ALUNO_INTERRUPT_H
#define ALUNO_INTERRUPT_H

#include "lua_api.h"

#include <stdbool.h>

/* From now on SIGINT raises an error in the Lua code that runs in L. A second one, before interrupt_taken has
 * been asked about the first, ends the program: a call that waits for its reply cannot be stopped. */
void interrupt_catch(lua_State *L);

/* Whether SIGINT came since the last time; forgets it. */
bool interrupt_taken(void);

/* While another program has the terminal: Ctrl-C is for that one, which may go away while it is written to.
 */
void interrupt_hold(bool held);

/* Raises an error in the Lua code that runs in the state of interrupt_catch, as soon as it is at it again. A
 * signal handler may call it. */
void interrupt_raise(void);

#endif
