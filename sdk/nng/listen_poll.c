/* Interposes epoll_ctl: the dynamic linker prefers it to libc's, in the whole process. Not in sanitized
 * builds: sanitizers interpose it.
 *
 * nng adds its socket to epoll before it binds it, and the kernel removes it when the inherited socket takes
 * its descriptor. nng could then not wait for connections: it would try to accept one again and again, each
 * time with a new TLS connection. */
#include "listen.h"

#include <aluno/version.h>

#include <errno.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

ALUNO_API int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    const int result = (int)syscall(SYS_epoll_ctl, epoll, operation, fd, event);
    if (result == 0 || operation != EPOLL_CTL_MOD || errno != ENOENT || !aluno__nng_listen_take_replaced(fd))
        return result;
    return (int)syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, fd, event);
}
