/* A proxy between clients and a service that loses replies. It forwards TCP's bytes. In place of every n-th
 * reply it closes the connection: the service has made the change and replied by then. Or it hangs up on each
 * client that the service has greeted, as a service does that is stopping. It reads only the headers of TLS's
 * records; the greeting is one record, and so is a reply. */
#ifndef ALUNO_TESTS_PROXY_H
#define ALUNO_TESTS_PROXY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROXY_LINKS_MAX = 64,
    PROXY_HANGS_UP = 0, /* a period: the client's connection ends after the service's greeting */
};

/* A client's connection and its counterpart to the service. */
struct proxy_link {
    int client, service;
    uint8_t header[5]; /* of the service's present record */
    size_t header_size, body_left;
    bool is_greeted; /* SP's greeting has begun */
};

struct proxy {
    uint16_t port;         /* it listens here; set by proxy_start */
    uint16_t service_port; /* on the loopback */
    unsigned period;       /* n: every n-th reply is lost */
    atomic_uint accepted, replies, lost, hung_up;

    int listener, stop;
    pthread_t thread;
    size_t link_count;
    struct proxy_link links[PROXY_LINKS_MAX];
};

/* Starts the proxy; any failure fails the test. */
void proxy_start(struct proxy *proxy, uint16_t service_port, unsigned period);

/* Closes all connections and stops the proxy. */
void proxy_stop(struct proxy *proxy);

#endif
