/* Keys of ages, and ages as birth dates. */
#include "search_ages.h"

#include "protocol/day.h"

#include <string.h>

enum {
    DAYS_A_YEAR = 12 * 31,
    YEARS = 175, /* a cycle: longer than any age, which sets future birth dates apart */
    CYCLE = YEARS * DAYS_A_YEAR,
    FIRST_DAY = 0x100,
};
_Static_assert(FIRST_DAY + CYCLE <= UINT16_MAX + 1, "a key has two bytes");

/* The number of a day in the cycle. */
static unsigned cycle_of(int64_t day)
{
    const int month = aluno__day_month(day), of_month = aluno__day_of_month(day);
    return (unsigned)(aluno__day_year(day) % YEARS * DAYS_A_YEAR + (month - 1) * 31 + of_month - 1);
}

void age_keys_clear(struct age_keys *keys)
{
    memset(keys->bytes, AGE_NONE, SEGMENT_SIZE);
    memset(keys->bytes + SEGMENT_SIZE, 0, SEGMENT_SIZE);
}

void age_keys_set(struct age_keys *keys, size_t offset, sqlite3_stmt *row, int age, int birth_date)
{
    const char *born = (const char *)sqlite3_column_text(row, birth_date);
    const unsigned key =
        born != NULL ? FIRST_DAY + cycle_of(aluno__day_of(born)) : (unsigned)sqlite3_column_int(row, age);
    keys->bytes[offset] = (uint8_t)key;
    keys->bytes[SEGMENT_SIZE + offset] = (uint8_t)(key >> 8);
}

void age_keys_forget(struct age_keys *keys, size_t offset)
{
    keys->bytes[offset] = AGE_NONE;
    keys->bytes[SEGMENT_SIZE + offset] = 0;
}

/* As aluno__day_age computes it. In 16 bits and without branches, so that the compiler computes eight at
 * once. */
static inline uint8_t age_of(uint8_t low, uint8_t high, uint16_t today)
{
    const uint16_t birth = (uint16_t)((high << 8 | low) - FIRST_DAY);
    const uint16_t days = (uint16_t)(today - birth + (birth > today ? CYCLE : 0));
    const uint16_t years = (uint16_t)(days / DAYS_A_YEAR);
    const uint16_t beyond =
        years < (ALUNO_DAY_AGE_MAX + YEARS) / 2 ? ALUNO_DAY_AGE_MAX : 0; /* very old, or not born yet */
    return (uint8_t)(high == 0 ? low : years <= ALUNO_DAY_AGE_MAX ? years : beyond);
}

static void ages_of(const uint8_t *restrict bytes, uint16_t today, uint8_t *restrict ages)
{
    for (size_t i = 0; i < SEGMENT_SIZE; i++)
        ages[i] = age_of(bytes[i], bytes[SEGMENT_SIZE + i], today);
}

void age_keys_on(const struct age_keys *keys, int64_t day, uint8_t ages[SEGMENT_SIZE])
{
    if (bytes_are_zero(keys->bytes + SEGMENT_SIZE, SEGMENT_SIZE)) /* all were typed */
        memcpy(ages, keys->bytes, SEGMENT_SIZE);
    else
        ages_of(keys->bytes, (uint16_t)cycle_of(day), ages);
}

/* ---- conditions: the texts of birth dates sort as the days do ---- */

/* After every day. */
static const char never[] = "9999-99-99";

static void bind_day(sqlite3_stmt *statement, const char *parameter, int64_t day)
{
    char text[ALUNO_DAY_SIZE];
    aluno__day_write(day, text);
    sqlite3_bind_text(statement, sqlite3_bind_parameter_index(statement, parameter), text, -1,
                      SQLITE_TRANSIENT);
}

/* The search's day, `years` before it. */
static int64_t years_before(const struct store_search *search, int64_t years)
{
    return search->day - aluno__day_make(years, 0, 0);
}

void search_bind_ages(sqlite3_stmt *statement, const struct store_search *search)
{
    bind_int(statement, ":age_min", search->age_min);
    bind_int(statement, ":age_max", search->age_max);
    if (search->age_max < 0)
        bind_text(statement, ":born_first", never);
    else if (search->age_max >= ALUNO_DAY_AGE_MAX)
        bind_text(statement, ":born_first", "");
    else
        bind_day(statement, ":born_first", years_before(search, search->age_max + 1) + 1);
    if (search->age_min <= 0)
        bind_text(statement, ":born_last", never);
    else
        bind_day(statement, ":born_last", years_before(search, search->age_min));
}
