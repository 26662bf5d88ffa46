/* The libc functions that alunod interposes for nng: see sdk/nng/README.md. */
#include "nng/listen.h"
#include "nng/threads.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <stdlib.h>
#include <unistd.h>

/* A TCP connection over the loopback. */
static void connect_pair(int ends[2])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    ends[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(ends[1], (struct sockaddr *)&address, size), 0);
    ends[0] = accept(listener, NULL, NULL);
    assert_true(ends[0] >= 0);
    close(listener);
}

static void reset(int fd)
{
    const struct linger at_once = {.l_onoff = 1};
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(fd);
}

/* A broken connection is reported as reset, which nng survives. */
static void test_broken_connection_is_reset(void **state)
{
    int ends[2];
    char byte = 0;
    struct iovec bytes = {.iov_base = &byte, .iov_len = 1};
    const struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(sendmsg(ends[0], &message, MSG_NOSIGNAL), 1);
    close(ends[1]);
    assert_int_equal(sendmsg(ends[0], &message, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, ECONNRESET);
    close(ends[0]);
}

/* Other errors are unchanged. */
static void test_other_errors_pass(void **state)
{
    const struct msghdr message = {0};
    (void)state;
    assert_int_equal(sendmsg(-1, &message, 0), -1);
    assert_int_equal(errno, EBADF);
}

/* The end of a socket is reported as reset, too, that of a file is not. Sanitized builds have libc's readv.
 */
static void test_end_of_a_socket_is_reset(void **state)
{
    int ends[2];
    char byte;
    const struct iovec bytes = {.iov_base = &byte, .iov_len = 1};
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    close(ends[1]);
    errno = 0;
    assert_int_equal(readv(ends[0], &bytes, 1), SANITIZED ? 0 : -1);
    assert_int_equal(errno, SANITIZED ? 0 : ECONNRESET);
    close(ends[0]);
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(readv(file, &bytes, 1), 0);
    close(file);
}

/* A connection that the peer has reset is readable: nng then reads the error. */
static void test_reset_is_readable(void **state)
{
    int ends[2];
    struct epoll_event event = {.events = EPOLLIN};
    (void)state;
    connect_pair(ends);
    const int poll = epoll_create1(EPOLL_CLOEXEC);
    assert_int_equal(epoll_ctl(poll, EPOLL_CTL_ADD, ends[0], &event), 0);
    reset(ends[1]);
    assert_int_equal(epoll_wait(poll, &event, 1, -1), 1);
    assert_true((event.events & EPOLLIN) != 0);
    assert_int_equal((event.events & EPOLLERR) != 0, SANITIZED);
    close(poll);
    close(ends[0]);
}

/* ---- listening sockets that are handed over ---- */

static struct sockaddr_in address_of(in_addr_t host, uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(host)};
}

static int bound_socket_at(in_addr_t host, uint16_t port)
{
    const struct sockaddr_in address = address_of(host, port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)(const void *)&address, sizeof address), 0);
    return fd;
}

static int bound_socket(uint16_t port)
{
    return bound_socket_at(INADDR_LOOPBACK, port);
}

static int listening_socket(uint16_t port)
{
    const int fd = bound_socket(port);
    assert_int_equal(listen(fd, 8), 0);
    return fd;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static int connect_to(uint16_t port)
{
    const struct sockaddr_in address = address_of(INADDR_LOOPBACK, port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)(const void *)&address, sizeof address), 0);
    return fd;
}

static ino_t identity(int fd)
{
    struct stat facts;
    assert_int_equal(fstat(fd, &facts), 0);
    return facts.st_ino;
}

/* The steps of a process that executes itself, in one process: a connection made meanwhile is accepted
 * afterwards. Only the address's own socket is given; another is bound as ever. */
static void test_a_listening_socket_is_handed_over(void **state)
{
    (void)state;
    const int before = listening_socket(0);
    const uint16_t port = port_of(before);
    const ino_t socket_before = identity(before);
    assert_true(aluno__nng_listen_has_port(port));
    assert_false(aluno__nng_listen_has_port((uint16_t)(port + 1)));
    aluno__nng_listen_hand_over();
    assert_non_null(getenv("ALUNO_LISTENING"));
    close(before); /* as exec does */
    const int meanwhile = connect_to(port);

    aluno__nng_listen_inherit();
    assert_null(getenv("ALUNO_LISTENING"));
    const int other = bound_socket(0);
    const int after = listening_socket(port);
    assert_int_equal(identity(after), socket_before);
    assert_int_not_equal(identity(other), socket_before);
    assert_true(fcntl(after, F_GETFD) & FD_CLOEXEC);
    const int accepted = accept(after, NULL, NULL);
    assert_true(accepted >= 0);
    aluno__nng_listen_drop_inherited();
    close(accepted);
    close(other);
    close(after);
    close(meanwhile);
}

/* nng adds its socket to epoll before it binds it, and waits for connections by changing what it waits for.
 * Sanitized builds have libc's epoll_ctl. */
