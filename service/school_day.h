/* The school's day: the day of the calendar in the service's time zone (TZ, else /etc/localtime). Ages change
 * with it. */
#ifndef ALUNOD_SCHOOL_DAY_H
#define ALUNOD_SCHOOL_DAY_H

#include <stdint.h>

/* The day (protocol/day.h) of a moment in Unix milliseconds. */
int64_t school_day(int64_t unix_ms);

#endif
