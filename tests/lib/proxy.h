/* A proxy that loses replies, between clients and a service: it passes TCP's bytes on, and of every so many
 * replies cuts the connection instead of the last, when the service has made the change and answered. It
 * reads none of TLS but the heads of its records; a reply is one record. */
#ifndef ALUNO_TESTS_PROXY_H
#define ALUNO_TESTS_PROXY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { PROXY_LINKS_MAX = 64 };

/* One connection of a client, and the one that was made for it to the service. */
struct proxy_link {
    int client, service;
    uint8_t head[5]; /* of the service's present record */
    size_t head_size, left;
    size_t records; /* with data, seen so far */
};

struct proxy {
    uint16_t port;         /* where it listens; to be read after proxy_start */
    uint16_t service_port; /* on the loopback */
    unsigned period;       /* the last of so many replies is lost */
    atomic_uint replies, lost;

    int listener, stop;
    pthread_t thread;
    size_t link_count;
    struct proxy_link links[PROXY_LINKS_MAX];
};

/* Starts it; what goes wrong fails the test. */
void proxy_start(struct proxy *proxy, uint16_t service_port, unsigned period);

/* Closes all of its connections and ends it. */
void proxy_stop(struct proxy *proxy);

#endif
