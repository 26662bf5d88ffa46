/* A watch: one call after another, each after the token that the one before has brought. */
#ifndef ALUNO_CLIENT_WATCH_H
#define ALUNO_CLIENT_WATCH_H

#include "client.h"

#include <aluno/watch.h>

struct aluno_watch {
    aluno_client *client;
    aluno_watch_students_request request; /* of the next call; `after` is where the watch stands */
    char purpose[128];                    /* "": the client's */
    int64_t wait_ms;
    int64_t pause_ms;  /* before the call that follows a failure; 0: none has failed */
    aluno__call *call; /* in progress; NULL: none */

    /* Of aluno_watch_open. */
    aluno_watch_students_reply *reply; /* the last one */
    size_t next;                       /* the change in it that comes next */
    pthread_cond_t ended;              /* the call has */

    /* Of aluno_watch_start. */
    aluno_watch_observer *observer; /* NULL: of aluno_watch_open */
    void *user;
    bool is_observing, is_closed; /* inside the observer; free it afterwards */
};

/* Makes a watch without a call. `options` may be NULL. */
aluno_code aluno__watch_new(aluno_watch **out, aluno_client *client, const aluno_watch_options *options,
                            aluno_error *error);
void aluno__watch_free(aluno_watch *watch);

/* Prepares the next call; *due_ms: not before, after a failure (monotonic, ms; 0: at once). */
void aluno__watch_prepare(aluno_watch *watch, aluno_call_options *options, int64_t *due_ms);

/* Notes how a call has ended. False: with a failure that does not pass by itself. */
bool aluno__watch_goes_on(aluno_watch *watch, aluno_code code);

/* The watch stands after that token from now on. */
void aluno__watch_set_token(aluno_watch *watch, const char *token);

/* A request that ends the call that waits at the service, where it would wait on; and its options. */
aluno_watch_students_request aluno__watch_stop(const aluno_watch *watch, aluno_call_options *options);

/* The part of aluno_watch_close that is for a watch of aluno_watch_open, and of aluno_watch_start. */
void aluno__watch_close_waiting(aluno_watch *watch);
void aluno__watch_close_observed(aluno_watch *watch);

#endif
