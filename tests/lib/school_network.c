/* Ports and plain connections on the loopback. */
#include "school_internal.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    /* Below the kernel's range of ephemeral ports: a connection could take the port while alunod is down. Nor
     * do shell tests take it, which use 20000 and above. */
    PORT_FIRST = 12000,
    PORT_COUNT = 8000,
};

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static bool is_free(uint16_t port)
{
    const struct sockaddr_in address = loopback(port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    const bool bound = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return bound;
}

/* Claims the port among parallel tests, for the life of this process: another test must not take it while
 * alunod is down. The claim is a name in the kernel's abstract name space, which needs no file. */
static bool claim(uint16_t port)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    const int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "aluno-test-port-%u", port);
    const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (bind(fd, (const struct sockaddr *)&name, size) == 0)
        return true;
    close(fd);
    return false;
}

/* Parallel tests begin to search at different ports; a test's next school after the port of its last. */
uint16_t school_find_port(void)
{
    static unsigned at;
    if (at == 0)
        at = (unsigned)getpid() * 7;
    do
        at = (at + 1) % PORT_COUNT;
    while (!is_free((uint16_t)(PORT_FIRST + at)) || !claim((uint16_t)(PORT_FIRST + at)));
    return (uint16_t)(PORT_FIRST + at);
}

int school_dial(const struct school *school)
{
    const struct sockaddr_in address = loopback(school->port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

int school_listen_silently(uint16_t *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}
