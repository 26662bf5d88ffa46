/* Days of the service's time zone. */
#include "school_day.h"

#include "protocol/day.h"

#include <time.h>

int64_t school_day(int64_t unix_ms)
{
    const time_t seconds = (time_t)(unix_ms / 1000);
    struct tm local = {0};
    localtime_r(&seconds, &local);
    return aluno__day_make(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}
