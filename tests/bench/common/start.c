/* bench-start: starts a server, and measures its start and its memory.
 *
 *   bench-start POINT PORT COMMAND...
 *
 * Prints a row: POINT, milliseconds from the start until the port accepts connections, milliseconds of CPU
 * until then, and kB of resident memory a while later. Ends the server. */
#include "meter.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { ATTEMPT_NS = 100 * 1000, ATTEMPTS = 100 * 1000, IDLE_NS = 500 * 1000 * 1000 };

static void pause_ns(long ns)
{
    const struct timespec pause = {.tv_nsec = ns};
    nanosleep(&pause, NULL);
}

static bool accepts(unsigned port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((in_port_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool accepted = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return accepted;
}

static bool wait_until_accepting(pid_t server, unsigned port)
{
    for (int i = 0; i < ATTEMPTS && waitpid(server, NULL, WNOHANG) == 0; i++) {
        if (accepts(port))
            return true;
        pause_ns(ATTEMPT_NS);
    }
    return false;
}

int main(int argc, char *argv[])
{
    pid_t server;
    if (argc < 4) {
        fprintf(stderr, "usage: %s POINT PORT COMMAND...\n", argv[0]);
        return 2;
    }
    const unsigned port = (unsigned)strtoul(argv[2], NULL, 10);
    const uint64_t begun_ns = meter_ns();
    const int failure = posix_spawnp(&server, argv[3], NULL, NULL, argv + 3, environ);
    if (failure != 0) {
        fprintf(stderr, "%s: %s: %s\n", argv[0], argv[3], strerror(failure));
        return EXIT_FAILURE;
    }
    const bool accepted = wait_until_accepting(server, port);
    const uint64_t took_ns = meter_ns() - begun_ns;
    const double cpu = meter_cpu(server);
    pause_ns(IDLE_NS);
    if (accepted)
        printf("%s\t%.2f\t%.2f\t%ld\n", argv[1], (double)took_ns / 1e6, cpu * 1e3, meter_memory(server));
    else
        fprintf(stderr, "%s: %s: does not listen at port %u\n", argv[0], argv[3], port);
    kill(server, SIGTERM);
    waitpid(server, NULL, 0);
    return accepted ? EXIT_SUCCESS : EXIT_FAILURE;
}
