/* The yardstick: nng's REP socket over the same TLS engine that sends back what it receives. */
#ifndef ALUNO_BENCH_ECHO_H
#define ALUNO_BENCH_ECHO_H

/* Serves until it is killed, at the latest by the end of the process that started it. Returns only on
 * failure. */
int echo_serve(const char *url);

#endif
