/* The threads that change the database, one at a time. */
#ifndef ALUNOD_STORE_WRITER_H
#define ALUNOD_STORE_WRITER_H

#include "store/store.h"

/* How many changes may wait; beyond it, BUSY. */
enum { WRITER_QUEUE_MAX = 4096 };

struct store_writer;

/* Starts the threads, which alone use the session until writer_stop, with those that call writer_make. */
aluno_code writer_start(struct store_writer **out, struct store_session *session, aluno_error *error);

/* Implements store_submit. */
aluno_code writer_submit(struct store_writer *writer, struct store_change *change, aluno_error *error);

/* Implements store_make. */
bool writer_make(struct store_writer *writer, struct store_change *change);

/* Call it every second or so: moves the log of an idle writer into the database. */
void writer_tick(struct store_writer *writer);

/* Implements store_empty_log. */
bool writer_empty_log(struct store_writer *writer, int64_t deadline_ms);

/* Implements store_is_changing. */
bool writer_is_busy(struct store_writer *writer);

/* The writer's part of store_measure. */
void writer_measure(struct store_writer *writer, struct store_measures *out);

/* Carries out the queued changes and ends the threads. */
void writer_stop(struct store_writer *writer);

#endif
