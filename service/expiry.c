/* Logs how many days are left. */
#include "expiry.h"

#include "base/clock.h"
#include "log.h"

#include <inttypes.h>
#include <stdio.h>

enum { WARNING_DAYS = 14, HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };

static void warn_of(const char *option, int64_t expires_ms)
{
    const int64_t left_ms = expires_ms - aluno__clock_unix_ms();
    char days[24];
    if (expires_ms == 0 || left_ms > (int64_t)WARNING_DAYS * DAY_MS)
        return;
    snprintf(days, sizeof days, "%" PRId64, left_ms / DAY_MS);
    log_line(LOG_WARN, "A file for TLS ends soon: renew it and send SIGHUP.", "file", option, "days_left",
             days, NULL);
}

void expiry_warn(struct expiry *expiry, aluno__tls *tls)
{
    const int64_t now_ms = aluno__clock_ms();
    if (expiry->warned_ms != 0 && now_ms - expiry->warned_ms <= HOUR_MS)
        return;
    expiry->warned_ms = now_ms;
    warn_of("--cert", aluno__tls_not_after_ms(tls));
    warn_of("--crl", aluno__tls_crl_next_update_ms(tls));
}
