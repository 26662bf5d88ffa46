/* Interposes readv and epoll_wait: the dynamic linker prefers these to libc's, in the whole process. Not in
 * sanitized builds: sanitizers interpose both.
 *
 * A client that closes its connection before the handshake, as a probe of the port does, ends nng's accept
 * with NNG_ECONNSHUT, after which nng accepts nobody for 100 ms. A TLS engine cannot help: nng fails the
 * connection without asking it. ECONNRESET, which a broken connection may give as well, ends only that
 * connection. */
#include <aluno/version.h>

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static bool is_socket(int fd)
{
    int type;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

/* The peer has shut its side down. */
ALUNO_API ssize_t readv(int fd, const struct iovec *parts, int count)
{
    const ssize_t got = syscall(SYS_readv, fd, parts, count);
    if (got != 0 || count == 0 || !is_socket(fd))
        return got;
    errno = ECONNRESET;
    return -1;
}

/* The peer has reset the connection: nng reads, which reports that. */
ALUNO_API int epoll_wait(int fd, struct epoll_event *events, int most, int timeout_ms)
{
    const long count = syscall(SYS_epoll_pwait, fd, events, most, timeout_ms, NULL, 0);
    for (long i = 0; i < count; i++)
        if ((events[i].events & EPOLLERR) != 0)
            events[i].events = (events[i].events & ~(uint32_t)EPOLLERR) | EPOLLIN | EPOLLOUT;
    return (int)count;
}