static void test_an_inherited_socket_can_be_waited_for(void **state)
{
    struct epoll_event event = {.events = 0};
    (void)state;
    const int before = listening_socket(0);
    const struct sockaddr_in address = address_of(INADDR_LOOPBACK, port_of(before));
    aluno__nng_listen_hand_over();
    close(before); /* as exec does */

    aluno__nng_listen_inherit();
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const int after = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, after, &event), 0);
    assert_int_equal(bind(after, (const struct sockaddr *)(const void *)&address, sizeof address), 0);
    event = (struct epoll_event){.events = EPOLLIN | EPOLLONESHOT, .data.fd = after};
    assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_MOD, after, &event), SANITIZED ? -1 : 0);
    const int client = connect_to(ntohs(address.sin_port));
    event = (struct epoll_event){0};
    assert_int_equal(SANITIZED ? 1 : epoll_wait(epoll, &event, 1, -1), 1);
    assert_int_equal(event.data.fd, SANITIZED ? 0 : after);
    aluno__nng_listen_drop_inherited();
    close(client);
    close(after);
    close(epoll);
}

/* A descriptor that is in no epoll, and became no inherited socket. */
static void test_other_descriptors_are_not_added(void **state)
{
    struct epoll_event event = {.events = EPOLLIN};
    (void)state;
    const int epoll = epoll_create1(EPOLL_CLOEXEC), other = listening_socket(0);
    assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_MOD, other, &event), -1);
    assert_int_equal(errno, ENOENT);
    close(other);
    close(epoll);
}

/* The same port of another host: the inherited socket, which occupies it, is given up. */
static void test_an_inherited_socket_does_not_occupy_the_new_address(void **state)
{
    (void)state;
    const int before = bound_socket_at(INADDR_ANY, 0);
    assert_int_equal(listen(before, 8), 0);
    const uint16_t port = port_of(before);
    aluno__nng_listen_hand_over();
    close(before); /* as exec does */

    aluno__nng_listen_inherit();
    const int after = listening_socket(port);
    close(connect_to(port));
    aluno__nng_listen_drop_inherited();
    close(after);
}

/* One that another program occupies: the inherited socket of another port stays. */
static void test_an_address_in_use_closes_no_other_socket(void **state)
{
    (void)state;
    const int before = listening_socket(0), foreign = listening_socket(0);
    const struct sockaddr_in taken = address_of(INADDR_LOOPBACK, port_of(foreign));
    const uint16_t port = port_of(before);
    const ino_t socket_before = identity(before);
    char name[16];
    snprintf(name, sizeof name, "%d", fcntl(before, F_DUPFD_CLOEXEC, 100));
    setenv("ALUNO_LISTENING", name, 1);
    aluno__nng_listen_inherit();
    close(before);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)(const void *)&taken, sizeof taken), -1);
    assert_int_equal(errno, EADDRINUSE);
    const int after = bound_socket(port);
    assert_int_equal(identity(after), socket_before);
    aluno__nng_listen_drop_inherited();
    close(fd);
    close(after);
    close(foreign);
}

/* A wrong variable, an inherited address that nobody wants: nothing is taken. */
static void test_only_listening_sockets_are_inherited(void **state)
{
    static const char *const names[] = {"", "x", "-1", "0,1,2", "99999999999999999999", "1000,", "7;8"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        setenv("ALUNO_LISTENING", names[i], 1);
        aluno__nng_listen_inherit();
        assert_null(getenv("ALUNO_LISTENING"));
    }
    const int fd = listening_socket(0);
    assert_true(port_of(fd) > 0);
    close(fd);
}

static void test_running_out_of_descriptors_is_counted(void **state)
{
    struct rlimit limit;
    (void)state;
    const int fd = listening_socket(0), waiting = connect_to(port_of(fd));
    const unsigned long before = aluno__nng_listen_starved();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 3, .rlim_max = limit.rlim_max}),
                     0);
    assert_int_equal(accept4(fd, NULL, NULL, SOCK_CLOEXEC), -1);
    assert_int_equal(errno, EMFILE);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(aluno__nng_listen_starved(), before + 1);
    close(waiting);
    close(fd);
}

/* The last test: there is no way back. */
static void test_connections_wait_while_paused(void **state)
{
    (void)state;
    const int fd = listening_socket(0), waiting = connect_to(port_of(fd));
    const unsigned long before = aluno__nng_listen_starved();
    aluno__nng_listen_pause();
    assert_int_equal(accept(fd, NULL, NULL), -1);
    assert_int_equal(errno, EMFILE);
    assert_int_equal(aluno__nng_listen_starved(), before);
    close(waiting);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_connection_is_reset),
        cmocka_unit_test(test_other_errors_pass),
        cmocka_unit_test(test_end_of_a_socket_is_reset),
        cmocka_unit_test(test_reset_is_readable),
        cmocka_unit_test(test_a_listening_socket_is_handed_over),
        cmocka_unit_test(test_an_inherited_socket_can_be_waited_for),
        cmocka_unit_test(test_other_descriptors_are_not_added),
        cmocka_unit_test(test_an_inherited_socket_does_not_occupy_the_new_address),
        cmocka_unit_test(test_an_address_in_use_closes_no_other_socket),
        cmocka_unit_test(test_an_address_in_use_closes_no_other_socket),
        cmocka_unit_test(test_only_listening_sockets_are_inherited),
        cmocka_unit_test(test_running_out_of_descriptors_is_counted),
        cmocka_unit_test(test_connections_wait_while_paused),
    };
    return cmocka_run_group_tests_name("nng interposers", tests, NULL, NULL);
}
