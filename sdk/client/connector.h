/* The thread that keeps a client connected. */
#ifndef ALUNO_CLIENT_CONNECTOR_H
#define ALUNO_CLIENT_CONNECTOR_H

#include "connection.h"

typedef struct aluno__connector {
    aluno__connection *connection;
    pthread_t thread;
} aluno__connector;

/* Starts the thread; false when the system has no thread to give. It dials, waits until the connection is
 * lost, and dials again. Once lock->closing is set, it ends with the state SHUTDOWN. */
bool aluno__connector_start(aluno__connector *connector, aluno__connection *connection);

/* Waits, after lock->closing is set, until the socket can be closed: nng must not have dialers closed while
 * their socket is (its #1657), so the thread closes its dialer first, unless it is inside a dial, which only
 * closing the socket ends. False when it does neither in time: the resolver hangs. The caller holds the lock.
 */
bool aluno__connector_wait_closable(aluno__connector *connector, int64_t until_ms);

/* Waits for the end of the thread. */
void aluno__connector_join(aluno__connector *connector);

#endif
