/* alunod: reads its options, opens the store, serves, and obeys signals: SIGTERM and SIGINT stop it, SIGHUP
 * makes it read its certificates again. On SIGUSR2, and when nng wedges, it drains and replaces itself by a
 * fresh copy of its program: the same process, listening again at once, of which clients' retries see
 * nothing. */
#include "call.h"
#include "base/clock.h"
#include "log.h"
#include "options.h"
#include "purge.h"
#include "server.h"

#include "protocol/error.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    DRAIN_MS = 10000,
    LOOK_AFTER_MS = 1000,
    PURGE_MS = 60 * 60 * 1000,
};

enum order { STOP, RESTART };

/* ---- signals: blocked in every thread, taken by the main one ---- */

static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* ---- looking after the service ---- */

static aluno__tls_files files_of(const options *given)
{
    static const aluno__tls_files flags = {"--ca", "--cert", "--key", "--crl", NULL};
    return (aluno__tls_files){
        .ca = given->ca, .cert = given->cert, .key = given->key, .crl = given->crl, .names = &flags};
}

static void reload(struct server *server, const options *given)
{
    aluno_error error;
    const aluno__tls_files files = files_of(given);
    if (server_reload(server, &files, &error) != ALUNO_OK)
        log_line(LOG_ERROR, "Certificates not reloaded: the old ones stay.", "reason", error.reason, "why",
                 error.message, NULL);
}

/* Obeys signals and looks after the service until it is to stop or to start anew. */
static enum order run(struct server *server, struct service *service, const options *given,
                      const sigset_t *signals)
{
    const struct timespec pause = aluno__clock_timespec(LOOK_AFTER_MS);
    int64_t purged_ms = 0;
    for (;;) {
        const int signal = sigtimedwait(signals, NULL, &pause);
        if (signal == SIGTERM || signal == SIGINT)
            return STOP;
        if (signal == SIGUSR2)
            return RESTART;
        if (signal == SIGHUP)
            reload(server, given);
        if (server_look_after(server)) {
            log_line(LOG_WARN, "nng has wedged.", NULL);
            return RESTART;
        }
        if (purged_ms == 0 || aluno__clock_ms() - purged_ms > PURGE_MS) {
            purged_ms = aluno__clock_ms();
            purge_start(service);
        }
    }
}

/* ---- starting anew ---- */

/* The path of this program, so that it can be run again whatever the working directory. */
static char *own_path(void)
{
    return realpath("/proc/self/exe", NULL);
}

/* Replaces this process by a fresh one of the same program, arguments and pid. Returns only on failure. */
static int restart(const char *path, char *argv[])
{
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (path != NULL)
        execv(path, argv);
    log_line(LOG_ERROR, "Could not restart.", "why", strerror(errno), NULL);
    return EXIT_FAILED;
}

/* ---- serving ---- */

static int fail(const aluno_error *error)
{
    fprintf(stderr, "alunod: %s\n", error->has.detail ? error->detail : error->message);
    return EXIT_FAILED;
}

static void log_start(const options *given)
{
    char pid[24];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    log_line(LOG_INFO, "Server started...", "listen", given->listen, "db", given->db, "version",
             ALUNO_VERSION, "pid", pid, NULL);
}

/* Serves until told to stop. *order says whether the process is to begin again. */
static int serve(const options *given, const sigset_t *signals, enum order *order)
{
    aluno_error error;
    struct server *server = NULL;
    struct service service = {.cpf_strict = given->cpf_check == OPTIONS_CPF_STRICT,
                              .start_ms = aluno__clock_unix_ms(),
                              .pending = PENDING_INIT};
    const struct server_options how = {
        .listen = given->listen, .files = files_of(given), .max_connections = (size_t)given->max_connections};
    log_line(LOG_INFO, "Starting server...", NULL);
    if (store_open(&service.store, given->db, server_reader_count(), &error) != ALUNO_OK)
        return fail(&error);
    if (server_start(&server, &how, &service, &error) != ALUNO_OK) {
        store_close(service.store);
        return fail(&error);
    }
    log_start(given);
    *order = run(server, &service, given, signals);
    log_line(LOG_INFO, *order == STOP ? "Stopping: draining." : "Restarting: draining.", NULL);
    const bool drained = server_drain(server, DRAIN_MS);
    if (!drained)
        log_line(LOG_WARN, "Some calls were not answered in time.", NULL);
    if (*order == STOP && drained)
        server_stop(server);
    if (drained)
        store_close(service.store);
    log_line(LOG_INFO, *order == STOP ? "Server stopped." : "Server restarts.", NULL);
    return drained ? EXIT_SUCCESS : EXIT_FAILED;
}

/* --check-config: opens nothing for long and says whether the service would start. */
static int check(const options *given)
{
    aluno_error error;
    aluno__tls *tls;
    const aluno__tls_files files = files_of(given);
    const aluno__tls_limits limits = {.max_connections = 0};
    if (store_check(given->db, &error) != ALUNO_OK)
        return fail(&error);
    if (aluno__tls_open(&tls, ALUNO_TLS_SERVER, &files, &limits, NULL, NULL, &error) != ALUNO_OK)
        return fail(&error);
    aluno__tls_close(tls);
    puts("alunod: the configuration is good");
    return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    options given;
    sigset_t signals;
    char problem[512];
    enum order order = STOP;
    int status = EXIT_SUCCESS;
    char *path = own_path();
    block_signals(&signals);
    switch (options_read(&given, argc, argv, getenv, problem, sizeof problem)) {
    case OPTIONS_RUN:
        log_set_level((log_level)given.log_level);
        status = serve(&given, &signals, &order);
        break;
    case OPTIONS_CHECK:
        status = check(&given);
        break;
    case OPTIONS_HELP:
        options_print_help(stdout);
        break;
    case OPTIONS_VERSION:
        puts("alunod " ALUNO_VERSION);
        break;
    case OPTIONS_WRONG:
        fprintf(stderr, "alunod: %s\n", problem);
        status = EXIT_USAGE;
        break;
    }
    options_free(&given);
    if (order == RESTART)
        status = restart(path, argv);
    free(path);
    return status;
}
