/* service/status/http: requests and replies as bytes, and a server over real sockets. */
#include "unit.h"

#include "listen_address.h"
#include "status/http.h"
#include "status/text.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- bytes ---- */

static void heads_are_parsed(void **state)
{
    static const struct {
        const char *bytes;
        enum http_status status;
        const char *path;
    } rows[] = {
        {"", HTTP_INCOMPLETE, ""},
        {"GET / HTTP/1.1\r\nHost: x\r\n", HTTP_INCOMPLETE, ""},
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_OK, "/"},
        {"GET /metrics?a=b HTTP/1.0\n\n", HTTP_OK, "/metrics"},
        {"HEAD /x HTTP/1.1\r\n\r\nmore\n\n", HTTP_OK, "/x"},
        {"GET http://localhost:9300/healthz HTTP/1.1\r\n\r\n", HTTP_OK, "/healthz"},
        {"GET http://localhost HTTP/1.1\r\n\r\n", HTTP_OK, ""},
        {"GET /%41 HTTP/1.1\r\n\r\n", HTTP_OK, "/%41"},
        {"GET /0123456789012345678901234567890123456789012345678901234567890123 HTTP/1.1\r\n\r\n", HTTP_OK,
         ""},
        {"POST / HTTP/1.1\r\n\r\n", HTTP_METHOD_NOT_ALLOWED, "/"},
        {"GETS / HTTP/1.1\r\n\r\n", HTTP_METHOD_NOT_ALLOWED, "/"},
        {"get / HTTP/1.1\r\n\r\n", HTTP_METHOD_NOT_ALLOWED, "/"},
        {"GET / HTTP/2.0\r\n\r\n", HTTP_VERSION_UNKNOWN, ""},
        {"GET /\r\n\r\n", HTTP_BAD_REQUEST, ""},
        {"GET  HTTP/1.1\r\n\r\n", HTTP_BAD_REQUEST, ""},
        {"GET / HTTP/1.\r\n\r\n", HTTP_BAD_REQUEST, ""},
        {"GET / HTTQ/1.1\r\n\r\n", HTTP_BAD_REQUEST, ""},
        {"\r\n\r\n", HTTP_BAD_REQUEST, ""},
        {"\n\n", HTTP_BAD_REQUEST, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_request request;
        const enum http_status status = http_parse(rows[i].bytes, strlen(rows[i].bytes), &request);
        if (status != rows[i].status || strcmp(request.path, rows[i].path) != 0)
            fail_msg("%s: %d \"%s\"", rows[i].bytes, (int)status, request.path);
    }
}

