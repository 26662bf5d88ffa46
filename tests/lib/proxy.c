/* One thread polls the listener and both ends of every link. */
#include "proxy.h"

#include "unit.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { APPLICATION_DATA = 23, CHUNK = 16384 };

/* ---- links ---- */

static void drop(struct proxy *proxy, struct proxy_link *link)
{
    close(link->client);
    close(link->service);
    *link = proxy->links[--proxy->link_count];
}

/* Closes the connection when there are too many or the service is down. */
static void accept_link(struct proxy *proxy)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(proxy->service_port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int client = accept(proxy->listener, NULL, NULL);
    const int service = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    atomic_fetch_add(&proxy->accepted, 1);
    if (client < 0 || service < 0 || proxy->link_count == PROXY_LINKS_MAX ||
        connect(service, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(client);
        close(service);
        return;
    }
    proxy->links[proxy->link_count++] = (struct proxy_link){.client = client, .service = service};
}

/* ---- records ---- */

/* Whether the record that begins must be lost. A record before SP's greeting is no reply. */
static bool is_lost(struct proxy *proxy, const struct proxy_link *link, uint8_t type)
{
    if (type != APPLICATION_DATA || !link->is_greeted || proxy->period == PROXY_HANGS_UP)
        return false;
    return (atomic_fetch_add(&proxy->replies, 1) + 1) % proxy->period == 0;
}

/* SP's greeting, eight bytes, as a record of TLS 1.2 (AES-GCM, ChaCha20-Poly1305) or 1.3. The latter's
 * handshake has records of data, too, none of this size. */
static bool is_greeting(const uint8_t *header)
{
    const size_t size = (size_t)header[3] << 8 | header[4];
    return header[0] == APPLICATION_DATA && (size == 8 + 8 + 16 || size == 8 + 16 || size == 8 + 1 + 16);
}

/* Returns how many of the service's bytes to forward: all, or those before the record that must be lost. */
static size_t scan_records(struct proxy *proxy, struct proxy_link *link, const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    while (at < size) {
        if (link->body_left > 0) {
            const size_t more = size - at < link->body_left ? size - at : link->body_left;
            link->body_left -= more;
            at += more;
            continue;
        }
        if (link->header_size == 0 && is_lost(proxy, link, bytes[at]))
            return at;
        link->header[link->header_size++] = bytes[at++];
        if (link->header_size == sizeof link->header) {
            link->body_left = (size_t)link->header[3] << 8 | link->header[4];
            link->is_greeted = link->is_greeted || is_greeting(link->header);
            link->header_size = 0;
        }
    }
    return size;
}

static bool send_all(int to, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t sent = send(to, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool has_greeted(const struct proxy_link *link)
{
    return link->is_greeted && link->header_size == 0 && link->body_left == 0;
}

/* Ends the stream to the client: whatever follows cannot be sent. */
static void hang_up(struct proxy *proxy, const struct proxy_link *link)
{
    shutdown(link->client, SHUT_WR);
    atomic_fetch_add(&proxy->hung_up, 1);
}

/* Forwards readable bytes. Returns false when the connection has ended, or must end. */
static bool forward(struct proxy *proxy, struct proxy_link *link, bool to_client)
{
    uint8_t bytes[CHUNK];
    const ssize_t got = recv(to_client ? link->service : link->client, bytes, sizeof bytes, 0);
    if (got <= 0)
        return false;
    if (!to_client)
        return send_all(link->service, bytes, (size_t)got);
    const size_t kept = scan_records(proxy, link, bytes, (size_t)got);
    const bool whole = kept == (size_t)got;
    atomic_fetch_add(&proxy->lost, !whole);
    if (!send_all(link->client, bytes, kept) || !whole)
        return false;
    if (proxy->period == PROXY_HANGS_UP && has_greeted(link))
        hang_up(proxy, link);
    return true;
}

/* ---- the thread ---- */

static size_t list_descriptors(const struct proxy *proxy, struct pollfd *all)
{
    size_t count = 0;
    all[count++] = (struct pollfd){.fd = proxy->stop, .events = POLLIN};
    all[count++] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
    for (size_t i = 0; i < proxy->link_count; i++) {
        all[count++] = (struct pollfd){.fd = proxy->links[i].client, .events = POLLIN};
        all[count++] = (struct pollfd){.fd = proxy->links[i].service, .events = POLLIN};
    }
    return count;
}

static void *run(void *argument)
{
    struct proxy *proxy = argument;
    struct pollfd all[2 + 2 * PROXY_LINKS_MAX];
    for (;;) {
        const size_t count = list_descriptors(proxy, all);
        if (poll(all, count, -1) < 0 || all[0].revents != 0)
            return NULL;
        for (size_t i = proxy->link_count; i-- > 0;) { /* backwards: drop moves the last link into the gap */
            struct proxy_link *link = &proxy->links[i];
            if ((all[2 + 2 * i].revents != 0 && !forward(proxy, link, false)) ||
                (all[3 + 2 * i].revents != 0 && !forward(proxy, link, true)))
                drop(proxy, link);
        }
        if (all[1].revents != 0)
            accept_link(proxy);
    }
}

void proxy_start(struct proxy *proxy, uint16_t service_port, unsigned period)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *proxy = (struct proxy){.service_port = service_port, .period = period};
    proxy->stop = eventfd(0, EFD_CLOEXEC);
    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(proxy->stop >= 0 && proxy->listener >= 0);
    assert_int_equal(bind(proxy->listener, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(proxy->listener, PROXY_LINKS_MAX), 0);
    assert_int_equal(getsockname(proxy->listener, (struct sockaddr *)&address, &size), 0);
    proxy->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&proxy->thread, NULL, run, proxy), 0);
}

void proxy_stop(struct proxy *proxy)
{
    assert_int_equal(eventfd_write(proxy->stop, 1), 0);
    pthread_join(proxy->thread, NULL);
    while (proxy->link_count > 0)
        drop(proxy, proxy->links);
    close(proxy->listener);
    close(proxy->stop);
}
