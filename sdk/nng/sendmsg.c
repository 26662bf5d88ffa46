/* A sendmsg that the dynamic linker prefers to libc's, for the sake of nng 1.5.2. */
#include <aluno/version.h>

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* nng takes EPIPE for "closed by ourselves" (NNG_ECLOSED). When a connection breaks so in its handshake,
 * because the client closed it, nng's listener therefore ends, and nobody can connect any more. ECONNRESET,
 * which a broken connection may give as well, is one client's trouble only. The engine behind nng's streams
 * has no say in this: nng fails the connection before it asks. */
ALUNO_API ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    const ssize_t sent = syscall(SYS_sendmsg, fd, message, flags);
    if (sent < 0 && errno == EPIPE)
        errno = ECONNRESET;
    return sent;
}
