/* Days of the calendar as numbers: year << 9 | month << 5 | day. Numbers of days compare as the days do, and
 * the difference of two of them, >> 9, is how many whole years lie between. 0 is no day. */
#ifndef ALUNO_PROTOCOL_DAY_H
#define ALUNO_PROTOCOL_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ALUNO_DAY_SIZE = 11 /* "2010-03-05" */, ALUNO_DAY_AGE_MAX = 150 };

static inline int64_t aluno__day_make(int64_t year, int64_t month, int64_t day)
{
    return year << 9 | month << 5 | day;
}

static inline int aluno__day_year(int64_t day)
{
    return (int)(day >> 9);
}

static inline int aluno__day_month(int64_t day)
{
    return (int)(day >> 5 & 15);
}

static inline int aluno__day_of_month(int64_t day)
{
    return (int)(day & 31);
}

/* Whole years from one day to another; who was born on 29 February is a year older on 1 March where the year
 * lacks it. Negative when `to` comes first. */
static inline int64_t aluno__day_years(int64_t from, int64_t to)
{
    return to >= from ? (to - from) >> 9 : -1;
}

/* The age on a day of who was born on another: whole years, from 0 (not born yet, too) to ALUNO_DAY_AGE_MAX.
 */
static inline int64_t aluno__day_age(int64_t birth, int64_t day)
{
    const int64_t years = aluno__day_years(birth, day);
    if (years < 0)
        return 0;
    return years < ALUNO_DAY_AGE_MAX ? years : ALUNO_DAY_AGE_MAX;
}

/* The day of a text as aluno__day_write writes it. */
static inline int64_t aluno__day_of(const char *text)
{
    int64_t numbers[3] = {0};
    for (size_t i = 0; i < 10; i++)
        if (text[i] != '-')
            numbers[(i > 4) + (i > 7)] = numbers[(i > 4) + (i > 7)] * 10 + (text[i] - '0');
    return aluno__day_make(numbers[0], numbers[1], numbers[2]);
}

/* Reads "5/3/2010", "05/03/2010" or "2010-03-05", with -, / or . between the numbers and white space around.
 * 0 when the text is none of these; *exists: whether the calendar has the day. */
int64_t aluno__day_read(const char *text, bool *exists);

/* Writes it as "2010-03-05". */
void aluno__day_write(int64_t day, char text[ALUNO_DAY_SIZE]);

#endif
