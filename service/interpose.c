/* Functions that the dynamic linker prefers to libc's, for the sake of nng 1.5.2, which cannot be told
 * otherwise. */
#include <aluno/version.h>

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
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

/* nng runs its callbacks on twice as many threads as it finds processors. They mostly wait for each other's
 * locks: with one thread a processor a call costs a fifth less, alone and among others. (nng 1.7 can be
 * told.) */
ALUNO_API long sysconf(int name)
{
    static long (*original)(int);
    if (original == NULL) {
        void *const symbol = dlsym(RTLD_NEXT, "sysconf");
        memcpy(&original, &symbol, sizeof original);
    }
    const long value = original(name);
    return name == _SC_NPROCESSORS_ONLN && value > 1 ? (value + 1) / 2 : value;
}
