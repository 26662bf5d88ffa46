/* The thread that watches whether there is a primary. Until it finds one nothing else attempts to. */
#ifndef ALUNOD_POSTGRES_MONITOR_H
#define ALUNOD_POSTGRES_MONITOR_H

#include "feed.h"

#include <pthread.h>

/* Begins as {0}. */
struct monitor {
    struct store_session session;
    atomic_bool reachable;
    atomic_llong database_bytes;
    struct feed_watch feed; /* the store's, which begins and ends it */
    int named;              /* process of PostgreSQL's that has the service's name */
    pthread_t thread;
    bool is_started, stopping;
    pthread_mutex_t lock; /* guards stopping */
    pthread_cond_t stop;
};

/* Begins with a session that is connected, and has the service's name to itself. */
aluno_code monitor_start(struct monitor *monitor, aluno_error *error);
void monitor_stop(struct monitor *monitor);

#endif
