/* One TLS record per message that is alone, fewer for messages at the same time, counted by a relay between
 * the two sides. Nothing is lost or doubled when the network is slower than the sender. */
#include "base/clock.h"
#include "pki.h"
#include "tls_side.h"
#include "unit.h"

#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

/* A relay between a client and a server that counts the client's records of data. */
typedef struct relay {
    int listener;
    uint16_t port, server_port;
    pthread_t thread;
    atomic_size_t records;
    uint8_t header[5];
    size_t header_count, body_left;
} relay;

static void count_records(relay *between, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (between->body_left > 0) {
            between->body_left--;
            continue;
        }
        between->header[between->header_count++] = bytes[i];
        if (between->header_count < sizeof between->header)
            continue;
        between->header_count = 0;
        between->body_left = (size_t)between->header[3] << 8 | between->header[4];
        if (between->header[0] == 23) /* application data */
            atomic_fetch_add(&between->records, 1);
    }
}

/* Forwards readable bytes. Returns how many; 0 at the end. */
static size_t pass(int from, int to, uint8_t *bytes, size_t size)
{
    const ssize_t got = recv(from, bytes, size, 0);
    if (got <= 0)
        return 0;
    for (ssize_t sent = 0, more; sent < got; sent += more) {
        more = send(to, bytes + sent, (size_t)(got - sent), MSG_NOSIGNAL);
        if (more < 0)
            return 0;
    }
    return (size_t)got;
}

static void *run_relay(void *argument)
{
    relay *between = argument;
    uint8_t bytes[65536];
    const int client = accept(between->listener, NULL, NULL), server = tcp_connect(between->server_port);
    struct pollfd ready[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    size_t size = 1;
    while (size > 0 && poll(ready, 2, -1) > 0) {
        if (ready[0].revents != 0) {
            size = pass(client, server, bytes, sizeof bytes);
            count_records(between, bytes, size);
        }
        if (size > 0 && ready[1].revents != 0)
            size = pass(server, client, bytes, sizeof bytes);
    }
    close(client);
    close(server);
    return NULL;
}

static void start_relay(relay *between, uint16_t server_port)
{
    between->listener = tcp_listen(&between->port);
    between->server_port = server_port;
    assert_int_equal(pthread_create(&between->thread, NULL, run_relay, between), 0);
}

static void end_relay(relay *between)
{
    pthread_join(between->thread, NULL);
    close(between->listener);
}

static void test_one_record(void **state)
{
    static const struct {
        size_t size, records;
    } messages[] = {
        {0, 1},     {1, 1},     {120, 1}, {4096, 1},
        {16000, 1}, {16373, 3}, /* with length and id larger than a record: not buffered, three parts */
        {40000, 5},
    };
    static relay between;
    tls_side server, client;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    tls_side_listen(&server);
    start_relay(&between, server.port);
    assert_int_equal(tls_side_dial(&client, between.port, "localhost"), 0);
    tls_side_call(&client, &server, 1);
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        const size_t before = atomic_load(&between.records);
        tls_side_call(&client, &server, messages[i].size);
        const size_t records = atomic_load(&between.records) - before;
        if (records != messages[i].records)
            fail_msg("%zu bytes went out in %zu records, not %zu", messages[i].size, records,
                     messages[i].records);
    }
    tls_side_close(&client);
    tls_side_close(&server);
    end_relay(&between);
}

enum { CALLS = 200, TIMES = 20 };

/* A call, or its execution: a context that sends and receives in turn. */
typedef struct caller {
    nng_ctx context;
    nng_aio *aio;
    uint32_t number;
} caller;

static void open_callers(caller *all, nng_socket socket)
{
    for (uint32_t i = 0; i < CALLS; i++) {
        all[i].number = i;
        assert_int_equal(nng_ctx_open(&all[i].context, socket), 0);
        assert_int_equal(nng_aio_alloc(&all[i].aio, NULL, NULL), 0);
        nng_aio_set_timeout(all[i].aio, 10000);
    }
}

static void free_callers(caller *all)
{
    for (size_t i = 0; i < CALLS; i++)
        nng_aio_free(all[i].aio);
}

static void send_number(caller *each, uint32_t number)
{
    nng_msg *message;
    assert_int_equal(nng_msg_alloc(&message, 0), 0);
    assert_int_equal(nng_msg_append_u32(message, number), 0);
    nng_aio_set_msg(each->aio, message);
    nng_ctx_send(each->context, each->aio);
}

static void wait_for(const caller *each)
{
    nng_aio_wait(each->aio);
    assert_int_equal(nng_aio_result(each->aio), 0);
}

static uint32_t receive_number(caller *each)
{
    uint32_t number = 0;
    wait_for(each);
    nng_ctx_recv(each->context, each->aio);
    wait_for(each);
    nng_msg *message = nng_aio_get_msg(each->aio);
    assert_int_equal(nng_msg_trim_u32(message, &number), 0);
    nng_msg_free(message);
    return number;
}

