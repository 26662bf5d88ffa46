/* The module's one clock. */
#ifndef ALUNO_LUA_CLOCK_H
#define ALUNO_LUA_CLOCK_H

/* The monotonic clock, in seconds. */
double clock_seconds(void);

#endif
