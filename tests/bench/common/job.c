#include "job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_point(job *j)
{
    char calls[16];
    if (sscanf(j->point, "%15[^:]:%u:%15[^:]", j->operation, &j->connections, calls) != 3)
        return false;
    j->calls = (unsigned)strtoul(calls, NULL, 10);
    return j->connections > 0 && (j->calls >= j->connections || strcmp(calls, "sync") == 0);
}

bool job_read_point(job *j)
{
    if (parse_point(j))
        return true;
    fprintf(stderr, "%s: %s is not OPERATION:CONNECTIONS:CALLS\n", j->program, j->point);
    return false;
}

bool job_read(job *j, int argc, char *argv[])
{
    if (argc != 7) {
        fprintf(stderr, "usage: %s PORT CERTIFICATES PID STUDENTS SECONDS POINT\n", argv[0]);
        return false;
    }
    *j = (job){.program = argv[0],
               .port = (unsigned)strtoul(argv[1], NULL, 10),
               .server = (pid_t)strtol(argv[3], NULL, 10),
               .students = strtoll(argv[4], NULL, 10),
               .seconds = strtod(argv[5], NULL),
               .point = argv[6]};
    snprintf(j->ca, sizeof j->ca, "%s/ca.crt", argv[2]);
    snprintf(j->cert, sizeof j->cert, "%s/clients/bench.crt", argv[2]);
    snprintf(j->key, sizeof j->key, "%s/clients/bench.key", argv[2]);
    return job_read_point(j);
}
