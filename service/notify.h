/* Notifies systemd that the service is ready, reloads, stops and lives. Without systemd these functions do
 * nothing. */
#ifndef NOTIFY_H
#define NOTIFY_H

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/* The process is about to execute anew, and silent for longer than WatchdogSec allows: until notify_ready, an
 * hour of silence is allowed. */
void notify_restarting(void);

/* To be called more often than the unit's WatchdogSec; systemd ends and restarts a service that stays silent.
 */
void notify_alive(void);

#endif
