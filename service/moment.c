/* Moments as text. */
#include "moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void moment_write(char text[MOMENT_SIZE], int64_t unix_ms)
{
    const time_t seconds = (time_t)(unix_ms / 1000);
    struct tm utc;
    const size_t size = strftime(text, MOMENT_SIZE, "%Y-%m-%dT%H%M%S", gmtime_r(&seconds, &utc));
    snprintf(text + size, MOMENT_SIZE - size, ".%03dZ", (int)(unix_ms % 1000));
}

bool moment_read(const char *text, int64_t *unix_ms)
{
    struct tm utc = {0};
    int ms, size = 0;
    if (sscanf(text, "%4d-%2d-%2dT%2d%2d%2d.%3dZ%n", &utc.tm_year, &utc.tm_mon, &utc.tm_mday, &utc.tm_hour,
               &utc.tm_min, &utc.tm_sec, &ms, &size) != 7 ||
        size != MOMENT_SIZE - 1)
        return false;
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    *unix_ms = (int64_t)timegm(&utc) * 1000 + ms;
    return true;
}
