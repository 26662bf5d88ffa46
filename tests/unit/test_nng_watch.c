/* Watches of streams while one of them is kicked: nng/watch.h. */
#include "unit.h"

#include "base/clock.h"
#include "nng/threads.h"
#include "nng/watch.h"

#include <pthread.h>
#include <stdatomic.h>

static aluno__nng_watch expiring, other;
static nng_aio *callback;
static nng_aio *_Atomic kick; /* in progress, until finish_kick */
static atomic_bool kick_is_over, callback_has_run;

/* ---- the stream: these replace nng's ---- */

int nng_stream_get_addr(nng_stream *stream, const char *name, nng_sockaddr *address)
{
    (void)stream, (void)name, (void)address;
    return 0;
}

/* The kick stays in progress. A callback of nng's is queued meanwhile. */
void nng_stream_send(nng_stream *stream, nng_aio *aio)
{
    (void)stream;
    assert_true(nng_aio_begin(aio));
    atomic_store(&kick, aio);
    assert_true(nng_aio_begin(callback));
    nng_aio_finish(callback, 0);
}

static void finish_kick(void)
{
    atomic_store(&kick_is_over, true);
    nng_aio_finish(atomic_exchange(&kick, NULL), NNG_ETIMEDOUT);
}

static void expect_kick(void)
{
    aluno__nng_watch_begin(&expiring, NULL, NULL, 1);
    while (atomic_load(&kick) == NULL)
        aluno__clock_sleep(1);
}

/* ---- the tests ---- */

static void begin_and_end_another(void *unused)
{
    (void)unused;
    aluno__nng_watch_begin(&other, NULL, NULL, 60000);
    aluno__nng_watch_end(&other);
    atomic_store(&callback_has_run, true);
}

static int set_up(void **state)
{
    (void)state;
    aluno__nng_use_one_thread();
    atomic_store(&kick_is_over, false);
    atomic_store(&callback_has_run, false);
    assert_int_equal(nng_aio_alloc(&callback, begin_and_end_another, NULL), 0);
    assert_true(aluno__nng_watch_start());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nng_aio_free(callback);
    return 0;
}

/* The one thread that runs nng's callbacks begins watches. A kick may wait for another callback. */
static void test_callbacks_do_not_wait_for_a_kick(void **state)
{
    (void)state;
    expect_kick();
    nng_aio_wait(callback);
    assert_true(atomic_load(&callback_has_run));
    finish_kick();
    aluno__nng_watch_end(&expiring);
}

static void *end_expiring(void *unused)
{
    aluno__nng_watch_end(&expiring);
    assert_true(atomic_load(&kick_is_over));
    return unused;
}

/* The stream is freed as soon as its watch has ended. */
static void test_ending_waits_for_the_kick(void **state)
{
    pthread_t thread;
    (void)state;
    expect_kick();
    assert_int_equal(pthread_create(&thread, NULL, end_expiring, NULL), 0);
    nng_aio_wait(callback);
    finish_kick();
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* A stream that was abandoned fails when its peer greets afterwards. */
static void test_greeted_streams_are_not_abandoned(void **state)
{
    (void)state;
    static aluno__nng_watch late, greeted, admitted;
    const char owner = 0, other_owner = 0;
    aluno__nng_watch_begin(&late, NULL, &owner, 60000);
    aluno__nng_watch_begin(&greeted, NULL, &owner, 60000);
    aluno__nng_watch_begin(&admitted, NULL, &owner, 60000);
    assert_true(aluno__nng_watch_set_deadline(&late, ALUNO__NNG_NO_DEADLINE)); /* its handshake is done */
    assert_true(aluno__nng_watch_greeted(&greeted));
    assert_true(aluno__nng_watch_greeted(&admitted));
    aluno__nng_watch_admitted(&admitted);
    assert_true(aluno__nng_watch_abandon(&other_owner));
    assert_false(aluno__nng_watch_has_expired(&late));
    assert_false(aluno__nng_watch_abandon(&owner));
    assert_true(aluno__nng_watch_has_expired(&late));
    assert_false(aluno__nng_watch_greeted(&late));
    assert_false(aluno__nng_watch_has_expired(&greeted));
    aluno__nng_watch_admitted(&greeted);
    assert_true(aluno__nng_watch_abandon(&owner));
    aluno__nng_watch_end(&late);
    aluno__nng_watch_end(&greeted);
    aluno__nng_watch_end(&admitted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_callbacks_do_not_wait_for_a_kick, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ending_waits_for_the_kick, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_greeted_streams_are_not_abandoned, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("watches", tests, NULL, NULL);
}
