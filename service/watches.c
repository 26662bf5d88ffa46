/* A list under a lock, and the thread that goes through it. */
#include "watches.h"

#include "base/clock.h"
#include "base/thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* From BUSY changes in BUSY_MS on, watches rest after they have run, REST_EACH_MS for each: they return more
 * changes at once, and leave the processors to the writer. Otherwise a change is reported at once. */
enum { BUSY = 20, BUSY_MS = 100, REST_EACH_MS = 10, REST_MOST_MS = 500, REST_POLL_MS = 10 };

struct watches {
    struct limits *limits;
    atomic_uint_least64_t grown; /* how often the feed has */
    atomic_size_t entries;       /* by how many entries */
    atomic_size_t count;         /* of the list */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct watch *first;
    int64_t rest_until_ms; /* monotonic clock, as below; while there are many changes */
    int64_t counted_ms;    /* since when changes are counted */
    size_t counted;        /* `entries` then */
    bool is_busy;
    int64_t next_ms; /* when the thread polls again at the latest */
    bool is_held;    /* watches that are to run wait until then */
    bool is_draining, must_look, stopping;
};

/* ---- the caller holds the lock ---- */

static void look_again(struct watches *all)
{
    all->must_look = true;
    pthread_cond_signal(&all->changed);
}

static void link_watch(struct watches *all, struct watch *watch)
{
    watch->next = all->first;
    watch->link = &all->first;
    if (watch->next != NULL)
        watch->next->link = &watch->next;
    all->first = watch;
    atomic_fetch_add(&all->count, 1);
}

static void unlink_watch(struct watches *all, struct watch *watch)
{
    *watch->link = watch->next;
    if (watch->next != NULL)
        watch->next->link = watch->link;
    atomic_fetch_sub(&all->count, 1);
}

static void end_watch(struct watches *all, const struct account *account, const char *id)
{
    for (struct watch *watch = all->first; watch != NULL; watch = watch->next) {
        if (watch->id == NULL || watch->account != account || strcmp(watch->id, id) != 0)
            continue;
        watch->is_stopped = true;
        look_again(all);
    }
}

static bool is_over(const struct watches *all, const struct watch *watch, int64_t now_ms)
{
    return watch->has_run &&
           (all->is_draining || watch->is_stopped || atomic_load(watch->gone) || now_ms >= watch->until_ms);
}

/* Whether there are many changes: in the present period so far, or in the one before. */
static bool is_busy(struct watches *all, int64_t now_ms)
{
    const size_t entries = atomic_load(&all->entries) - all->counted;
    const int64_t periods = (now_ms - all->counted_ms) / BUSY_MS;
    if (periods > 0) {
        all->is_busy = entries >= BUSY * (size_t)periods;
        all->counted += entries;
        all->counted_ms = now_ms;
    }
    return all->is_busy || entries >= BUSY;
}

static bool must_rest(struct watches *all, int64_t now_ms)
{
    return is_busy(all, now_ms) && now_ms < all->rest_until_ms && !all->is_draining;
}

/* ---- the thread ---- */

/* The watches that are to be answered, and those that are to run. */
struct chosen {
    struct watch *answer, *run;
};

static void choose(struct watch **list, struct watch *watch)
{
    watch->is_waiting = false;
    watch->chosen = *list;
    *list = watch;
}

/* Chooses, and sets when to poll again. */
static void choose_all(struct watches *all, int64_t now_ms, struct chosen *chosen)
{
    const bool rests = must_rest(all, now_ms);
    const uint64_t grown = atomic_load(&all->grown);
    *chosen = (struct chosen){NULL, NULL};
    int64_t rest_ms = 0;
    all->next_ms = INT64_MAX;
    all->is_held = false;
    for (struct watch *watch = all->first; watch != NULL; watch = watch->next) {
        if (!watch->is_waiting)
            continue;
        if (is_over(all, watch, now_ms)) {
            choose(&chosen->answer, watch);
        } else if (watch->seen == grown) {
            all->next_ms = watch->until_ms < all->next_ms ? watch->until_ms : all->next_ms;
        } else if (rests) {
            all->is_held = true;
        } else {
            choose(&chosen->run, watch);
            rest_ms += REST_EACH_MS;
        }
    }
    if (chosen->run != NULL)
        all->rest_until_ms = now_ms + (rest_ms < REST_MOST_MS ? rest_ms : REST_MOST_MS);
    if (all->is_held && now_ms + REST_POLL_MS < all->next_ms)
        all->next_ms = now_ms + REST_POLL_MS;
}

static void serve(const struct chosen *chosen)
{
    for (struct watch *watch = chosen->answer, *next; watch != NULL; watch = next) {
        next = watch->chosen; /* it is gone afterwards */
        watch->answer(watch);
    }
    for (struct watch *watch = chosen->run, *next; watch != NULL; watch = next) {
        next = watch->chosen;
        watch->run(watch);
    }
}

