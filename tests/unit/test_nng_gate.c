/* The gate of a closing socket: who may enter, and for whom closing waits. */
#include "unit.h"

#include "nng/gate.h"

#include <stdatomic.h>
#include <unistd.h>

enum { INSIDE_US = 50000 };

static aluno__nng_gate gate;
static atomic_bool inside, left;

static int set_up(void **state)
{
    (void)state;
    atomic_store(&inside, false);
    atomic_store(&left, false);
    aluno__nng_gate_init(&gate);
    return 0;
}

static void test_open(void **state)
{
    (void)state;
    assert_true(aluno__nng_gate_enter(&gate));
    assert_true(aluno__nng_gate_enter(&gate)); /* nng may call back inside a call */
    aluno__nng_gate_leave(&gate);
    aluno__nng_gate_leave(&gate);
    aluno__nng_gate_close(&gate);
    assert_false(aluno__nng_gate_enter(&gate));
}

static void *stay_inside(void *unused)
{
    assert_true(aluno__nng_gate_enter(&gate));
    atomic_store(&inside, true);
    usleep(INSIDE_US);
    atomic_store(&left, true);
    aluno__nng_gate_leave(&gate);
    return unused;
}

static void test_closing_waits(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stay_inside, NULL), 0);
    while (!atomic_load(&inside))
        usleep(100);
    aluno__nng_gate_close(&gate);
    assert_true(atomic_load(&left));
    assert_false(aluno__nng_gate_enter(&gate));
    pthread_join(thread, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_open, set_up),
        cmocka_unit_test_setup(test_closing_waits, set_up),
    };
    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
