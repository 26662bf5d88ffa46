/* The work of a program that makes load, as its arguments say it:
 *
 *   PROGRAM PORT CERTIFICATES PID STUDENTS SECONDS POINT
 *
 * PORT is the server's, on the loopback. CERTIFICATES is a folder of aluno-certs. PID is the server's. The
 * server holds the students 1 to STUDENTS. POINT is OPERATION:CONNECTIONS:CALLS, such as get:8:64; CALLS is
 * the number in flight over all connections, or `sync` for blocking calls, one at a time. The rest of POINT
 * is only printed. */
#ifndef BENCH_JOB_H
#define BENCH_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct job {
    const char *program;
    unsigned port;
    char ca[256], cert[256], key[256]; /* PEM files; the certificate is the client's */
    pid_t server;
    int64_t students;
    double seconds;
    const char *point;
    char operation[16];
    unsigned connections;
    unsigned calls; /* 0: sync */
} job;

/* Returns false, and prints why, when the arguments are wrong. */
bool job_read(job *j, int argc, char *argv[]);

/* Takes operation, connections and calls from j->point. Returns false, and prints why, when it is wrong. */
bool job_read_point(job *j);

#ifdef __cplusplus
}
#endif

#endif
