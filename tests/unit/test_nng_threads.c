/* nng's task threads, of which all but one are parked: nng/threads.h. */
#include "unit.h"

#include "base/clock.h"
#include "nng/api.h"
#include "nng/threads.h"

#include <pthread.h>
#include <stdatomic.h>

enum { CALLBACKS = 64 };

static size_t all_threads;
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
    assert_int_equal(aluno__nng_threads(), 1);
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
    (void)state;
    assert_int_equal(aluno__nng_park(all_threads), all_threads - 1);
    test_all_callbacks_run_on_one_thread(state);
}

static int park_all_but_one(void **state)
{
    (void)state;
    all_threads = aluno__nng_threads();
    aluno__nng_use_one_thread();
    aluno__nng_use_one_thread();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_callbacks_run_on_one_thread),
        cmocka_unit_test(test_the_last_thread_is_not_parked),
    };
    return cmocka_run_group_tests_name("nng threads", tests, park_all_but_one, NULL);
}
