/* The clocks of processes are exact. /proc/stat counts in ticks of 10 ms. */
#include "meter.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timespec t)
{
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

uint64_t meter_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

double meter_cpu(pid_t process)
{
    clockid_t clock;
    struct timespec used;
    if (process == 0 || clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return seconds(used);
}

long meter_memory(pid_t process)
{
    char path[64], line[128];
    long kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)process);
    FILE *status = fopen(path, "re");
    if (status == NULL)
        return 0;
    while (fgets(line, sizeof line, status) != NULL && sscanf(line, "VmRSS: %ld", &kilobytes) != 1)
        continue;
    fclose(status);
    return kilobytes;
}

/* Sums all states of the processors but idle and iowait. */
static double machine_cpu(void)
{
    unsigned long long user, nice, system, irq, softirq, steal;
    FILE *stat = fopen("/proc/stat", "re");
    if (stat == NULL)
        return 0;
    const int read = fscanf(stat, "cpu %llu %llu %llu %*u %*u %llu %llu %llu", &user, &nice, &system, &irq,
                            &softirq, &steal);
    fclose(stat);
    if (read != 6)
        return 0;
    return (double)(user + nice + system + irq + softirq + steal) / (double)sysconf(_SC_CLK_TCK);
}

meter meter_read(pid_t server)
{
    return (meter){
        .clock = (double)meter_ns() / 1e9,
        .server = meter_cpu(server),
        .client = meter_cpu(getpid()),
        .machine = machine_cpu(),
    };
}

double meter_others(const meter *from, const meter *to)
{
    const double ours = to->server - from->server + to->client - from->client;
    const double others = to->machine - from->machine - ours;
    return others > 0 ? others / (to->clock - from->clock) : 0;
}
