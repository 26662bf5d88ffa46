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
    size_t count;
    size_t roleless; /* connections of certificates without a role */
};

static atomic_uint_fast64_t numbers; /* of callers: the last one given */

static bool has_role(const struct peer *peer)
{
    return peer->caller.role != ALUNO_ROLE_none;
}

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
static struct peer *take_out(struct peers *all, struct peer **link)
{
    struct peer *gone = *link;
    if (gone == NULL)
        return NULL;
    *link = gone->next;
    gone->caller.account->connections--;
    all->count--;
    all->roleless -= !has_role(gone);
    atomic_store(&gone->gone, true);
    return gone;
}

void peers_free(struct peers *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (all->buckets[i] != NULL)
            release(all, take_out(all, &all->buckets[i]));
    accounts_free(&all->accounts);
    pthread_mutex_destroy(&all->mutex);
    free(all);
}

/* ---- one connection ---- */

/* The limit that forbids another connection of the account; LIMIT_COUNT: none does. */
static enum limit full(const struct peers *all, const struct account *account, bool with_role)
{
    const int64_t *most = all->limits->most;
    const enum limit own = with_role ? LIMIT_certificate_connections : LIMIT_roleless_certificate_connections;
    if (account->connections >= (size_t)most[own])
        return own;
    return !with_role && all->roleless >= (size_t)most[LIMIT_roleless_connections]
               ? LIMIT_roleless_connections
               : LIMIT_COUNT;
}

static aluno_code join(struct peers *all, struct peer *peer, aluno_error *error)
{
    struct account *account = accounts_join(&all->accounts, peer->identity.fingerprint, !has_role(peer));
    if (account == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    const enum limit reached = full(all, account, has_role(peer));
    if (reached != LIMIT_COUNT) {
        accounts_leave(&all->accounts, account);
        return account_refuse(all->limits, reached, error);
    }
    peer->caller.account = account;
    account->connections++;
    all->count++;
    all->roleless += !has_role(peer);
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
    added->caller.number = atomic_fetch_add(&numbers, 1) + 1;
    added->caller.identity = &added->identity;
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

void peers_end_call(struct peers *all, struct peer *peer, size_t bytes, bool is_watch)
{
    account_end_call(peer->caller.account, bytes, is_watch);
    release(all, peer);
}

const struct caller *peer_caller(const struct peer *peer)
{
    return &peer->caller;
}

void peers_remove(struct peers *all, nng_pipe pipe)
{
    pthread_mutex_lock(&all->mutex);
    struct peer *gone = take_out(all, find(all, pipe));
    pthread_mutex_unlock(&all->mutex);
    release(all, gone);
}

/* ---- closing ---- */

/* Which connections to close. */
struct condition {
    bool (*holds)(const struct condition *condition, const struct peer *peer);
    struct limits *limits;
    int64_t now_ms, now_unix_ms;
    aluno__tls *tls;
};

static bool is_untrusted(const struct condition *condition, const struct peer *peer)
{
    return !aluno__tls_is_trusted(condition->tls, &peer->identity);
}

static bool is_idle(const struct condition *condition, const struct peer *peer)
{
    const enum limit which = has_role(peer) ? LIMIT_idle_ms : LIMIT_roleless_idle_ms;
    const bool in_call = atomic_load(&peer->references) > 1;
    const bool idle = !in_call && condition->now_ms - peer->last_ms > condition->limits->most[which];
    if (idle)
        limits_reach(condition->limits, which);
    return idle;
}

static bool has_ended(const struct condition *condition, const struct peer *peer)
{
    return peer->identity.not_after_ms < condition->now_unix_ms || is_idle(condition, peer);
}

/* Takes the matching peers of a bucket out of the table, so that each is picked once. */
static struct peer *pick(struct peers *all, struct peer **bucket, const struct condition *condition)
{
    struct peer *picked = NULL;
    for (struct peer **link = bucket; *link != NULL;) {
        if (!condition->holds(condition, *link)) {
            link = &(*link)->next;
            continue;
        }
        struct peer *gone = take_out(all, link);
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
        struct peer *picked = pick(all, &all->buckets[i], condition);
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

size_t peers_count(struct peers *all)
{
    pthread_mutex_lock(&all->mutex);
    const size_t count = all->count;
    pthread_mutex_unlock(&all->mutex);
    return count;
}

size_t peers_close_untrusted(struct peers *all, aluno__tls *tls)
{
    return close_where(all, &(struct condition){.holds = is_untrusted, .tls = tls});
}

size_t peers_close_ended(struct peers *all, int64_t now_ms, int64_t now_unix_ms)
{
    const struct condition condition = {
        .holds = has_ended, .limits = all->limits, .now_ms = now_ms, .now_unix_ms = now_unix_ms};
    return close_where(all, &condition);
}
