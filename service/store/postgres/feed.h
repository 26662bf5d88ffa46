/* The feed of changes: adding to it in a change, and noticing that it has grown. */
#ifndef ALUNOD_POSTGRES_FEED_H
#define ALUNOD_POSTGRES_FEED_H

#include "session.h"

#include <pthread.h>

aluno_code feed_append(struct store_session *session, const struct feed_entry *entry, aluno_error *error);

/* The same of a student as the change left it. */
aluno_code feed_append_student(struct store_session *session, enum feed_kind kind,
                               const aluno_student *student, bool is_identity, aluno_error *error);

/* Whom to notify. */
struct feed_watch {
    pthread_mutex_t lock; /* guards what follows */
    store_feed_observer *on_feed;
    void *user;
    const atomic_size_t *waiting; /* how many wait for it; NULL: none */
    int64_t last; /* place up to which the observer was notified by a poll; of the polling thread alone */
};

void feed_watch_init(struct feed_watch *watch);
void feed_watch_free(struct feed_watch *watch);
void feed_watch_set(struct feed_watch *watch, store_feed_observer *on_feed, void *user,
                    const atomic_size_t *waiting);
void feed_watch_notify(struct feed_watch *watch, size_t entries);

/* While somebody waits, notifies when an entry can be read that none could read at the poll before. */
void feed_watch_poll(struct feed_watch *watch, struct store_session *session);

#endif
