/* Whether the process is a child of the one that made something: threads do not survive fork. */
#ifndef ALUNO_BASE_FORK_H
#define ALUNO_BASE_FORK_H

/* How many forks lie between the process and the one that called this first: a value kept from before a fork
 * differs from the child's. */
unsigned aluno__fork_generation(void);

#endif
