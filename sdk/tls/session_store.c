/* A hash table with a list of its entries by age. Keys are random, or hashes, and never of a peer's choice:
 * their first byte is hash enough. */
#include "session_store.h"

#include "base/memory.h"

#include <pthread.h>
#include <string.h>

enum { BUCKETS = 256 };

typedef struct entry {
    struct entry *next;            /* in its bucket */
    struct entry *older, *younger; /* by age */
    uint8_t key[ALUNO_TLS_SESSION_KEY];
    aluno__tls_session session; /* allocated without the bytes that it does not use: last */
} entry;

struct aluno__tls_session_store {
    size_t most;
    pthread_mutex_t lock; /* guards: */
    size_t count;
    entry *oldest, *youngest;
    entry *buckets[BUCKETS];
};

static size_t session_size(const aluno__tls_session *session)
{
    return offsetof(aluno__tls_session, bytes) + session->size;
}

static entry **find(aluno__tls_session_store *store, const uint8_t *key)
{
    entry **link = &store->buckets[key[0]];
    while (*link != NULL && memcmp((*link)->key, key, ALUNO_TLS_SESSION_KEY) != 0)
        link = &(*link)->next;
    return link;
}

static void drop(aluno__tls_session_store *store, const uint8_t *key)
{
    entry **link = find(store, key), *gone = *link;
    if (gone == NULL)
        return;
    *link = gone->next;
    *(gone->older != NULL ? &gone->older->younger : &store->oldest) = gone->younger;
    *(gone->younger != NULL ? &gone->younger->older : &store->youngest) = gone->older;
    store->count--;
    explicit_bzero(&gone->session, session_size(&gone->session));
    aluno__free(gone);
}

static void add(aluno__tls_session_store *store, entry *added)
{
    *find(store, added->key) = added;
    added->older = store->youngest;
    *(added->older != NULL ? &added->older->younger : &store->oldest) = added;
    store->youngest = added;
    store->count++;
}

aluno__tls_session_store *aluno__tls_session_store_new(size_t most)
{
    aluno__tls_session_store *store = aluno__calloc(sizeof *store);
    if (store == NULL)
        return NULL;
    store->most = most;
    pthread_mutex_init(&store->lock, NULL);
    return store;
}

void aluno__tls_session_store_free(aluno__tls_session_store *store)
{
    if (store == NULL)
        return;
    while (store->oldest != NULL)
        drop(store, store->oldest->key);
    pthread_mutex_destroy(&store->lock);
    aluno__free(store);
}

bool aluno__tls_session_store_put(aluno__tls_session_store *store, const uint8_t key[ALUNO_TLS_SESSION_KEY],
                                  const aluno__tls_session *session)
{
    entry *added = aluno__malloc(offsetof(entry, session) + session_size(session));
    if (added == NULL)
        return false;
    memset(added, 0, offsetof(entry, session));
    memcpy(added->key, key, sizeof added->key);
    memcpy(&added->session, session, session_size(session));
    pthread_mutex_lock(&store->lock);
    drop(store, key);
    if (store->count >= store->most)
        drop(store, store->oldest->key);
    add(store, added);
    pthread_mutex_unlock(&store->lock);
    return true;
}

bool aluno__tls_session_store_find(aluno__tls_session_store *store, const uint8_t key[ALUNO_TLS_SESSION_KEY],
                                   int64_t now_ms, aluno__tls_session *out)
{
    pthread_mutex_lock(&store->lock);
    const entry *found = *find(store, key);
    const bool usable =
        found != NULL && found->session.since_ms <= now_ms && now_ms < found->session.until_ms;
    if (usable)
        memcpy(out, &found->session, session_size(&found->session));
    pthread_mutex_unlock(&store->lock);
    return usable;
}

void aluno__tls_session_store_remove(aluno__tls_session_store *store,
                                     const uint8_t key[ALUNO_TLS_SESSION_KEY])
{
    pthread_mutex_lock(&store->lock);
    drop(store, key);
    pthread_mutex_unlock(&store->lock);
}

void aluno__tls_session_store_expire(aluno__tls_session_store *store, int64_t now_ms)
{
    pthread_mutex_lock(&store->lock);
    for (entry *each = store->oldest, *younger; each != NULL; each = younger) {
        younger = each->younger;
        if (each->session.until_ms <= now_ms)
            drop(store, each->key);
    }
    pthread_mutex_unlock(&store->lock);
}

size_t aluno__tls_session_store_count(aluno__tls_session_store *store)
{
    pthread_mutex_lock(&store->lock);
    const size_t count = store->count;
    pthread_mutex_unlock(&store->lock);
    return count;
}
