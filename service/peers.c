/* A hash table from pipe ids to peers, under one mutex. */
#include "peers.h"

#include "tls/engine.h"

#include <pthread.h>
#include <stdlib.h>

enum { BUCKETS = 1024 };

struct entry {
    struct entry *next;
    nng_pipe pipe;
    int64_t last_ms; /* when it last sent something, monotonic clock */
    aluno__tls_peer peer;
    struct caller caller; /* by the peer's certificate */
};

struct peers {
    pthread_mutex_t mutex;
    struct entry *buckets[BUCKETS];
};

struct peers *peers_new(void)
{
    struct peers *all = calloc(1, sizeof *all);
    if (all != NULL)
        pthread_mutex_init(&all->mutex, NULL);
    return all;
}

void peers_free(struct peers *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (all->buckets[i] != NULL) {
            struct entry *gone = all->buckets[i];
            all->buckets[i] = gone->next;
            free(gone);
        }
    }
    pthread_mutex_destroy(&all->mutex);
    free(all);
}

/* The link that points to the pipe's entry, or to the NULL at the end of its bucket. */
static struct entry **find(struct peers *all, nng_pipe pipe)
{
    struct entry **link = &all->buckets[(unsigned)nng_pipe_id(pipe) % BUCKETS];
    while (*link != NULL && nng_pipe_id((*link)->pipe) != nng_pipe_id(pipe))
        link = &(*link)->next;
    return link;
}

bool peers_add(struct peers *all, nng_pipe pipe, const aluno__tls_peer *peer, int64_t now_ms)
{
    struct entry *added = malloc(sizeof *added);
    if (added == NULL)
        return false;
    *added = (struct entry){.pipe = pipe, .last_ms = now_ms, .peer = *peer, .caller = access_caller(peer)};
    pthread_mutex_lock(&all->mutex);
    *find(all, pipe) = added; /* an id comes once, so this is the end of its bucket */
    pthread_mutex_unlock(&all->mutex);
    return true;
}

bool peers_touch(struct peers *all, nng_pipe pipe, struct caller *caller, int64_t now_ms)
{
    pthread_mutex_lock(&all->mutex);
    struct entry *found = *find(all, pipe);
    if (found != NULL) {
        found->last_ms = now_ms;
        *caller = found->caller;
    }
    pthread_mutex_unlock(&all->mutex);
    return found != NULL;
}

void peers_remove(struct peers *all, nng_pipe pipe)
{
    pthread_mutex_lock(&all->mutex);
    struct entry **link = find(all, pipe);
    struct entry *gone = *link;
    if (gone != NULL)
        *link = gone->next;
    pthread_mutex_unlock(&all->mutex);
    free(gone);
}

/* Which connections to close: those untrusted by `tls`, or without it those idle since before_ms. */
struct condition {
    int64_t before_ms;
    aluno__tls *tls;
};

static bool matches(const struct condition *condition, const struct entry *entry)
{
    if (condition->tls != NULL)
        return !aluno__tls_is_trusted(condition->tls, &entry->peer);
    return entry->last_ms < condition->before_ms;
}

/* Closes pipes outside the mutex, a bucket at a time: closing one calls peers_remove. An entry is removed
 * when it is picked, so it is picked once. */
static size_t close_where(struct peers *all, const struct condition *condition)
{
    size_t closed = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        struct entry *picked = NULL;
        pthread_mutex_lock(&all->mutex);
        for (struct entry **link = &all->buckets[i]; *link != NULL;) {
            struct entry *each = *link;
            if (!matches(condition, each)) {
                link = &each->next;
                continue;
            }
            *link = each->next;
            each->next = picked;
            picked = each;
        }
        pthread_mutex_unlock(&all->mutex);
        while (picked != NULL) {
            struct entry *gone = picked;
            picked = gone->next;
            nng_pipe_close(gone->pipe);
            free(gone);
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
