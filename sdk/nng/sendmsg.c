/* Interposes sendmsg: the dynamic linker prefers this one to libc's, in the whole process. */
#include <aluno/version.h>

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* nng translates EPIPE into NNG_ECLOSED, its error for "closed by ourselves", and then its listener ends:
 * nobody can connect any more. A client that closes its connection during the handshake is enough.
 * ECONNRESET, which a broken connection may give as well, ends only that connection. A TLS engine cannot
 * help: nng fails the connection without asking it. */
ALUNO_API ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    const ssize_t sent = syscall(SYS_sendmsg, fd, message, flags);
    if (sent < 0 && errno == EPIPE)
        errno = ECONNRESET;
    return sent;
}
