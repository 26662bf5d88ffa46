/* The one thread that changes the database. */
#ifndef ALUNOD_STORE_WRITER_H
#define ALUNOD_STORE_WRITER_H

#include "store/store.h"

/* How many changes may wait; beyond it, BUSY. */
#define WRITER_QUEUE_MAX 4096

typedef struct store_writer store_writer;

/* Starts the thread; until it is stopped it alone uses the session. */
aluno_code writer_start(store_writer **out, store_session *session, aluno_error *error);

/* store_submit says what it does. */
aluno_code writer_submit(store_writer *writer, store_change *change, aluno_error *error);

/* Carries out what waits, then ends the thread. */
void writer_stop(store_writer *writer);

#endif
