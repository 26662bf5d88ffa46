/* A link between clients and a service that fails on command: history-link PORT SERVICE_PORT, both of the
 * loopback. Commands are lines on stdin; it ends with stdin.
 *
 * - cut: ends all connections; what is under way is lost
 * - hold up, hold down, hold both: no byte passes to the service, to the clients, or at all
 * - flow: all bytes pass again, those that were held first
 *
 * While bytes to the service are held, the end of a client's connection is, too: what it sent arrives later.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINKS_MAX = 256, CHUNK = 16384 };

struct link {
    int client, service;
};

static struct link links[LINKS_MAX];
static size_t link_count;
static bool holds_up, holds_down;

static struct sockaddr_in loopback(const char *port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int open_listener(const char *port)
{
    const struct sockaddr_in address = loopback(port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, LINKS_MAX) == 0)
        return fd;
    perror("history-link");
    exit(EXIT_FAILURE);
}

static void drop(size_t i)
{
    close(links[i].client);
    close(links[i].service);
    links[i] = links[--link_count];
}

/* Closes the connection when there are too many or the service is down. */
static void accept_link(int listener, const char *service_port)
{
    const struct sockaddr_in address = loopback(service_port);
    const int client = accept(listener, NULL, NULL);
    const int service = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client >= 0 && service >= 0 && link_count < LINKS_MAX &&
        connect(service, (const struct sockaddr *)&address, sizeof address) == 0) {
        links[link_count++] = (struct link){client, service};
        return;
    }
    close(client);
    close(service);
}

/* Returns false when the connection has ended. */
static bool forward(int from, int to)
{
    uint8_t bytes[CHUNK];
    const ssize_t got = recv(from, bytes, sizeof bytes, 0);
    for (ssize_t sent = 0, more; sent < got; sent += more) {
        more = send(to, bytes + sent, (size_t)(got - sent), MSG_NOSIGNAL);
        if (more <= 0)
            return false;
    }
    return got > 0;
}

static void obey(const char *command)
{
    while (strncmp(command, "cut", 3) == 0 && link_count > 0)
        drop(link_count - 1);
    if (strncmp(command, "hold", 4) == 0) {
        holds_up = strstr(command, "down") == NULL;
        holds_down = strstr(command, "up") == NULL;
    }
    if (strncmp(command, "flow", 4) == 0)
        holds_up = holds_down = false;
}

/* Obeys the lines that have come. Returns false at the end of stdin. */
static bool read_commands(void)
{
    static char lines[4096];
    static size_t size;
    char *end;
    const ssize_t got = read(STDIN_FILENO, lines + size, sizeof lines - size);
    if (got <= 0)
        return false;
    size += (size_t)got;
    while ((end = memchr(lines, '\n', size)) != NULL) {
        *end = '\0';
        obey(lines);
        size -= (size_t)(end + 1 - lines);
        memmove(lines, end + 1, size);
    }
    return true;
}

/* A descriptor below 0 is not polled. */
static size_t list_descriptors(int listener, struct pollfd *all)
{
    size_t count = 0;
    all[count++] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    all[count++] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (size_t i = 0; i < link_count; i++) {
        all[count++] = (struct pollfd){.fd = holds_up ? -1 : links[i].client, .events = POLLIN};
        all[count++] = (struct pollfd){.fd = holds_down ? -1 : links[i].service, .events = POLLIN};
    }
    return count;
}

static void forward_all(const struct pollfd *all)
{
    for (size_t i = link_count; i-- > 0;) { /* backwards: drop moves the last one into the gap */
        const struct link at = links[i];
        const struct pollfd *ready = all + 2 + 2 * i;
        if ((ready[0].revents != 0 && !forward(at.client, at.service)) ||
            (ready[1].revents != 0 && !forward(at.service, at.client)))
            drop(i);
    }
}

int main(int argc, char *argv[])
{
    static struct pollfd all[2 + 2 * LINKS_MAX];
    if (argc != 3) {
        fprintf(stderr, "usage: history-link PORT SERVICE_PORT\n");
        return 2;
    }
    const int listener = open_listener(argv[1]);
    for (;;) {
        const size_t count = list_descriptors(listener, all);
        if (poll(all, count, -1) < 0)
            return EXIT_FAILURE;
        forward_all(all);
        if (all[1].revents != 0)
            accept_link(listener, argv[2]);
        if (all[0].revents != 0 && !read_commands())
            return EXIT_SUCCESS;
    }
}
