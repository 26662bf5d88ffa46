/* The clock of deadlines: monotonic. */
#ifndef ALUNO_CLIENT_CLOCK_H
#define ALUNO_CLIENT_CLOCK_H

#include <stdint.h>

int64_t aluno_steady_us(void);
int64_t aluno_steady_ms(void);

/* The deadline of a timeout that begins now (steady clock, ms); INT64_MAX when it overflows. */
int64_t aluno_until(int64_t timeout_ms);

/* A random duration in [ms / 2, ms]. */
int64_t aluno_jitter(int64_t ms);

#endif
