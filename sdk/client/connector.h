/* The thread that keeps a client connected. */
#ifndef ALUNO_CLIENT_CONNECTOR_H
#define ALUNO_CLIENT_CONNECTOR_H

#include "connection.h"

typedef struct aluno__connector {
    pthread_t thread;
} aluno__connector;

/* Starts the thread; false when the system has no thread to give. It dials, waits until the connection is
 * lost, and dials again. Once lock->closing is set, it ends with the state SHUTDOWN. */
bool aluno__connector_start(aluno__connector *connector, aluno__connection *connection);

/* Waits for the end of the thread. */
void aluno__connector_join(aluno__connector *connector);

#endif
