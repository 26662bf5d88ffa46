/* The messages of sd_notify(3). A message that systemd does not get changes nothing here, so results are
 * ignored. */
#include "notify.h"

#include <inttypes.h>
#include <systemd/sd-daemon.h>

/* From the drain to the end of the next start: a database may be migrated meanwhile. */
static const uint64_t restart_us = 3600000000;

/* The unit's WatchdogSec stays in the environment, also of the process that execv makes. */
void notify_ready(void)
{
    uint64_t usual_us;
    sd_notify(0, "READY=1");
    if (sd_watchdog_enabled(0, &usual_us) > 0)
        sd_notifyf(0, "WATCHDOG_USEC=%" PRIu64, usual_us);
}

void notify_reloading(void)
{
    sd_notify(0, "RELOADING=1");
}

void notify_restarting(void)
{
    uint64_t usual_us;
    notify_reloading();
    if (sd_watchdog_enabled(0, &usual_us) > 0)
        sd_notifyf(0, "WATCHDOG_USEC=%" PRIu64, restart_us);
}

void notify_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

void notify_alive(void)
{
    sd_notify(0, "WATCHDOG=1");
}
