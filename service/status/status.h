/* The service, seen from outside: plain HTTP on a loopback address, for monitoring and for people. It shows
 * no personal data.
 *
 *   /          a page for people
 *   /healthz   200: the process lives
 *   /readyz    200, or 503 with the reason: whether changes can be made, as Health/Check says
 *   /metrics   all metrics, for Prometheus
 */
#ifndef ALUNOD_STATUS_STATUS_H
#define ALUNOD_STATUS_STATUS_H

#include "service.h"

struct status;

/* Listens at "127.0.0.1:9300". The service must outlive it. OPTION_INVALID, with the option --status. */
aluno_code status_start(struct status **out, const char *address, struct service *service,
                        aluno_error *error);

/* NULL is allowed. */
void status_stop(struct status *status);

#endif
