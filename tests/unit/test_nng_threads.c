/* nng's task threads, of which all but one are parked, or lent: nng/threads.h. */
#include "unit.h"

#include "base/clock.h"
#include "nng/api.h"
#include "nng/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { CALLBACKS = 64 };

static pthread_t first;
static atomic_uint run, elsewhere;

static void note_thread(void *unused)
{
    (void)unused;
    if (atomic_fetch_add(&run, 1) == 0)
        first = pthread_self();
    else if (!pthread_equal(first, pthread_self()))
        atomic_fetch_add(&elsewhere, 1);
    aluno__clock_sleep(1); /* another thread, if there were one, would run the next */
}

static void test_all_callbacks_run_on_one_thread(void **state)
{
    nng_aio *aios[CALLBACKS];
    (void)state;
    atomic_store(&run, 0);
    for (size_t i = 0; i < CALLBACKS; i++) {
        assert_int_equal(nng_aio_alloc(&aios[i], note_thread, NULL), 0);
        assert_true(nng_aio_begin(aios[i]));
        nng_aio_finish(aios[i], 0);
    }
    for (size_t i = 0; i < CALLBACKS; i++)
        nng_aio_free(aios[i]); /* waits for its callback */
    assert_int_equal(atomic_load(&run), CALLBACKS);
    assert_int_equal(atomic_load(&elsewhere), 0);
}

/* nng may have fewer threads than it is believed to have. */
static void test_the_last_thread_is_not_parked(void **state)
{
    const size_t all = aluno__nng_threads();
    (void)state;
    assert_int_equal(aluno__nng_park(all), all - 1);
    test_all_callbacks_run_on_one_thread(state);
}

/* ---- lending ---- */

enum { LONG_MS = 10000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards: */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool has_begun, has_run, is_in_time;

static bool wait_for(const bool *condition)
{
    const struct timespec until = aluno__clock_timespec(aluno__clock_unix_ms() + LONG_MS);
    pthread_mutex_lock(&lock);
    while (!*condition && pthread_cond_timedwait(&changed, &lock, &until) == 0)
        continue;
    const bool holds = *condition;
    pthread_mutex_unlock(&lock);
    return holds;
}

static void set(bool *condition)
{
    pthread_mutex_lock(&lock);
    *condition = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

/* Lasts until the other callback has run, which needs a thread. */
static void compute(void *unused)
{
    (void)unused;
    const bool is_lent = aluno__nng_lend_thread();
    set(&has_begun);
    is_in_time = is_lent && wait_for(&has_run);
    if (is_lent)
        aluno__nng_take_thread_back();
}

static void note_run(void *unused)
{
    (void)unused;
    set(&has_run);
}

static void test_another_callback_runs_meanwhile(void **state)
{
    nng_aio *computing, *other;
    assert_int_equal(nng_aio_alloc(&computing, compute, NULL), 0);
    assert_int_equal(nng_aio_alloc(&other, note_run, NULL), 0);
    for (int i = 0; i < 20; i++) {
        has_begun = has_run = is_in_time = false;
        assert_true(nng_aio_begin(computing) && nng_aio_begin(other));
        nng_aio_finish(computing, 0);
        assert_true(wait_for(&has_begun));
        nng_aio_finish(other, 0);
        nng_aio_wait(computing);
        nng_aio_wait(other);
        assert_true(is_in_time);
    }
    nng_aio_free(computing);
    nng_aio_free(other);
    test_all_callbacks_run_on_one_thread(state);
}

/* More than there are. Those that have not left yet when they are taken back stay. */
static void test_no_more_are_lent_than_are_parked(void **state)
{
    const size_t most = aluno__nng_threads() - 1;
    for (int i = 0; i < 20; i++) {
        size_t lent = 0;
        while (aluno__nng_lend_thread())
            lent++;
        assert_int_equal(lent, most);
        while (lent-- > 0)
            aluno__nng_take_thread_back();
    }
    test_all_callbacks_run_on_one_thread(state);
}

static int park_all_but_one(void **state)
{
    (void)state;
    aluno__nng_use_one_thread();
    aluno__nng_use_one_thread();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_callbacks_run_on_one_thread),
        cmocka_unit_test(test_the_last_thread_is_not_parked),
        cmocka_unit_test(test_another_callback_runs_meanwhile),
        cmocka_unit_test(test_no_more_are_lent_than_are_parked),
    };
    return cmocka_run_group_tests_name("nng threads", tests, park_all_but_one, NULL);
}
