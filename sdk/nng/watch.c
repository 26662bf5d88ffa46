/* The list of watched streams and the thread that polls them. */
#include "watch.h"

#include "base/clock.h"
#include "base/fork.h"
#include "base/thread.h"

#include <stdlib.h>

enum {
    ROUND_MS = 250,
    DEAD_ROUNDS = 3,                /* time for nng to notice by itself that TCP is dead */
    STUCK_ROUNDS = DEAD_ROUNDS + 4, /* one second after the kick */
    ADMIT_MS = 2000,                /* nng needs microseconds */
    EXPIRED = 0,                    /* a deadline */
    HURRY = 8,                      /* the bounds are enforced after every eighth of what they allow */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all of these: */
static pthread_cond_t changed;
static aluno__nng_watch *watches;
static const aluno__nng_watch *kicked; /* stays in the list until the kick is over */
static bool has_kicked;                /* the operation has ended */
static size_t begun, allowed; /* streams with bounds since these were enforced; how many there may be */
static bool running, stopping;
static unsigned generation; /* of the process that has the thread */
static pthread_t thread;
static nng_aio *kicker; /* never freed: nng may be gone first when the process ends */

/* ---- the thread ---- */

/* nng's callback. */
static void end_kick(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    has_kicked = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

/* Releases the lock meanwhile: nng's callbacks begin watches, and must not wait for an operation of nng's.
 * The operation is cancelled in time here: nng 1.5 counts its own time-outs by the calendar clock, which may
 * be set. */
static void kick(const aluno__nng_watch *watch, void (*operation)(nng_stream *, nng_aio *))
{
    uint8_t byte = 0;
    nng_iov buffer = {.iov_buf = &byte, .iov_len = 1};
    const struct timespec until = aluno__clock_timespec(aluno__clock_deadline(ROUND_MS));
    kicked = watch;
    has_kicked = false;
    pthread_mutex_unlock(&lock);
    nng_aio_set_iov(kicker, 1, &buffer);
    operation(watch->stream, kicker);
    pthread_mutex_lock(&lock);
    while (!has_kicked && pthread_cond_timedwait(&changed, &lock, &until) == 0)
        continue;
    const bool is_late = !has_kicked;
    pthread_mutex_unlock(&lock);
    if (is_late)
        nng_aio_cancel(kicker);
    nng_aio_wait(kicker);
    pthread_mutex_lock(&lock);
    kicked = NULL;
    pthread_cond_broadcast(&changed);
}

static bool expire(aluno__nng_watch *watch, int64_t now_ms)
{
    int64_t deadline_ms = atomic_load(&watch->deadline_ms);
    return deadline_ms != EXPIRED && deadline_ms <= now_ms &&
           atomic_compare_exchange_strong(&watch->deadline_ms, &deadline_ms, EXPIRED);
}

/* A stream whose message takes too long has no deadline yet. */
static bool is_slow(aluno__nng_watch *watch, int64_t now_ms)
{
    const unsigned message = atomic_load_explicit(&watch->message, memory_order_relaxed);
    if (watch->message_ms == 0 || message % 2 == 0 || message != watch->message_seen) {
        watch->message_seen = message;
        watch->message_since_ms = now_ms;
        return false;
    }
    return now_ms - watch->message_since_ms >= watch->message_ms &&
           aluno__nng_watch_set_deadline(watch, now_ms);
}

bool aluno__nng_watch_tcp_is_dead(const aluno__nng_watch *watch)
{
    nng_sockaddr address;
    return nng_stream_get_addr(watch->stream, NNG_OPT_REMADDR, &address) != 0;
}

static void poll_stream(aluno__nng_watch *watch, int64_t now_ms)
{
    const bool slow = is_slow(watch, now_ms);
    if (expire(watch, now_ms)) {
        if (slow)
            kick(watch, nng_stream_recv);
        kick(watch, nng_stream_send);
    }
    if (watch->dead_rounds == 0 && !aluno__nng_watch_tcp_is_dead(watch))
        return;
    watch->dead_rounds++;
    if (watch->dead_rounds != DEAD_ROUNDS)
        return;
    atomic_store(&watch->dead, true);
    kick(watch, nng_stream_recv);
    kick(watch, nng_stream_send);
}

static bool exceeds(size_t count, size_t most)
{
    return most != 0 && count > most;
}

/* Which bound so many streams exceed, of all and of one address. */
static aluno__nng_watch_bound find_exceeded(const aluno__nng_watch_bounds *bounds, size_t all, size_t address)
{
    if (exceeds(address, bounds->address))
        return ALUNO__NNG_BOUND_ADDRESS;
    return exceeds(all, bounds->all) ? ALUNO__NNG_BOUND_ALL : ALUNO__NNG_NO_BOUND;
}

/* Streams with bounds, as many as an eighth of their number, have begun. */
static bool must_hurry(void)
{
    return allowed != 0 && begun > allowed / HURRY;
}

/* Lets the oldest give way: the list begins with the youngest. */
static void enforce_bounds(void)
{
    size_t all[2] = {0}, addresses[2][UINT8_MAX + 1] = {{0}};
    begun = 0;
    for (aluno__nng_watch *watch = watches; watch != NULL; watch = watch->next) {
        int64_t deadline_ms = atomic_load(&watch->deadline_ms);
        if (watch->bounds == NULL || deadline_ms >= ALUNO__NNG_GREETED || deadline_ms == EXPIRED)
            continue;
        const bool speaks = atomic_load(&watch->speaks);
        const aluno__nng_watch_bound beyond =
            find_exceeded(watch->bounds, all[speaks] + 1, ++addresses[speaks][watch->address]);
        all[speaks] += beyond == ALUNO__NNG_NO_BOUND;
        if (beyond == ALUNO__NNG_NO_BOUND)
            continue;
        atomic_store(&watch->gave_way, (int)beyond);
        if (atomic_compare_exchange_strong(&watch->deadline_ms, &deadline_ms, EXPIRED))
            kick(watch, nng_stream_send);
    }
}

/* Waits until the next round is due, or the bounds are to be enforced. */
static void wait_for_round(const struct timespec *round)
{
    while (watches == NULL && !stopping)
        pthread_cond_wait(&changed, &lock);
    while (!stopping && !must_hurry() && pthread_cond_timedwait(&changed, &lock, round) == 0)
        continue;
}

static void *run(void *unused)
{
    (void)unused;
    int64_t next_ms = 0;
    pthread_mutex_lock(&lock);
    while (!stopping) {
        const int64_t now_ms = aluno__clock_ms();
        for (aluno__nng_watch *watch = watches; watch != NULL && now_ms >= next_ms; watch = watch->next)
            poll_stream(watch, now_ms);
        if (now_ms >= next_ms)
            next_ms = aluno__clock_deadline(ROUND_MS);
        enforce_bounds();
        const struct timespec round = aluno__clock_timespec(next_ms);
        wait_for_round(&round);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Called by exit. A forked child has no such thread, and the lock may be held forever there. */
static void stop(void)
{
    if (aluno__fork_generation() != generation)
        return;
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}

static bool start(void)
{
    if (kicker == NULL && nng_aio_alloc(&kicker, end_kick, NULL) != 0)
        return false;
    nng_aio_set_timeout(kicker, NNG_DURATION_INFINITE);
    aluno__cond_init(&changed);
    generation = aluno__fork_generation();
    return aluno__thread_start(&thread, run, NULL) == 0 && atexit(stop) == 0;
}

bool aluno__nng_watch_start(void)
{
    pthread_mutex_lock(&lock);
    if (!running)
        running = start();
    const bool started = running;
    pthread_mutex_unlock(&lock);
    return started;
}

/* ---- a stream ---- */

void aluno__nng_watch_limit(aluno__nng_watch *watch, const aluno__nng_watch_bounds *bounds, uint8_t address,
                            int64_t message_ms)
{
    watch->bounds = bounds;
    watch->address = address;
    watch->message_ms = message_ms;
}

void aluno__nng_watch_begin(aluno__nng_watch *watch, nng_stream *stream, const void *owner,
                            int64_t timeout_ms)
{
    watch->stream = stream;
    watch->owner = owner;
    atomic_init(&watch->deadline_ms, aluno__clock_deadline(timeout_ms));
    atomic_init(&watch->speaks, false);
    atomic_init(&watch->gave_way, ALUNO__NNG_NO_BOUND);
    atomic_init(&watch->message, 0);
    atomic_init(&watch->dead, false);
    atomic_init(&watch->greeted_ms, 0);
    atomic_init(&watch->admitted, false);
    watch->dead_rounds = 0;
    pthread_mutex_lock(&lock);
    watch->next = watches;
    watch->previous = &watches;
    if (watches != NULL)
        watches->previous = &watch->next;
    watches = watch;
    if (watch->bounds != NULL) {
        begun++;
        allowed = watch->bounds->all;
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

void aluno__nng_watch_end(aluno__nng_watch *watch)
{
    pthread_mutex_lock(&lock);
    while (kicked == watch)
        pthread_cond_wait(&changed, &lock);
    if (watch->previous != NULL) {
        *watch->previous = watch->next;
        if (watch->next != NULL)
            watch->next->previous = watch->previous;
    }
    pthread_mutex_unlock(&lock);
}

bool aluno__nng_watch_set_deadline(aluno__nng_watch *watch, int64_t deadline_ms)
{
    int64_t present_ms = atomic_load(&watch->deadline_ms);
    return present_ms != EXPIRED &&
           atomic_compare_exchange_strong(&watch->deadline_ms, &present_ms, deadline_ms);
}

bool aluno__nng_watch_has_expired(const aluno__nng_watch *watch)
{
    return atomic_load(&watch->deadline_ms) == EXPIRED;
}

void aluno__nng_watch_spoke(aluno__nng_watch *watch)
{
    atomic_store(&watch->speaks, true);
}

aluno__nng_watch_bound aluno__nng_watch_gave_way(const aluno__nng_watch *watch)
{
    return (aluno__nng_watch_bound)atomic_load(&watch->gave_way);
}

void aluno__nng_watch_message(aluno__nng_watch *watch, bool arrives)
{
    const unsigned message = atomic_load_explicit(&watch->message, memory_order_relaxed);
    if (arrives != (message % 2 != 0))
        atomic_store_explicit(&watch->message, message + 1, memory_order_relaxed);
}

bool aluno__nng_watch_is_dead(const aluno__nng_watch *watch)
{
    return atomic_load(&watch->dead);
}

bool aluno__nng_watch_greeted(aluno__nng_watch *watch)
{
    atomic_store(&watch->greeted_ms, aluno__clock_ms());
    return aluno__nng_watch_set_deadline(watch, ALUNO__NNG_GREETED);
}

void aluno__nng_watch_admitted(aluno__nng_watch *watch)
{
    atomic_store(&watch->admitted, true);
}

/* ---- all streams of an owner ---- */

/* True unless the peer has greeted. */
static bool expire_early(aluno__nng_watch *watch)
{
    int64_t present_ms = atomic_load(&watch->deadline_ms);
    while (present_ms != ALUNO__NNG_GREETED)
        if (atomic_compare_exchange_strong(&watch->deadline_ms, &present_ms, EXPIRED))
            return true;
    return false;
}

bool aluno__nng_watch_abandon(const void *owner)
{
    bool abandoned = true;
    pthread_mutex_lock(&lock);
    for (aluno__nng_watch *watch = watches; watch != NULL; watch = watch->next)
        if (watch->owner == owner && !expire_early(watch) && !atomic_load(&watch->admitted))
            abandoned = false;
    pthread_mutex_unlock(&lock);
    return abandoned;
}

static size_t count_where(const void *owner, bool (*holds)(const aluno__nng_watch *watch))
{
    size_t count = 0;
    pthread_mutex_lock(&lock);
    for (const aluno__nng_watch *watch = watches; watch != NULL; watch = watch->next)
        count += watch->owner == owner && holds(watch);
    pthread_mutex_unlock(&lock);
    return count;
}

static bool is_stuck(const aluno__nng_watch *watch)
{
    return watch->dead_rounds >= STUCK_ROUNDS;
}

static bool is_unadmitted(const aluno__nng_watch *watch)
{
    const int64_t greeted_ms = atomic_load(&watch->greeted_ms);
    return greeted_ms != 0 && !atomic_load(&watch->admitted) && aluno__clock_ms() - greeted_ms >= ADMIT_MS;
}

size_t aluno__nng_watch_count_stuck(const void *owner)
{
    return count_where(owner, is_stuck);
}

size_t aluno__nng_watch_count_unadmitted(const void *owner)
{
    return count_where(owner, is_unadmitted);
}
