/* The memory that a service holds for each idle connection: bench-idle URL CERTIFICATES PID CONNECTIONS
 *
 * idle.sh starts the service. */
#include <aluno/aluno.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static void fail(const aluno_error *error)
{
    fprintf(stderr, "bench-idle: %s\n", error->message);
    exit(EXIT_FAILURE);
}

/* Connects, by a first call. */
static aluno_client *connected(const aluno_client_options *options)
{
    aluno_client *client;
    aluno_error error;
    const aluno_health_check_request request = {.has = {.none = false}};
    aluno_health_check_reply reply;
    if (aluno_client_open(&client, options, &error) != ALUNO_OK ||
        aluno_health_check(client, &request, &reply, NULL, &error) != ALUNO_OK)
        fail(&error);
    return client;
}

static long resident_kb(const char *pid)
{
    char path[64], line[128];
    long kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%s/status", pid);
    FILE *status = fopen(path, "re");
    while (status != NULL && fgets(line, sizeof line, status) != NULL &&
           sscanf(line, "VmRSS: %ld", &kilobytes) != 1)
        continue;
    if (status != NULL)
        fclose(status);
    return kilobytes;
}

static void measure(const aluno_client_options *options, const char *pid, size_t count)
{
    aluno_client **clients = calloc(count, sizeof(aluno_client *));
    if (clients == NULL)
        exit(EXIT_FAILURE);
    const long before = resident_kb(pid);
    for (size_t i = 0; i < count; i++)
        clients[i] = connected(options);
    const long after = resident_kb(pid);
    printf("idle connections: %.1f kB each (service: %.1f MB before, %.1f MB with %zu)\n",
           (double)(after - before) / (double)count, (double)before / 1024, (double)after / 1024, count);
    for (size_t i = 0; i < count; i++)
        aluno_client_close(clients[i]);
    free(clients);
}

static void raise_limit_on_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

int main(int argc, char *argv[])
{
    static char files[3][512];
    static const char *const names[] = {"ca.crt", "clients/ana.crt", "clients/ana.key"};
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    const size_t count = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
    if (count == 0) {
        fprintf(stderr, "usage: bench-idle URL CERTIFICATES PID CONNECTIONS\n");
        return 2;
    }
    for (size_t i = 0; i < 3; i++)
        snprintf(files[i], sizeof files[i], "%s/%s", argv[2], names[i]);
    options.server = argv[1];
    options.ca_file = files[0];
    options.cert_file = files[1];
    options.key_file = files[2];
    raise_limit_on_files();
    measure(&options, argv[3], count);
    return EXIT_SUCCESS;
}