/* All requests are waiting when the connection is made. */
static void test_calls_at_once_share_records(void **state)
{
    static relay between;
    static caller asking[CALLS], answering[CALLS];
    tls_side server, client;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    tls_side_listen(&server);
    start_relay(&between, server.port);
    open_callers(asking, client.socket);
    open_callers(answering, server.socket);
    for (size_t i = 0; i < CALLS; i++)
        send_number(&asking[i], asking[i].number);
    assert_int_equal(tls_side_dial(&client, between.port, "localhost"), 0);
    for (size_t times = 0; times < TIMES; times++) {
        for (size_t i = 0; i < CALLS; i++)
            answering[i].number = receive_number(&answering[i]);
        for (size_t i = 0; i < CALLS; i++)
            send_number(&answering[i], answering[i].number + 1);
        for (size_t i = 0; i < CALLS; i++) {
            assert_int_equal(receive_number(&asking[i]), asking[i].number + 1);
            if (times + 1 < TIMES)
                send_number(&asking[i], asking[i].number);
        }
    }
    const size_t records = atomic_load(&between.records);
    if (records >= TIMES * CALLS / 10 * 9)
        fail_msg("%d calls went out in %zu records", TIMES * CALLS, records);
    tls_side_close(&client);
    tls_side_close(&server);
    free_callers(asking);
    free_callers(answering);
    end_relay(&between);
}

enum { MESSAGES = 3000, AT_ONCE = 250 };

static atomic_size_t pushed;

/* Waits until the sender is blocked: its reader reads nothing. */
static void wait_until_stalled(void)
{
    size_t before;
    do {
        before = atomic_load(&pushed);
        aluno__clock_sleep(30);
    } while (atomic_load(&pushed) != before);
}

/* The size of the n-th message: small, or about a record's. */
static size_t size_of(size_t n)
{
    return n % 3 == 0 ? n % 500 : 16000 + n * 37 % 700;
}

/* Its bytes. The first are zeros: a body that is mistaken for a length looks like a short frame. */
static unsigned char byte_of(size_t n, size_t i)
{
    return i < 8 ? 0 : (unsigned char)n;
}

static void *push(void *argument)
{
    nng_socket *socket = argument;
    for (size_t n = 0; n < MESSAGES; n++) {
        nng_msg *message;
        if (nng_msg_alloc(&message, size_of(n)) != 0)
            return NULL;
        unsigned char *bytes = nng_msg_body(message);
        for (size_t i = 0; i < size_of(n); i++)
            bytes[i] = byte_of(n, i);
        if (nng_sendmsg(*socket, message, 0) != 0)
            return NULL;
        atomic_fetch_add(&pushed, 1);
    }
    return argument;
}

/* A reader slower than its sender: records wait again and again. */
static void test_slow_reader(void **state)
{
    tls_side server, client;
    nng_socket pusher, puller;
    pthread_t thread;
    void *all_pushed;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    nng_close(server.socket);
    nng_close(client.socket);
    assert_int_equal(nng_pull0_open(&puller), 0);
    assert_int_equal(nng_push0_open(&pusher), 0);
    assert_int_equal(nng_socket_set_ms(puller, NNG_OPT_RECVTIMEO, 10000), 0);
    server.socket = puller;
    client.socket = pusher;
    tls_side_listen(&server);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), 0);
    assert_int_equal(pthread_create(&thread, NULL, push, &pusher), 0);
    for (size_t n = 0; n < MESSAGES; n++) {
        nng_msg *message;
        if (n % AT_ONCE == 0)
            wait_until_stalled();
        assert_int_equal(nng_recvmsg(puller, &message, 0), 0);
        assert_int_equal(nng_msg_len(message), size_of(n));
        const unsigned char *bytes = nng_msg_body(message);
        for (size_t i = 0; i < size_of(n); i++)
            if (bytes[i] != byte_of(n, i))
                fail_msg("message %zu is damaged at byte %zu", n, i);
        nng_msg_free(message);
    }
    pthread_join(thread, &all_pushed);
    assert_non_null(all_pushed);
    tls_side_close(&client);
    tls_side_close(&server);
}

/* Messages much larger than all buffers. */
static void test_large(void **state)
{
    tls_side server, client;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    tls_side_listen(&server);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), 0);
    tls_side_call(&client, &server, 1 << 20);
    tls_side_call(&client, &server, (3 << 20) + 1);
    tls_side_call(&client, &server, 10);
    tls_side_close(&client);
    tls_side_close(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_record),
        cmocka_unit_test(test_calls_at_once_share_records),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests_name("tls record coalescer", tests, pki_set_up, NULL);
}
