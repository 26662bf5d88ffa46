/* The TCP connections of this process. */
#ifndef BENCH_SOCKETS_H
#define BENCH_SOCKETS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Shuts down the connections to a port of the loopback, as a network that fails would. Returns how many. */
unsigned sockets_cut(unsigned port);

#ifdef __cplusplus
}
#endif

#endif
