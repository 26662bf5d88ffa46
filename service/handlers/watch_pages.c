/* A few pages under a lock; the oldest gives way. */
#include "watch_pages.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PAGES = 8, GOOD_MS = 250 };

struct kept_page {
    struct watch_page_key key;
    struct watch_page page;
    aluno__buffer items;
    int64_t until_ms; /* monotonic clock; 0: empty */
};

struct watch_pages {
    pthread_mutex_t lock; /* guards what follows */
    unsigned age;         /* how often all were forgotten */
    size_t oldest;
    struct kept_page pages[PAGES];
};

struct watch_pages *watch_pages_new(void)
{
    struct watch_pages *all = calloc(1, sizeof *all);
    if (all != NULL)
        pthread_mutex_init(&all->lock, NULL);
    return all;
}

void watch_pages_free(struct watch_pages *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < PAGES; i++)
        aluno__buffer_free(&all->pages[i].items);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

static bool is_same(const struct watch_page_key *key, const struct watch_page_key *other)
{
    return key->after == other->after && key->feed == other->feed && key->erased == other->erased &&
           key->day == other->day && key->limit == other->limit && key->keys == other->keys &&
           key->show_deleted == other->show_deleted && key->is_masked == other->is_masked &&
           strcmp(key->query, other->query) == 0;
}

/* Caller holds the lock. */
static const struct kept_page *find(const struct watch_pages *all, const struct watch_page_key *key)
{
    const int64_t now_ms = aluno__clock_ms();
    for (size_t i = 0; i < PAGES; i++) {
        const struct kept_page *kept = &all->pages[i];
        if (now_ms < kept->until_ms && is_same(&kept->key, key))
            return kept;
    }
    return NULL;
}

bool watch_pages_find(struct watch_pages *all, const struct watch_page_key *key, struct watch_page *page,
                      aluno__buffer *items)
{
    pthread_mutex_lock(&all->lock);
    const struct kept_page *kept = find(all, key);
    if (kept != NULL) {
        *page = kept->page;
        if (kept->items.size > 0)
            aluno__buffer_append(items, kept->items.data, kept->items.size);
    }
    pthread_mutex_unlock(&all->lock);
    return kept != NULL;
}

unsigned watch_pages_age(struct watch_pages *all)
{
    pthread_mutex_lock(&all->lock);
    const unsigned age = all->age;
    pthread_mutex_unlock(&all->lock);
    return age;
}

/* Of what a page had nothing stays in memory. */
static void wipe(aluno__buffer *items)
{
    if (items->size > 0)
        memset(items->data, 0, items->size);
    aluno__buffer_reset(items);
}

/* Caller holds the lock. */
static void put(struct watch_pages *all, const struct watch_page_key *key, const struct watch_page *page,
                const aluno__buffer *items)
{
    struct kept_page *kept = &all->pages[all->oldest];
    all->oldest = (all->oldest + 1) % PAGES;
    wipe(&kept->items);
    aluno__buffer_append(&kept->items, items->data, items->size);
    memcpy(&kept->key, key, sizeof *key);
    kept->page = *page;
    kept->until_ms = kept->items.failed ? 0 : aluno__clock_ms() + GOOD_MS;
}

void watch_pages_keep(struct watch_pages *all, const struct watch_page_key *key,
                      const struct watch_page *page, const aluno__buffer *items, unsigned age)
{
    pthread_mutex_lock(&all->lock);
    if (!items->failed && age == all->age && find(all, key) == NULL)
        put(all, key, page, items);
    pthread_mutex_unlock(&all->lock);
}

void watch_pages_forget(struct watch_pages *all)
{
    pthread_mutex_lock(&all->lock);
    all->age++;
    for (size_t i = 0; i < PAGES; i++) {
        all->pages[i].until_ms = 0;
        wipe(&all->pages[i].items);
    }
    pthread_mutex_unlock(&all->lock);
}
