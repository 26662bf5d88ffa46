/* The metrics in Prometheus' text format, version 0.0.4. */
#ifndef ALUNOD_STATUS_EXPOSITION_H
#define ALUNOD_STATUS_EXPOSITION_H

#include "base/buffer.h"
#include "service.h"

#define EXPOSITION_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Appends all metrics. */
void exposition_write(struct service *service, struct store_session *session, aluno__buffer *out);

#endif
