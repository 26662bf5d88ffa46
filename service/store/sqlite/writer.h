/* The one thread that changes the database. */
#ifndef ALUNOD_STORE_WRITER_H
#define ALUNOD_STORE_WRITER_H

#include "store/store.h"

/* How many changes may wait; beyond it, BUSY. */
enum { WRITER_QUEUE_MAX = 4096 };

typedef struct store_writer store_writer;

/* Starts the thread, which alone uses the session until writer_stop. */
aluno_code writer_start(store_writer **out, store_session *session, aluno_error *error);

/* Implements store_submit. */
aluno_code writer_submit(store_writer *writer, store_change *change, aluno_error *error);

/* Carries out the queued changes and ends the thread. */
void writer_stop(store_writer *writer);

#endif
