/* Days as text, and the rule of birth dates. Whether a date is plausible is for the service, whose clock
 * counts. */
#include "day.h"

#include "rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_day(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leaps = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] + (month == 2 && leaps);
}

int64_t aluno__day_read(const char *text, bool *exists)
{
    static const char space[] = " \t";
    char first[5], month[3], last[5], between[2];
    text += strspn(text, space);
    size_t length = strlen(text);
    while (length > 0 && strchr(space, text[length - 1]) != NULL)
        length--;
    int end = 0;
    if (sscanf(text, "%4[0-9]%1[-/.]%2[0-9]%*1[-/.]%4[0-9]%n", first, between, month, last, &end) != 4 ||
        (size_t)end != length)
        return 0;
    const bool year_first = strlen(first) == 4 && strlen(last) <= 2;
    if (!year_first && (strlen(last) != 4 || strlen(first) > 2))
        return 0;
    const int year = atoi(year_first ? first : last), day = atoi(year_first ? last : first);
    *exists = is_day(year, atoi(month), day);
    return aluno__day_make(year, atoi(month), day);
}

void aluno__day_write(int64_t day, char text[ALUNO_DAY_SIZE])
{
    snprintf(text, ALUNO_DAY_SIZE, "%04u-%02u-%02u", (unsigned)aluno__day_year(day) % 10000,
             (unsigned)aluno__day_month(day) % 100, (unsigned)aluno__day_of_month(day) % 100);
}

bool aluno__rule_birth_date(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    bool exists = false;
    const int64_t day = aluno__day_read(text, &exists);
    if (day == 0 && !exists)
        return aluno__rule_refuse(violation, ALUNO_REASON_BIRTH_DATE_INVALID);
    if (!exists)
        return aluno__rule_refuse(violation, ALUNO_REASON_BIRTH_DATE_UNKNOWN);
    aluno__day_write(day, text);
    return true;
}
