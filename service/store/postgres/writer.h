/* The threads that make changes. Each has a connection, and makes those that wait in one transaction:
 * writer.c says how. */
#ifndef ALUNOD_POSTGRES_WRITER_H
#define ALUNOD_POSTGRES_WRITER_H

#include "feed.h"

struct store_writers;

/* Starts them; each session is as `model`. They notify the observer of `feed`. */
aluno_code writers_start(struct store_writers **out, const struct store_session *model,
                         struct feed_watch *feed, aluno_error *error);

/* Makes what is queued, and ends. NULL is allowed. */
void writers_stop(struct store_writers *writers);

/* store_submit */
aluno_code writers_submit(struct store_writers *writers, struct store_change *change, aluno_error *error);

bool writers_are_busy(struct store_writers *writers);

void writers_measure(struct store_writers *writers, struct store_measures *out);

#endif
