/* CPU of the server, of this process and of everything else on the machine. */
#ifndef BENCH_METER_H
#define BENCH_METER_H

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Seconds, at one moment. */
typedef struct meter {
    double clock;
    double server, client; /* CPU of the server, and of this process */
    double machine;        /* CPU of all processes, and what the hypervisor took */
} meter;

/* The monotonic clock in nanoseconds. */
uint64_t meter_ns(void);

/* Returns the CPU that the threads of a process have used, in seconds. Returns 0 for process 0, and when
 * there is no such process. */
double meter_cpu(pid_t process);

/* Returns the resident memory of a process in kB. */
long meter_memory(pid_t process);

meter meter_read(pid_t server);

/* Returns the cores that other processes used between two readings. */
double meter_others(const meter *from, const meter *to);

#ifdef __cplusplus
}
#endif

#endif
