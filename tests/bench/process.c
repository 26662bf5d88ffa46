/* Spawns the servers. Their stderr goes to a file in the run's folder, as a service's log would. */
#include "process.h"

#include "place.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* Returns a free port. */
static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unsigned port = 0;
    if (bind(fd, (struct sockaddr *)&address, size) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &size) == 0)
        port = ntohs(address.sin_port);
    close(fd);
    return port;
}

static void choose_url(process *server)
{
    snprintf(server->url, sizeof server->url, "tls+tcp://127.0.0.1:%u", free_port());
}

static bool spawn(process *server, const char *const arguments[])
{
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, place_file("servers.log"),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int failure =
        posix_spawn(&server->pid, arguments[0], &files, NULL, (char *const *)(uintptr_t)arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    if (failure == 0)
        return true;
    fprintf(stderr, "bench: %s: %s\n", arguments[0], strerror(failure));
    server->pid = 0;
    return false;
}

bool process_start_service(process *server, const char *database)
{
    const aluno__tls_files tls = place_files(ALUNO_TLS_SERVER);
    choose_url(server);
    const char *const arguments[] = {BENCH_ALUNOD, "--listen", server->url, "--db",   place_file(database),
                                     "--ca",       tls.ca,     "--cert",    tls.cert, "--key",
                                     tls.key,      "--crl",    tls.crl,     NULL};
    return spawn(server, arguments);
}

bool process_start_echo(process *server)
{
    choose_url(server);
    const char *const arguments[] = {"/proc/self/exe", "--echo", server->url, place_path(), NULL};
    return spawn(server, arguments);
}

bool process_start_hammer(process *client, const char *url, int64_t timeout_ms)
{
    char timeout[24];
    snprintf(timeout, sizeof timeout, "%" PRId64, timeout_ms);
    const char *const arguments[] = {BENCH_HAMMER, url, place_file("certs"), timeout, NULL};
    return spawn(client, arguments);
}

void process_stop(process *server)
{
    if (server->pid == 0)
        return;
    kill(server->pid, SIGTERM);
    while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    server->pid = 0;
}

double process_cpu(const process *server)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(server->pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

double process_memory(const process *server)
{
    char path[64], line[128];
    long kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)server->pid);
    FILE *status = fopen(path, "re");
    if (status == NULL)
        return 0;
    while (fgets(line, sizeof line, status) != NULL && sscanf(line, "VmRSS: %ld", &kilobytes) != 1)
        ;
    fclose(status);
    return (double)kilobytes / 1024;
}
