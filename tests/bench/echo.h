/* The baseline of calls: an nng REP socket over the same TLS engine that echoes each request. */
#ifndef ALUNO_BENCH_ECHO_H
#define ALUNO_BENCH_ECHO_H

/* Serves until it is killed; the kernel kills it when its parent ends. Returns only on failure. */
int echo_serve(const char *url);

#endif