static void the_host_is_found(void **state)
{
    static const struct {
        const char *headers, *host;
    } rows[] = {
        {"", ""},
        {"Host: localhost:9300\r\n", "localhost:9300"},
        {"Accept: */*\r\nhOST:[::1]\r\nX: y\r\n", "[::1]"},
        {"Host:\r\n", ""},
        {"Host: \r\n", ""},
        {"X-Host: a\r\n", ""},
        {"Host", ""},
        {"Host: 0123456789012345678901234567890123456789012345678901234567890123\r\n", "?"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_request request;
        char bytes[160];
        snprintf(bytes, sizeof bytes, "GET / HTTP/1.1\r\n%s\r\n\r\n", rows[i].headers);
        assert_int_equal(http_parse(bytes, strlen(bytes), &request), HTTP_OK);
        if (strcmp(request.host, rows[i].host) != 0)
            fail_msg("%s: \"%s\"", rows[i].headers, request.host);
    }
}

static void a_zero_byte_is_refused(void **state)
{
    static const char path[] = "GET /a\0b HTTP/1.1\r\n\r\n", host[] = "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n";
    struct http_request request;
    (void)state;
    assert_int_equal(http_parse(path, sizeof path - 1, &request), HTTP_BAD_REQUEST);
    assert_int_equal(http_parse(host, sizeof host - 1, &request), HTTP_BAD_REQUEST);
}

static void replies_are_written(void **state)
{
    static const struct {
        enum http_status status;
        const char *first;
    } rows[] = {
        {HTTP_OK, "HTTP/1.1 200 OK\r\n"},
        {HTTP_BAD_REQUEST, "HTTP/1.1 400 Bad Request\r\n"},
        {HTTP_NOT_FOUND, "HTTP/1.1 404 Not Found\r\n"},
        {HTTP_METHOD_NOT_ALLOWED, "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n"},
        {HTTP_MISDIRECTED, "HTTP/1.1 421 Misdirected Request\r\n"},
        {HTTP_HEADERS_TOO_LARGE, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
        {HTTP_UNAVAILABLE, "HTTP/1.1 503 Service Unavailable\r\n"},
        {HTTP_VERSION_UNKNOWN, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        aluno__buffer out = {0};
        http_write(&out, rows[i].status, true, "text/plain", NULL);
        assert_memory_equal(out.data, rows[i].first, strlen(rows[i].first));
        assert_memory_equal(out.data + out.size - 4, "\r\n\r\n", 4);
        aluno__buffer_free(&out);
    }
}

/* ---- a server ---- */

enum { LARGE = 4 << 20 };

static void answer_hello(void *user, struct http_reply *reply)
{
    text_print(&reply->body, "hello, %s\n", (const char *)user);
}

static void answer_ill(void *user, struct http_reply *reply)
{
    (void)user;
    reply->status = HTTP_UNAVAILABLE;
    reply->type = "text/html";
}

static void answer_large(void *user, struct http_reply *reply)
{
    (void)user;
    aluno__buffer_reserve(&reply->body, LARGE);
    memset(reply->body.data, 'x', LARGE);
    reply->body.size = LARGE;
}

static void answer_without_memory(void *user, struct http_reply *reply)
{
    (void)user;
    reply->body.failed = true;
}

static atomic_int ticks;

static void count_tick(void *user)
{
    assert_string_equal(user, "school");
    atomic_fetch_add(&ticks, 1);
}

static const struct http_route routes[] = {
    {"/", answer_hello}, {"/ill", answer_ill}, {"/large", answer_large}, {"/none", answer_without_memory}};

struct bed {
    struct http *http;
    struct sockaddr_in address;
};

static void start(struct bed *bed, int64_t connection_ms)
{
    static char school[] = "school";
    const struct http_options options = {.routes = routes,
                                         .route_count = sizeof routes / sizeof *routes,
                                         .user = school,
                                         .connection_ms = connection_ms,
                                         .tick = count_tick,
                                         .tick_ms = 1};
    socklen_t size = sizeof bed->address;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bed->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(bind(listener, (struct sockaddr *)(void *)&bed->address, size), 0);
    assert_int_equal(listen(listener, 64), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)(void *)&bed->address, &size), 0);
    assert_true(http_start(&bed->http, listener, &options));
}

static int set_up(void **state)
{
    struct bed *bed = calloc(1, sizeof *bed);
    start(bed, 60 * 1000);
    *state = bed;
    return 0;
}

static int tear_down(void **state)
{
    struct bed *bed = *state;
    http_stop(bed->http);
    free(bed);
    return 0;
}

static int dial(const struct bed *bed)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)(const void *)&bed->address, sizeof bed->address),
                     0);
    return fd;
}

static void say(int fd, const char *bytes)
{
    assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
}

/* Reads until the end, and closes; returns how many bytes came. */
static size_t hear(int fd, char *text, size_t size)
{
    size_t used = 0;
    ssize_t got;
    while ((got = recv(fd, text + used, size - 1 - used, 0)) > 0)
        used += (size_t)got;
    text[used] = '\0';
    close(fd);
    return used;
}

static void check_reply(const struct bed *bed, const char *request, const char *begin, const char *end)
{
    char text[1024];
    const int fd = dial(bed);
    say(fd, request);
    const size_t size = hear(fd, text, sizeof text);
    if (strncmp(text, begin, strlen(begin)) != 0 || strcmp(text + size - strlen(end), end) != 0)
        fail_msg("%s: %s", request, text);
}

