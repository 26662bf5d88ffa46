/* Reads periods. */
#include "period.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int64_t unit_of(const char *ending, int64_t number)
{
    static const struct {
        const char *ending;
        int64_t ms;
    } units[] = {{"s", 1000}, {"m", 60 * 1000}, {"h", 60 * 60 * 1000}, {"d", PERIOD_DAY_MS}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(ending, units[i].ending) == 0)
            return units[i].ms;
    return *ending == '\0' && number == 0 ? 1 : 0;
}

bool period_read(const char *text, int64_t *ms)
{
    char *end;
    errno = 0;
    const int64_t number = strtoll(text, &end, 10);
    const int64_t unit = unit_of(end, number);
    if (!isdigit((unsigned char)*text) || errno != 0 || unit == 0 || number > INT64_MAX / unit)
        return false;
    *ms = number * unit;
    return true;
}