static void wait_for_work(struct watches *all)
{
    const struct timespec until = aluno__clock_timespec(all->next_ms);
    if (all->next_ms == INT64_MAX)
        pthread_cond_wait(&all->changed, &all->lock);
    else
        pthread_cond_timedwait(&all->changed, &all->lock, &until);
}

static void *work(void *argument)
{
    struct watches *all = argument;
    struct chosen chosen;
    pthread_mutex_lock(&all->lock);
    while (!all->stopping) {
        all->must_look = false;
        choose_all(all, aluno__clock_ms(), &chosen);
        pthread_mutex_unlock(&all->lock);
        serve(&chosen);
        pthread_mutex_lock(&all->lock);
        if (!all->must_look && !all->stopping)
            wait_for_work(all);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

/* The store's, after a commit. Without watches it costs nothing more. */
static void on_feed(void *user, size_t entries)
{
    struct watches *all = user;
    atomic_fetch_add(&all->entries, entries);
    atomic_fetch_add(&all->grown, 1);
    if (atomic_load(&all->count) == 0)
        return;
    pthread_mutex_lock(&all->lock);
    if (!all->must_look && !all->is_held)
        look_again(all);
    pthread_mutex_unlock(&all->lock);
}

struct watches *watches_start(struct store *store, struct limits *limits)
{
    struct watches *all = calloc(1, sizeof *all);
    if (all == NULL)
        return NULL;
    all->limits = limits;
    pthread_mutex_init(&all->lock, NULL);
    aluno__cond_init(&all->changed);
    if (aluno__thread_start(&all->thread, work, all) != 0) {
        pthread_cond_destroy(&all->changed);
        pthread_mutex_destroy(&all->lock);
        free(all);
        return NULL;
    }
    store_observe_feed(store, on_feed, all, &all->count);
    return all;
}

void watches_stop(struct watches *all)
{
    if (all == NULL)
        return;
    pthread_mutex_lock(&all->lock);
    all->stopping = true;
    look_again(all);
    pthread_mutex_unlock(&all->lock);
    pthread_join(all->thread, NULL);
    pthread_cond_destroy(&all->changed);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

/* ---- one watch ---- */

static enum limit full(const struct watches *all, const struct account *account)
{
    const int64_t *most = all->limits->most;
    if (account->watches >= (size_t)most[LIMIT_certificate_watches])
        return LIMIT_certificate_watches;
    return atomic_load(&all->count) >= (size_t)most[LIMIT_watches] ? LIMIT_watches : LIMIT_COUNT;
}

aluno_code watches_enter(struct watches *all, struct watch *watch, bool *later, aluno_error *error)
{
    pthread_mutex_lock(&all->lock);
    if (watch->id != NULL)
        end_watch(all, watch->account, watch->id);
    const enum limit reached = full(all, watch->account);
    if (reached == LIMIT_COUNT) {
        watch->is_waiting = watch->has_run = watch->is_stopped = false;
        link_watch(all, watch);
        watch->account->watches++;
        *later = must_rest(all, aluno__clock_ms());
    }
    if (reached == LIMIT_COUNT && *later) {
        watch->seen = atomic_load(&all->grown) - 1;
        watch->is_waiting = true;
        look_again(all);
    }
    pthread_mutex_unlock(&all->lock);
    return reached == LIMIT_COUNT ? ALUNO_OK : account_refuse(all->limits, reached, error);
}

void watches_begin_run(struct watches *all, struct watch *watch)
{
    watch->seen = atomic_load(&all->grown);
}

bool watches_wait(struct watches *all, struct watch *watch, int64_t until_ms)
{
    pthread_mutex_lock(&all->lock);
    watch->has_run = true;
    watch->until_ms = until_ms;
    watch->is_waiting = !is_over(all, watch, aluno__clock_ms());
    const bool waits = watch->is_waiting;
    if (waits && (until_ms < all->next_ms || watch->seen != atomic_load(&all->grown)))
        look_again(all);
    pthread_mutex_unlock(&all->lock);
    return waits;
}

void watches_leave(struct watches *all, struct watch *watch)
{
    pthread_mutex_lock(&all->lock);
    unlink_watch(all, watch);
    watch->account->watches--;
    pthread_mutex_unlock(&all->lock);
}

void watches_drop_gone(struct watches *all)
{
    if (atomic_load(&all->count) == 0)
        return;
    pthread_mutex_lock(&all->lock);
    look_again(all);
    pthread_mutex_unlock(&all->lock);
}

void watches_drain(struct watches *all)
{
    pthread_mutex_lock(&all->lock);
    all->is_draining = true;
    look_again(all);
    pthread_mutex_unlock(&all->lock);
}

size_t watches_count(struct watches *all)
{
    return atomic_load(&all->count);
}
