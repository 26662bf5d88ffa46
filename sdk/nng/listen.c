/* Interposes bind, listen and accept: the dynamic linker prefers these to libc's, in the whole
 * process. */
#include "listen.h"

#include <aluno/version.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST = 4 };

static const char variable[] = "ALUNO_LISTENING"; /* descriptors, with commas between */

struct sockets {
    int fds[MOST];
    size_t count;
};

static struct sockets kept;      /* duplicates of those that listen */
static struct sockets inherited; /* not taken yet */
static struct sockets replaced;  /* descriptors that became an inherited socket, until they are in epoll */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool paused;
static atomic_ulong starved;

static void add(struct sockets *to, int fd)
{
    if (to->count < MOST)
        to->fds[to->count++] = fd;
    else
        close(fd);
}

/* ---- from process to process ---- */

void aluno__nng_listen_pause(void)
{
    atomic_store(&paused, true);
}

void aluno__nng_listen_hand_over(void)
{
    char names[MOST * 12] = "";
    size_t size = 0;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < kept.count; i++) {
        (void)fcntl(kept.fds[i], F_SETFD, 0);
        size += (size_t)snprintf(names + size, sizeof names - size, "%s%d", i > 0 ? "," : "", kept.fds[i]);
    }
    pthread_mutex_unlock(&mutex);
    (void)setenv(variable, names, 1);
}

static bool is_listening(int fd)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

void aluno__nng_listen_inherit(void)
{
    const char *names = getenv(variable);
    for (char *end; names != NULL && *names != '\0'; names = *end == ',' ? end + 1 : end) {
        const long fd = strtol(names, &end, 10);
        if (end == names)
            break;
        if (fd > STDERR_FILENO && fd < INT_MAX && is_listening((int)fd) &&
            fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0)
            add(&inherited, (int)fd);
    }
    (void)unsetenv(variable);
}

void aluno__nng_listen_drop_inherited(void)
{
    pthread_mutex_lock(&mutex);
    while (inherited.count > 0)
        close(inherited.fds[--inherited.count]);
    pthread_mutex_unlock(&mutex);
}

/* 0: the address has none. */
static uint16_t port_of(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
    if (address->sa_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
    return 0;
}

static bool has_port(int fd, uint16_t port)
{
    struct sockaddr_storage own = {0};
    socklen_t size = sizeof own;
    return getsockname(fd, (struct sockaddr *)(void *)&own, &size) == 0 &&
           port_of((const struct sockaddr *)(const void *)&own) == port;
}

bool aluno__nng_listen_has_port(uint16_t port)
{
    bool found = false;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < kept.count; i++)
        found |= has_port(kept.fds[i], port);
    pthread_mutex_unlock(&mutex);
    return found;
}

bool aluno__nng_listen_take_replaced(int fd)
{
    bool found = false;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; !found && i < replaced.count; i++) {
        found = replaced.fds[i] == fd;
        if (found)
            replaced.fds[i] = replaced.fds[--replaced.count];
    }
    pthread_mutex_unlock(&mutex);
    return found;
}

unsigned long aluno__nng_listen_starved(void)
{
    return atomic_load(&starved);
}

/* ---- libc's functions ---- */

static bool has_address(int fd, const struct sockaddr *address, socklen_t size)
{
    struct sockaddr_storage own = {0};
    socklen_t own_size = sizeof own;
    return getsockname(fd, (struct sockaddr *)(void *)&own, &own_size) == 0 && own_size == size &&
           memcmp(&own, address, size) == 0;
}

/* The inherited socket of that address; -1 when there is none. */
static int take_inherited(const struct sockaddr *address, socklen_t size)
{
    int taken = -1;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; taken < 0 && i < inherited.count; i++) {
        if (!has_address(inherited.fds[i], address, size))
            continue;
        taken = inherited.fds[i];
        inherited.fds[i] = inherited.fds[--inherited.count];
    }
    pthread_mutex_unlock(&mutex);
    return taken;
}

/* Closes the inherited sockets of that port; returns how many there were. */
static size_t close_inherited(uint16_t port)
{
    size_t stay = 0;
    pthread_mutex_lock(&mutex);
    const size_t count = inherited.count;
    for (size_t i = 0; i < count; i++)
        if (has_port(inherited.fds[i], port))
            close(inherited.fds[i]);
        else
            inherited.fds[stay++] = inherited.fds[i];
    inherited.count = stay;
    pthread_mutex_unlock(&mutex);
    return count - stay;
}

/* An inherited socket of another address can occupy this one: 0.0.0.0 and 127.0.0.1 with the same port. */
static int bind_anew(int fd, const struct sockaddr *address, socklen_t size)
{
    const int result = (int)syscall(SYS_bind, fd, address, size);
    if (result == 0 || errno != EADDRINUSE || close_inherited(port_of(address)) == 0)
        return result;
    return (int)syscall(SYS_bind, fd, address, size);
}

/* The descriptor becomes the inherited socket; its own socket is closed. */
static int replace(int fd, int taken)
{
    if (dup3(taken, fd, O_CLOEXEC) < 0)
        return -1;
    pthread_mutex_lock(&mutex);
    if (replaced.count < MOST)
        replaced.fds[replaced.count++] = fd;
    pthread_mutex_unlock(&mutex);
    return 0;
}

ALUNO_API int bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t size)
{
    const int taken = take_inherited(address.__sockaddr__, size);
    if (taken < 0)
        return bind_anew(fd, address.__sockaddr__, size);
    const int result = replace(fd, taken);
    close(taken);
    return result;
}

ALUNO_API int listen(int fd, int backlog)
{
    const int result = (int)syscall(SYS_listen, fd, backlog);
    const int copy = result == 0 ? fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : -1;
    if (copy >= 0) {
        pthread_mutex_lock(&mutex);
        add(&kept, copy);
        pthread_mutex_unlock(&mutex);
    }
    return result;
}

/* Without descriptors, nng waits 10 ms and tries again: the connections stay where they are. */
static int accept_or_wait(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
    if (atomic_load(&paused)) {
        errno = EMFILE;
        return -1;
    }
    const int accepted = (int)syscall(SYS_accept4, fd, address, size, flags);
    if (accepted < 0 && (errno == EMFILE || errno == ENFILE))
        atomic_fetch_add(&starved, 1);
    return accepted;
}

ALUNO_API int accept(int fd, __SOCKADDR_ARG address, socklen_t *size)
{
    return accept_or_wait(fd, address.__sockaddr__, size, 0);
}

ALUNO_API int accept4(int fd, __SOCKADDR_ARG address, socklen_t *size, int flags)
{
    return accept_or_wait(fd, address.__sockaddr__, size, flags);
}
