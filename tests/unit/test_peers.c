/* service/peers.c: connections and calls by certificate. The pipes are numbers that nng does not know. */
#include "unit.h"

#include "peers.h"

#include <aluno/error.h>

#include <stdio.h>

static struct limits limits;
static struct peers *peers;
static unsigned last_pipe;

enum { NOT_AFTER_MS = 5000 }; /* of every certificate */

/* Adds a connection of the certificate with that fingerprint and role. */
static aluno_code add_as(const char *role, const char *fingerprint, nng_pipe *pipe, aluno_error *error)
{
    aluno__tls_peer identity = {.common_name = "ana", .not_after_ms = NOT_AFTER_MS};
    snprintf(identity.unit, sizeof identity.unit, "%s", role);
    snprintf(identity.fingerprint, sizeof identity.fingerprint, "%s", fingerprint);
    *pipe = (nng_pipe){.id = ++last_pipe};
    return peers_add(peers, *pipe, &identity, 0, error);
}

static aluno_code add(const char *fingerprint, nng_pipe *pipe, aluno_error *error)
{
    return add_as("reader", fingerprint, pipe, error);
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

/* Those without a role share a bound, and each has less than the others. */
static void certificates_without_a_role_have_few_connections(void **state)
{
    (void)state;
    nng_pipe pipe, first;
    aluno_error error;
    limits.most[LIMIT_roleless_certificate_connections] = 2;
    limits.most[LIMIT_roleless_connections] = 3;
    assert_int_equal(add_as("", "f00d", &first, &error), ALUNO_OK);
    struct peer *call = peers_begin_call(peers, first, 1, 0);
    assert_true(peer_caller(call)->account->is_roleless);
    peers_end_call(peers, call, 1, false);
    assert_int_equal(add_as("", "f00d", &pipe, &error), ALUNO_OK);
    assert_int_equal(add_as("", "f00d", &pipe, &error), ALUNO_UNAVAILABLE);
    assert_string_equal(error.detail, "--roleless-certificate-connections 2");
    assert_int_equal(add_as("no such role", "beef", &pipe, &error), ALUNO_OK);
    assert_int_equal(add_as("", "beef", &pipe, &error), ALUNO_UNAVAILABLE);
    assert_string_equal(error.detail, "--roleless-connections 3");
    assert_int_equal(add("cafe", &pipe, &error), ALUNO_OK);
    peers_remove(peers, first);
    assert_int_equal(add_as("", "beef", &pipe, &error), ALUNO_OK);
}

/* More than the tables have places. */
static void many_certificates_are_kept_apart(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    static nng_pipe pipes[MANY];
    char fingerprint[16];
    limits.most[LIMIT_certificate_connections] = 1;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(fingerprint, sizeof fingerprint, "%zu", i);
        assert_int_equal(add(fingerprint, &pipes[i], NULL), ALUNO_OK);
    }
    for (size_t i = 0; i < MANY; i += 2)
        peers_remove(peers, pipes[i]);
    for (size_t i = 0; i < MANY; i++) {
        struct peer *call = peers_begin_call(peers, pipes[i], 1, 0);
        assert_int_equal(call != NULL, i % 2);
        if (call == NULL)
            continue;
        assert_int_equal(atomic_load(&peer_caller(call)->account->calls), 1);
        peers_end_call(peers, call, 1, false);
    }
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
    assert_false(account->is_roleless);
    assert_int_equal(atomic_load(&account->calls), 2);
    assert_int_equal(atomic_load(&account->bytes), 30);
    peers_end_call(peers, first, 10, false);
    assert_int_equal(atomic_load(&account->calls), 1);
    assert_int_equal(atomic_load(&account->bytes), 20);
    peers_end_call(peers, second, 20, false);
    peers_end_call(peers, third, 40, false);
}

/* The calls of a connection that closes learn of it, and may still end later. */
static void a_connection_that_closes(void **state)
{
    (void)state;
    nng_pipe pipe;
    assert_int_equal(add("f00d", &pipe, NULL), ALUNO_OK);
    struct peer *call = peers_begin_call(peers, pipe, 1, 0);
    assert_false(atomic_load(peer_caller(call)->gone));
    peers_remove(peers, pipe);
    assert_true(atomic_load(peer_caller(call)->gone));
    assert_null(peers_begin_call(peers, pipe, 1, 0));
    peers_end_call(peers, call, 1, false);
}

static void a_connection_that_is_idle(void **state)
{
    (void)state;
    nng_pipe pipe, roleless;
    limits.most[LIMIT_idle_ms] = 2000;
    limits.most[LIMIT_roleless_idle_ms] = 1000;
    assert_int_equal(add("f00d", &pipe, NULL), ALUNO_OK);
    assert_int_equal(add_as("", "beef", &roleless, NULL), ALUNO_OK);
    assert_int_equal(peers_close_ended(peers, 1000, 0), 0);
    struct peer *call = peers_begin_call(peers, pipe, 1, 1000);
    assert_int_equal(peers_close_ended(peers, 1001, 0), 1);
    assert_null(peers_begin_call(peers, roleless, 1, 1000));
    peers_end_call(peers, call, 1, false);
    assert_int_equal(peers_close_ended(peers, 3000, 0), 0);
    assert_int_equal(peers_close_ended(peers, 3001, 0), 1);
    assert_null(peers_begin_call(peers, pipe, 1, 3001));
    assert_int_equal(peers_close_ended(peers, 3001, 0), 0);
    assert_int_equal(atomic_load(&limits.reached[LIMIT_idle_ms]), 1);
}

static void a_connection_whose_call_takes_long_is_not_idle(void **state)
{
    (void)state;
    nng_pipe pipe;
    limits.most[LIMIT_idle_ms] = 1000;
    assert_int_equal(add("f00d", &pipe, NULL), ALUNO_OK);
    struct peer *call = peers_begin_call(peers, pipe, 1, 0);
    assert_int_equal(peers_close_ended(peers, 5000, 0), 0);
    assert_false(atomic_load(peer_caller(call)->gone));
    peers_end_call(peers, call, 1, false);
    assert_int_equal(peers_close_ended(peers, 5000, 0), 1);
}

static void a_certificate_that_expires(void **state)
{
    (void)state;
    nng_pipe pipe;
    assert_int_equal(add("f00d", &pipe, NULL), ALUNO_OK);
    assert_int_equal(peers_close_ended(peers, 0, NOT_AFTER_MS), 0);
    assert_int_equal(peers_close_ended(peers, 0, NOT_AFTER_MS + 1), 1);
    assert_null(peers_begin_call(peers, pipe, 1, 0));
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
        TEST(certificates_without_a_role_have_few_connections),
        TEST(many_certificates_are_kept_apart),
        TEST(calls_are_counted_by_certificate),
        TEST(a_connection_that_closes),
        TEST(a_connection_that_is_idle),
        TEST(a_connection_whose_call_takes_long_is_not_idle),
        TEST(a_certificate_that_expires),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
