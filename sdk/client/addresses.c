/* Which address of a name to dial. An address may swallow packets, so connections to the addresses are begun
 * one after another, as RFC 8305 has it, before any has failed; the first one that stands wins. nng's dialers
 * are no part of it: they may not be made and closed at the same time. */
#include "addresses.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    STAGGER_MS = 250, /* between the beginnings of two connections, while none fails */
    POLL_MS = 50,
};

/* ---- the list ---- */

static bool set_address(aluno__address *address, const struct addrinfo *found, const char *port)
{
    char text[INET6_ADDRSTRLEN];
    const bool v6 = found->ai_family == AF_INET6;
    const void *const where = found->ai_addr;
    const void *const bytes = v6 ? (const void *)&((const struct sockaddr_in6 *)where)->sin6_addr
                                 : (const void *)&((const struct sockaddr_in *)where)->sin_addr;
    if (inet_ntop(found->ai_family, bytes, text, sizeof text) == NULL)
        return false;
    memcpy(&address->socket, found->ai_addr, found->ai_addrlen);
    address->length = found->ai_addrlen;
    snprintf(address->url, sizeof address->url, v6 ? "tls+tcp://[%s]:%s" : "tls+tcp://%s:%s", text, port);
    return true;
}

int aluno__addresses_resolve(aluno__addresses *addresses, const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    addresses->count = 0;
    const int failure = getaddrinfo(host, port, &hints, &found);
    if (failure != 0)
        return failure;
    for (const struct addrinfo *each = found; each != NULL && addresses->count < ALUNO_ADDRESSES_MAX;
         each = each->ai_next)
        addresses->count += set_address(&addresses->items[addresses->count], each, port);
    freeaddrinfo(found);
    return 0;
}

/* Moves an item to a place before it. */
static void move(aluno__addresses *addresses, size_t from, size_t to)
{
    const aluno__address moved = addresses->items[from];
    memmove(&addresses->items[to + 1], &addresses->items[to], (from - to) * sizeof moved);
    addresses->items[to] = moved;
}

static bool has_family_of(const aluno__address *one, const aluno__address *other)
{
    return one->socket.ss_family == other->socket.ss_family;
}

void aluno__addresses_order(aluno__addresses *addresses, const char *preferred)
{
    aluno__address *const items = addresses->items;
    for (size_t i = 1; i < addresses->count; i++)
        if (strcmp(items[i].url, preferred) == 0)
            move(addresses, i, 0);
    for (size_t i = 1; i < addresses->count; i++) {
        size_t next = i;
        while (next < addresses->count && has_family_of(&items[next], &items[i - 1]))
            next++;
        if (next < addresses->count)
            move(addresses, next, i);
    }
}

void aluno__addresses_remove(aluno__addresses *addresses, size_t index)
{
    addresses->count--;
    memmove(&addresses->items[index], &addresses->items[index + 1],
            (addresses->count - index) * sizeof *addresses->items);
}

/* ---- the race ---- */

typedef struct race {
    const aluno__addresses *addresses;
    struct pollfd connections[ALUNO_ADDRESSES_MAX]; /* fd -1: failed */
    size_t begun, running;
    int64_t next_ms; /* when the next connection begins */
    int failure;
} race;

static void note_failure(race *self, int failure)
{
    if (self->failure == 0 || failure == ECONNREFUSED)
        self->failure = failure;
    self->next_ms = 0;
}

static void begin_next(race *self, int64_t now_ms)
{
    const aluno__address *const address = &self->addresses->items[self->begun];
    struct pollfd *const connection = &self->connections[self->begun++];
    const int fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    *connection = (struct pollfd){.fd = fd, .events = POLLOUT};
    self->next_ms = now_ms + STAGGER_MS;
    if (fd >= 0 && (connect(fd, (const struct sockaddr *)&address->socket, address->length) == 0 ||
                    errno == EINPROGRESS)) {
        self->running++;
        return;
    }
    note_failure(self, errno);
    if (fd >= 0)
        close(fd);
    connection->fd = -1;
}

/* Whether a connection that has an event stands; otherwise it is closed. */
static bool stands(race *self, struct pollfd *connection)
{
    int failure = 0;
    socklen_t size = sizeof failure;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure == 0)
        return true;
    note_failure(self, failure);
    close(connection->fd);
    connection->fd = -1;
    self->running--;
    return false;
}

/* Waits for an event. Returns the index of a connection that stands, or the count of addresses. */
static size_t poll_connections(race *self, int64_t most_ms)
{
    if (poll(self->connections, self->begun, (int)(most_ms < POLL_MS ? most_ms : POLL_MS)) > 0)
        for (size_t i = 0; i < self->begun; i++)
            if (self->connections[i].revents != 0 && stands(self, &self->connections[i]))
                return i;
    return self->addresses->count;
}

size_t aluno__addresses_race(const aluno__addresses *addresses, int64_t until_ms, bool (*stopped)(void *user),
                             void *user, int *failure)
{
    race self = {.addresses = addresses};
    size_t winner = addresses->count;
    while (winner == addresses->count && (self.begun < addresses->count || self.running > 0)) {
        const int64_t now_ms = aluno__clock_ms();
        if (now_ms >= until_ms || stopped(user))
            break;
        if (self.begun < addresses->count && now_ms >= self.next_ms)
            begin_next(&self, now_ms);
        else
            winner = poll_connections(&self, until_ms - now_ms);
    }
    for (size_t i = 0; i < self.begun; i++)
        if (self.connections[i].fd >= 0)
            close(self.connections[i].fd);
    const bool passed = self.running > 0 && self.failure != ECONNREFUSED;
    *failure = passed || self.failure == 0 ? ETIMEDOUT : self.failure;
    return winner;
}
