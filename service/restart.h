/* The process replaced by a fresh one of its program, under the same pid. */
#ifndef ALUNOD_RESTART_H
#define ALUNOD_RESTART_H

#include <stdbool.h>
#include <stddef.h>

/* Remembers the program's path: call it first, for an upgrade puts another file there. */
void restart_prepare(void);

/* Runs the program that is at that path now with these arguments and --check-config, at most 10 s. False,
 * with what it says in `why`, when it finds the configuration bad, cannot be run or does not end. */
bool restart_is_possible(int argc, char *const argv[], char *why, size_t size);

/* Executes it. All descriptors close but the standard ones, and those that prepare() keeps open. Returns only
 * on failure, with errno. */
void restart_now(char *const argv[], void (*prepare)(void));

#endif
