/* service/peers.c: connections and calls by certificate. The pipes are numbers that nng does not know. */
#include "unit.h"

#include "peers.h"

#include <aluno/error.h>

#include <stdio.h>

static struct limits limits;
static struct peers *peers;
static unsigned last_pipe;

/* Adds a connection of the certificate with that fingerprint. */
static aluno_code add(const char *fingerprint, nng_pipe *pipe, aluno_error *error)
{
    aluno__tls_peer identity = {.common_name = "ana", .unit = "reader"};
    snprintf(identity.fingerprint, sizeof identity.fingerprint, "%s", fingerprint);
    *pipe = (nng_pipe){.id = ++last_pipe};
    return peers_add(peers, *pipe, &identity, last_pipe, error);
}

static void a_certificate_has_so_many_connections(void **state)
{
    (void)state;
    nng_pipe pipe, first;
    aluno_error error;
    limits.most[LIMIT_certificate_connections] = 2;
    assert_int_equal(add("f00d", &first, &error), ALUNO_OK);
    assert_int_equal(add("f00d", &pipe, &error), ALUNO_OK);
    assert_int_equal(add("f00d", &pipe, &error), ALUNO_UNAVAILABLE);
    assert_string_equal(error.reason, "BUSY");
    assert_string_equal(error.detail, "--certificate-connections 2");
    assert_null(peers_begin_call(peers, pipe, 0, 0));
    assert_int_equal(add("beef", &pipe, &error), ALUNO_OK); /* another certificate */
    peers_remove(peers, first);
    assert_int_equal(add("f00d", &pipe, &error), ALUNO_OK);
    assert_int_equal(atomic_load(&limits.reached[LIMIT_certificate_connections]), 1);
}

static void calls_are_counted_by_certificate(void **state)
{
    (void)state;
    nng_pipe one, other, stranger;
    assert_int_equal(add("f00d", &one, NULL), ALUNO_OK);
    assert_int_equal(add("f00d", &other, NULL), ALUNO_OK);
    assert_int_equal(add("beef", &stranger, NULL), ALUNO_OK);
    struct peer *first = peers_begin_call(peers, one, 10, 0), *second = peers_begin_call(peers, other, 20, 0);
    struct peer *third = peers_begin_call(peers, stranger, 40, 0);
    const struct account *account = peer_caller(first)->account;
    assert_ptr_equal(account, peer_caller(second)->account);
    assert_ptr_not_equal(account, peer_caller(third)->account);
    assert_int_equal(atomic_load(&account->calls), 2);
    assert_int_equal(atomic_load(&account->bytes), 30);
    peers_end_call(peers, first, 10);
    assert_int_equal(atomic_load(&account->calls), 1);
    assert_int_equal(atomic_load(&account->bytes), 20);
    peers_end_call(peers, second, 20);
    peers_end_call(peers, third, 40);
}

/* The calls of a connection that closes learn of it, and may still end later. */
static void a_connection_that_closes(void **state)
{
    (void)state;
    nng_pipe pipe, idle;
    assert_int_equal(add("f00d", &pipe, NULL), ALUNO_OK);
    struct peer *call = peers_begin_call(peers, pipe, 1, 0);
    assert_false(atomic_load(peer_caller(call)->gone));
    peers_remove(peers, pipe);
    assert_true(atomic_load(peer_caller(call)->gone));
    assert_null(peers_begin_call(peers, pipe, 1, 0));
    peers_end_call(peers, call, 1);

    assert_int_equal(add("f00d", &idle, NULL), ALUNO_OK);
    call = peers_begin_call(peers, idle, 1, 1000);
    assert_int_equal(peers_close_idle(peers, 1000), 0);
    assert_int_equal(peers_close_idle(peers, 1001), 1);
    assert_true(atomic_load(peer_caller(call)->gone));
    assert_int_equal(peers_close_idle(peers, 1001), 0);
    peers_end_call(peers, call, 1);
}

static int set_up(void **state)
{
    (void)state;
    limits_init(&limits);
    peers = peers_new(&limits);
    return peers == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    peers_free(peers);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_certificate_has_so_many_connections),
        TEST(calls_are_counted_by_certificate),
        TEST(a_connection_that_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