static void requests_are_answered(void **state)
{
    check_reply(*state, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/plain",
                "\r\n\r\nhello, school\n");
    check_reply(*state, "HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "'unsafe-inline'\r\n\r\n");
    check_reply(*state, "GET /ill HTTP/1.1\r\n\r\n",
                "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html", "\r\n\r\n");
    check_reply(*state, "GET /other HTTP/1.1\r\n\r\n", "HTTP/1.1 404 ", "\r\n\r\n404 Not Found\n");
    check_reply(*state, "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 405 ",
                "405 Method Not Allowed\n");
    check_reply(*state, "nonsense\r\n\r\n", "HTTP/1.1 400 ", "400 Bad Request\n");
    check_reply(*state, "GET / HTTP/1.1\r\nHost: LOCALHOST:9300\r\n\r\n", "HTTP/1.1 200 ", "hello, school\n");
    check_reply(*state, "GET / HTTP/1.1\r\nHost: school.example:9300\r\n\r\n", "HTTP/1.1 421 ",
                "127.0.0.1 or [::1].\n");
    check_reply(*state, "GET /none HTTP/1.1\r\n\r\n", "", "");
}

static void a_request_may_come_in_pieces(void **state)
{
    char text[1024];
    const int fd = dial(*state);
    for (const char *at = "GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n"; *at != '\0'; at++)
        say(fd, (char[]){*at, '\0'});
    hear(fd, text, sizeof text);
    assert_memory_equal(text, "HTTP/1.1 200 OK\r\n", 17);
}

static void a_head_has_a_bound(void **state)
{
    char line[4097], text[1024];
    const int fd = dial(*state);
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    say(fd, line);
    hear(fd, text, sizeof text);
    assert_memory_equal(text, "HTTP/1.1 431 ", 13);
}

static void a_large_reply_is_sent_as_it_is_read(void **state)
{
    char *text = malloc(LARGE + 1024);
    const int fd = dial(*state);
    say(fd, "GET /large HTTP/1.1\r\n\r\n");
    const size_t size = hear(fd, text, LARGE + 1024);
    const char *body = strstr(text, "\r\n\r\n") + 4;
    assert_int_equal(size - (size_t)(body - text), LARGE);
    free(text);
}

/* A client that does not read its reply, or resets its connection, keeps nobody else. */
static void clients_that_leave(void **state)
{
    const struct linger reset = {.l_onoff = 1};
    for (int i = 0; i < 40; i++) {
        const int fd = dial(*state);
        if (i % 4 > 0)
            say(fd, "GET /large HTTP/1.1\r\n\r\n");
        if (i % 4 == 2)
            (void)poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
        if (i % 2 == 0)
            (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
    }
    check_reply(*state, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "hello, school\n");
}

/* Connections have a time. */
static void silent_connections_end(void **state)
{
    enum { MANY = 40 };
    struct bed bed;
    int fds[MANY];
    char text[64];
    (void)state;
    start(&bed, 50);
    for (int i = 0; i < MANY; i++)
        fds[i] = dial(&bed);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(hear(fds[i], text, sizeof text), 0);
    http_stop(bed.http);
}

/* Connections that say nothing keep nobody out: the oldest one ends. */
static void the_oldest_connection_gives_way(void **state)
{
    enum { MOST = 16 };
    int fds[MOST];
    char text[64];
    for (int i = 0; i < MOST; i++)
        fds[i] = dial(*state);
    check_reply(*state, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "hello, school\n");
    assert_int_equal(hear(fds[0], text, sizeof text), 0);
    for (int i = 1; i < MOST; i++) {
        say(fds[i], "GET / HTTP/1.1\r\n\r\n");
        hear(fds[i], text, sizeof text);
        assert_memory_equal(text, "HTTP/1.1 200 OK\r\n", 17);
    }
}

static void the_thread_ticks(void **state)
{
    const int before = atomic_load(&ticks);
    while (atomic_load(&ticks) < before + 3)
        check_reply(*state, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "hello, school\n");
}

/* Requests that were sent are answered. */
static void stopping_waits_for_nobody(void **state)
{
    struct bed bed;
    char text[1024];
    (void)state;
    start(&bed, 60 * 1000);
    const int silent = dial(&bed), asking = dial(&bed);
    say(asking, "GET / HTTP/1.1\r\n\r\n");
    hear(asking, text, sizeof text);
    http_stop(bed.http);
    assert_memory_equal(text, "HTTP/1.1 200 OK\r\n", 17);
    assert_int_equal(hear(silent, text, sizeof text), 0);
    http_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_parsed),
        cmocka_unit_test(the_host_is_found),
        cmocka_unit_test(a_zero_byte_is_refused),
        cmocka_unit_test(replies_are_written),
        cmocka_unit_test_setup_teardown(requests_are_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_request_may_come_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_head_has_a_bound, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_reply_is_sent_as_it_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(clients_that_leave, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_connection_gives_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_thread_ticks, set_up, tear_down),
        cmocka_unit_test(silent_connections_end),
        cmocka_unit_test(stopping_waits_for_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
