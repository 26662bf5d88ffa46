/* A hash table from pipe ids to peers, and the accounts of their certificates, under one mutex. */
#include "peers.h"

#include "protocol/error.h"
#include "tls/engine.h"

#include <pthread.h>
#include <stdlib.h>

enum { BUCKETS = 1024 };

struct peer {
    struct peer *next;
    nng_pipe pipe;
    atomic_size_t references; /* one while the connection is open, and one a call; from 0 it never grows */
    atomic_bool gone;
    int64_t last_ms; /* when it last sent something, monotonic clock */
    aluno__tls_peer identity;
    struct caller caller; /* by the certificate */
};

struct peers {
    struct limits *limits;
    pthread_mutex_t mutex; /* guards: */
    struct peer *buckets[BUCKETS];
    struct accounts accounts;
};

struct peers *peers_new(struct limits *limits)
{
    struct peers *all = calloc(1, sizeof *all);
    if (all == NULL)
        return NULL;
    pthread_mutex_init(&all->mutex, NULL);
    all->limits = limits;
    return all;
}

/* The link that points to the pipe's peer, or to the NULL at the end of its bucket. */
static struct peer **find(struct peers *all, nng_pipe pipe)
{
    struct peer **link = &all->buckets[(unsigned)nng_pipe_id(pipe) % BUCKETS];
    while (*link != NULL && nng_pipe_id((*link)->pipe) != nng_pipe_id(pipe))
        link = &(*link)->next;
    return link;
}

static void release(struct peers *all, struct peer *peer)
{
    if (peer == NULL || atomic_fetch_sub(&peer->references, 1) != 1)
        return;
    pthread_mutex_lock(&all->mutex);
    accounts_leave(&all->accounts, peer->caller.account);
    pthread_mutex_unlock(&all->mutex);
    free(peer);
}

/* Takes the peer out of the table, which holds the mutex. The caller releases it. */
static struct peer *take_out(struct peer **link)
{
    struct peer *gone = *link;
    if (gone == NULL)
        return NULL;
    *link = gone->next;
    gone->caller.account->connections--;
    atomic_store(&gone->gone, true);
    return gone;
}

void peers_free(struct peers *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (all->buckets[i] != NULL)
            release(all, take_out(&all->buckets[i]));
    pthread_mutex_destroy(&all->mutex);
    free(all);
}

/* ---- one connection ---- */

static aluno_code join(struct peers *all, struct peer *peer, aluno_error *error)
{
    struct account *account = accounts_join(&all->accounts, peer->identity.fingerprint);
    if (account == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    peer->caller.account = account;
    if (account->connections > (size_t)all->limits->most[LIMIT_certificate_connections]) {
        account->connections--;
        accounts_leave(&all->accounts, account);
        return account_refuse(all->limits, LIMIT_certificate_connections, error);
    }
    *find(all, peer->pipe) = peer; /* an id comes once, so this is the end of its bucket */
    return ALUNO_OK;
}

aluno_code peers_add(struct peers *all, nng_pipe pipe, const aluno__tls_peer *identity, int64_t now_ms,
                     aluno_error *error)
{
    struct peer *added = calloc(1, sizeof *added);
    if (added == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    added->pipe = pipe;
    added->last_ms = now_ms;
    added->identity = *identity;
    added->caller = access_caller(identity);
    added->caller.gone = &added->gone;
    atomic_init(&added->references, 1);
    pthread_mutex_lock(&all->mutex);
    const aluno_code code = join(all, added, error);
    pthread_mutex_unlock(&all->mutex);
    if (code != ALUNO_OK)
        free(added);
    return code;
}

struct peer *peers_begin_call(struct peers *all, nng_pipe pipe, size_t bytes, int64_t now_ms)
{
    pthread_mutex_lock(&all->mutex);
    struct peer *found = *find(all, pipe);
    if (found != NULL) {
        found->last_ms = now_ms;
        atomic_fetch_add(&found->references, 1);
    }
    pthread_mutex_unlock(&all->mutex);
    if (found != NULL)
        account_begin_call(found->caller.account, bytes);
    return found;
}

void peers_end_call(struct peers *all, struct peer *peer, size_t bytes)
{
    account_end_call(peer->caller.account, bytes);
    release(all, peer);
}

const struct caller *peer_caller(const struct peer *peer)
{
    return &peer->caller;
}

void peers_remove(struct peers *all, nng_pipe pipe)
{
    pthread_mutex_lock(&all->mutex);
    struct peer *gone = take_out(find(all, pipe));
    pthread_mutex_unlock(&all->mutex);
    release(all, gone);
}

/* ---- closing ---- */

/* Which connections to close: those untrusted by `tls`, or without it those idle since before_ms. */
struct condition {
    int64_t before_ms;
    aluno__tls *tls;
};

static bool matches(const struct condition *condition, const struct peer *peer)
{
    if (condition->tls != NULL)
        return !aluno__tls_is_trusted(condition->tls, &peer->identity);
    return peer->last_ms < condition->before_ms;
}

/* Takes the matching peers of a bucket out of the table, so that each is picked once. */
static struct peer *pick(struct peer **bucket, const struct condition *condition)
{
    struct peer *picked = NULL;
    for (struct peer **link = bucket; *link != NULL;) {
        if (!matches(condition, *link)) {
            link = &(*link)->next;
            continue;
        }
        struct peer *gone = take_out(link);
        gone->next = picked;
        picked = gone;
    }
    return picked;
}

/* Closes pipes outside the mutex, a bucket at a time: closing one calls peers_remove. */
static size_t close_where(struct peers *all, const struct condition *condition)
{
    size_t closed = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        pthread_mutex_lock(&all->mutex);
        struct peer *picked = pick(&all->buckets[i], condition);
        pthread_mutex_unlock(&all->mutex);
        while (picked != NULL) {
            struct peer *gone = picked;
            picked = gone->next;
            nng_pipe_close(gone->pipe);
            release(all, gone);
            closed++;
        }
    }
    return closed;
}

size_t peers_close_untrusted(struct peers *all, aluno__tls *tls)
{
    return close_where(all, &(struct condition){.tls = tls});
}

size_t peers_close_idle(struct peers *all, int64_t before_ms)
{
    return close_where(all, &(struct condition){.before_ms = before_ms});
}
