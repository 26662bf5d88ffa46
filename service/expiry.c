/* A line is due when the number of days that are left has changed. */
#include "expiry.h"

#include "log.h"

#include <inttypes.h>
#include <stdio.h>

enum { WARNING_DAYS = 30 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

const char *expiry_option(aluno__tls_file file)
{
    static const char *const options[] = {"--ca", "--cert", "--crl"};
    return options[file];
}

int64_t expiry_days(int64_t until_ms, int64_t unix_ms)
{
    const int64_t left_ms = until_ms - unix_ms;
    return left_ms >= 0 ? left_ms / day_ms : (left_ms + 1) / day_ms - 1;
}

void expiry_begin(struct expiry *expiry)
{
    for (size_t i = 0; i < ALUNO_TLS_FILES; i++)
        expiry->logged[i] = INT64_MAX;
}

static void log_file(aluno__tls_file file, int64_t days_left)
{
    char days[24];
    const bool has_ended = days_left < 0;
    snprintf(days, sizeof days, "%" PRId64, has_ended ? -1 - days_left : days_left);
    log_line(has_ended ? LOG_ERROR : LOG_WARN,
             has_ended ? "A file for TLS has ended: everybody is refused. Renew it and send SIGHUP."
                       : "A file for TLS ends soon: renew it and send SIGHUP.",
             "file", expiry_option(file), has_ended ? "days_ago" : "days_left", days, NULL);
}

void expiry_log(struct expiry *expiry, aluno__tls *tls, int64_t unix_ms)
{
    for (aluno__tls_file file = ALUNO_TLS_CA; file < ALUNO_TLS_FILES; file++) {
        const int64_t end_ms = aluno__tls_validity_of(tls, file).to_ms;
        const int64_t days_left = expiry_days(end_ms, unix_ms);
        if (end_ms == 0 || days_left >= WARNING_DAYS || days_left == expiry->logged[file])
            continue;
        expiry->logged[file] = days_left;
        log_file(file, days_left);
    }
}
