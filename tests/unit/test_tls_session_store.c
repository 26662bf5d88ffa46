/* The store of sessions: bounded in number and time, and wiped. */
#include "tls/session_store.h"
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 4, HOUR = 3600000 };

static const uint8_t *key_of(unsigned number)
{
    static _Thread_local uint8_t key[ALUNO_TLS_SESSION_KEY];
    memset(key, 0, sizeof key);
    memcpy(key + 1, &number, sizeof number); /* all in one bucket */
    return key;
}

static aluno__tls_session session_of(const char *name, int64_t since_ms, int64_t until_ms)
{
    aluno__tls_session session = {.since_ms = since_ms, .until_ms = until_ms, .size = 3};
    snprintf(session.peer.common_name, sizeof session.peer.common_name, "%s", name);
    memcpy(session.bytes, "abc", 3);
    return session;
}

static void put(aluno__tls_session_store *store, unsigned number, const char *name, int64_t until_ms)
{
    const aluno__tls_session session = session_of(name, 0, until_ms);
    assert_true(aluno__tls_session_store_put(store, key_of(number), &session));
}

static bool has(aluno__tls_session_store *store, unsigned number, int64_t now_ms)
{
    aluno__tls_session found;
    return aluno__tls_session_store_find(store, key_of(number), now_ms, &found);
}

static void test_what_is_stored_is_found(void **state)
{
    aluno__tls_session_store *store = aluno__tls_session_store_new(MOST);
    aluno__tls_session found;
    (void)state;
    put(store, 1, "ana", HOUR);
    put(store, 2, "leo", HOUR);
    assert_true(aluno__tls_session_store_find(store, key_of(1), 5, &found));
    assert_string_equal(found.peer.common_name, "ana");
    assert_int_equal(found.size, 3);
    assert_memory_equal(found.bytes, "abc", 3);
    put(store, 1, "rita", HOUR);
    assert_true(aluno__tls_session_store_find(store, key_of(1), 5, &found));
    assert_string_equal(found.peer.common_name, "rita");
    assert_int_equal(aluno__tls_session_store_count(store), 2);
    aluno__tls_session_store_remove(store, key_of(1));
    aluno__tls_session_store_remove(store, key_of(3));
    assert_false(has(store, 1, 5));
    assert_true(has(store, 2, 5));
    aluno__tls_session_store_free(store);
}

static void test_the_oldest_makes_room(void **state)
{
    aluno__tls_session_store *store = aluno__tls_session_store_new(MOST);
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        put(store, i, "ana", HOUR);
        assert_int_equal(aluno__tls_session_store_count(store), i < MOST ? i + 1 : MOST);
    }
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(has(store, i, 5), i >= 96);
    aluno__tls_session_store_free(store);
}

/* Neither after its end nor, by a clock that was set back, before its beginning. */
static void test_time(void **state)
{
    aluno__tls_session_store *store = aluno__tls_session_store_new(MOST);
    const aluno__tls_session session = session_of("ana", HOUR, 2 * HOUR);
    (void)state;
    assert_true(aluno__tls_session_store_put(store, key_of(1), &session));
    assert_false(has(store, 1, HOUR - 1));
    assert_true(has(store, 1, HOUR));
    assert_true(has(store, 1, 2 * HOUR - 1));
    assert_false(has(store, 1, 2 * HOUR));
    put(store, 2, "leo", 3 * HOUR);
    put(store, 3, "rita", HOUR);
    aluno__tls_session_store_expire(store, 2 * HOUR);
    assert_int_equal(aluno__tls_session_store_count(store), 1);
    assert_true(has(store, 2, HOUR));
    aluno__tls_session_store_expire(store, 3 * HOUR);
    assert_int_equal(aluno__tls_session_store_count(store), 0);
    put(store, 2, "leo", 3 * HOUR);
    aluno__tls_session_store_free(store);
    aluno__tls_session_store_free(NULL);
}

static void *use(void *argument)
{
    aluno__tls_session_store *store = argument;
    for (unsigned i = 0; i < 2000; i++) {
        put(store, i % 7, "ana", HOUR);
        (void)has(store, (i + 3) % 7, 5);
        if (i % 5 == 0)
            aluno__tls_session_store_remove(store, key_of(i % 7));
        if (i % 100 == 0)
            aluno__tls_session_store_expire(store, 5);
    }
    return NULL;
}

static void test_threads(void **state)
{
    aluno__tls_session_store *store = aluno__tls_session_store_new(MOST);
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use, store), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_true(aluno__tls_session_store_count(store) <= MOST);
    aluno__tls_session_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_stored_is_found),
        cmocka_unit_test(test_the_oldest_makes_room),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests_name("tls session store", tests, NULL, NULL);
}
