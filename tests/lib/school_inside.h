/* What the files behind school.h share. */
#ifndef ALUNO_TESTS_SCHOOL_INSIDE_H
#define ALUNO_TESTS_SCHOOL_INSIDE_H

#include "school.h"

/* A port of the loopback that nobody uses. */
uint16_t school_find_port(void);

/* Starts a program that the kernel kills when this one ends; its output goes to the file. */
pid_t school_spawn(const char *output, char *const arguments[]);

/* Waits for a program to end and returns its exit status, or 128 + the number of the signal that killed it;
 * what does not end in time is killed. */
int school_await(pid_t pid);

/* Shows the end of alunod's log on stderr. */
void school_print_log(const struct school *school);

/* The path of a program: what the environment's variable says, else the fallback. */
char *school_program(const char *variable, char *fallback);

#endif
