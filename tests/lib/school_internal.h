/* Functions that the school_*.c files share. */
#ifndef ALUNO_TESTS_SCHOOL_INTERNAL_H
#define ALUNO_TESTS_SCHOOL_INTERNAL_H

#include "school.h"

/* Returns a free port of the loopback. */
uint16_t school_find_port(void);

/* Starts a program that the kernel kills when this one ends. Its output is appended to the file. */
pid_t school_spawn(const char *output, char *const arguments[]);

/* Waits for a program to end, and kills it when that takes too long. Returns its exit status, or 128 + the
 * number of the signal that killed it. */
int school_wait_process(pid_t pid);

/* Prints the end of alunod's log to stderr. */
void school_print_log(const struct school *school);

/* Returns the path of a program: the environment variable's value, else the fallback. */
char *school_program(const char *variable, char *fallback);

#endif
