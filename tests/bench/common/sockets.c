#include "sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/socket.h>

enum { DESCRIPTORS = 1024 };

/* A connection that was cut before may still be on its way out. */
static bool is_established(int fd)
{
    struct tcp_info info;
    socklen_t size = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state == TCP_ESTABLISHED;
}

unsigned sockets_cut(unsigned port)
{
    unsigned cut = 0;
    for (int fd = 3; fd < DESCRIPTORS; fd++) {
        struct sockaddr_in6 peer; /* large enough for both families; the port is at the same offset */
        socklen_t size = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &size) != 0 ||
            (peer.sin6_family != AF_INET && peer.sin6_family != AF_INET6) || ntohs(peer.sin6_port) != port ||
            !is_established(fd))
            continue;
        if (shutdown(fd, SHUT_RDWR) == 0)
            cut++;
    }
    return cut;
}
