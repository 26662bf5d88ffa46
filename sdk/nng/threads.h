/* nng's own threads. */
#ifndef ALUNO_NNG_THREADS_H
#define ALUNO_NNG_THREADS_H

#include <stddef.h>

/* The most threads that nng runs callbacks on at once. Honours the interposed sysconf of a program that has
 * it. */
size_t aluno__nng_threads(void);

#endif
