/* Two clocks: the monotonic one for deadlines, the calendar's for stored and displayed times. */
#ifndef ALUNO_BASE_CLOCK_H
#define ALUNO_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* The monotonic clock, in micro- and milliseconds. */
int64_t aluno__clock_us(void);
int64_t aluno__clock_ms(void);

/* Milliseconds since the Unix epoch. */
int64_t aluno__clock_unix_ms(void);

/* The deadline of a timeout that begins now (monotonic, ms); INT64_MAX when it overflows. */
int64_t aluno__clock_deadline(int64_t timeout_ms);

/* Converts a moment or a duration. */
struct timespec aluno__clock_timespec(int64_t ms);

/* Sleeps at least so long, unless a signal handler runs. */
void aluno__clock_sleep(int64_t ms);

/* A random duration in [ms / 2, ms]. */
int64_t aluno__clock_jitter(int64_t ms);

#endif
