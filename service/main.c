/* alunod: parses its options, opens the store, serves, and handles signals. SIGTERM and SIGINT stop it,
 * SIGHUP reloads its configuration. On SIGUSR2, and when nng wedges, it drains and executes its program anew:
 * the same process, listening again at once, so that clients only retry. */
#include "base/clock.h"
#include "commands.h"
#include "log.h"
#include "notify.h"
#include "options.h"
#include "purge.h"
#include "server.h"
#include "service.h"

#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
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
    TICK_MS = 1000,
    PURGE_MS = 60 * 60 * 1000,
    FLUSH_MS = 1000, /* for the log's last lines; stderr may be a pipe that nobody reads */
};

enum exit_action { STOP, RESTART };

struct command_line {
    int argc;
    char **argv;
};

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

/* ---- running ---- */

static aluno__tls_files files_of(const struct options *given)
{
    static const aluno__tls_files flags = {"--ca", "--cert", "--key", "--crl", NULL};
    return (aluno__tls_files){
        .ca = given->ca, .cert = given->cert, .key = given->key, .crl = given->crl, .names = &flags};
}

static void apply_log_options(const struct options *given)
{
    log_set_level((enum log_level)given->log_level);
    log_set_format((enum log_format)given->log_format);
}

static void reload_certificates(struct server *server, const struct options *given)
{
    aluno_error error;
    const aluno__tls_files files = files_of(given);
    if (server_reload(server, &files, &error) != ALUNO_OK)
        log_line(LOG_ERROR, "Certificates not reloaded: the old ones stay.", "reason", error.reason, "why",
                 error.message, NULL);
}

/* Reads the options again. The certificates' files and the log's options take effect, the others with a
 * restart. */
static void reload(struct server *server, struct options *given, const struct command_line *command)
{
    struct options fresh;
    char problem[512];
    notify_reloading();
    if (options_read(&fresh, command->argc, command->argv, getenv, problem, sizeof problem) == OPTIONS_RUN) {
        options_free(given);
        *given = fresh;
        apply_log_options(given);
        reload_certificates(server, given);
    } else {
        log_line(LOG_ERROR, "Configuration not reloaded: the old one stays.", "why", problem, NULL);
        options_free(&fresh);
    }
    notify_ready();
}

/* Handles signals and does periodic work until the service is to stop or restart. */
static enum exit_action run(struct server *server, struct service *service, struct options *given,
                            const struct command_line *command, const sigset_t *signals)
{
    const struct timespec pause = aluno__clock_timespec(TICK_MS);
    int64_t purged_ms = 0;
    for (;;) {
        const int signal = sigtimedwait(signals, NULL, &pause);
        if (signal == SIGTERM || signal == SIGINT)
            return STOP;
        if (signal == SIGUSR2)
            return RESTART;
        if (signal == SIGHUP)
            reload(server, given, command);
        notify_alive();
        if (server_tick(server)) {
            log_line(LOG_WARN, "nng has wedged.", NULL);
            return RESTART;
        }
        if (purged_ms == 0 || aluno__clock_ms() - purged_ms > PURGE_MS) {
            purged_ms = aluno__clock_ms();
            purge_start(service);
        }
    }
}

/* ---- restarting ---- */

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
    log_flush(FLUSH_MS);
    return EXIT_FAILED;
}

/* ---- serving ---- */

static int fail(const aluno_error *error)
{
    log_flush(FLUSH_MS);
    fprintf(stderr, "alunod: %s\n", error->has.detail ? error->detail : error->message);
    return EXIT_FAILED;
}

static void log_started(const struct options *given)
{
    char pid[24];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    log_line(LOG_INFO, "Server started...", "listen", given->listen, "db", given->db, "version",
             ALUNO_VERSION, "pid", pid, NULL);
}

static aluno_code start_backups(struct service *service, const struct options *given, aluno_error *error)
{
    const struct backups_options how = {.database = given->db,
                                        .folder = given->backup_dir,
                                        .every_ms = given->backup_every_ms,
                                        .keep = given->backup_keep};
    return how.folder != NULL ? backups_start(&service->backups, service->store, &how, error) : ALUNO_OK;
}

/* Serves until a signal. *action receives whether the process is to restart. */
static int serve(struct options *given, const struct command_line *command, const sigset_t *signals,
                 enum exit_action *action)
{
    aluno_error error;
    struct server *server = NULL;
    struct service service;
    const bool cpf_strict = given->cpf_check == OPTIONS_CPF_STRICT;
    const struct server_options how = {.listen = given->listen, .files = files_of(given)};
    log_line(LOG_INFO, "Starting server...", NULL);
    if (service_open(&service, given->db, cpf_strict, server_callers(), &error) != ALUNO_OK)
        return fail(&error);
    limits_set(&service.limits, given->limits);
    if (start_backups(&service, given, &error) != ALUNO_OK ||
        server_start(&server, &how, &service, &error) != ALUNO_OK) {
        service_close(&service);
        return fail(&error);
    }
    log_started(given);
    notify_ready();
    *action = run(server, &service, given, command, signals);
    log_line(LOG_INFO, *action == STOP ? "Stopping: draining." : "Restarting: draining.", NULL);
    if (*action == STOP)
        notify_stopping();
    else
        notify_reloading();
    const bool drained = server_drain(server, DRAIN_MS);
    if (!drained)
        log_line(LOG_WARN, "Some calls were not answered in time.", NULL);
    if (*action == STOP && drained)
        server_stop(server);
    if (drained)
        service_close(&service);
    log_line(LOG_INFO, *action == STOP ? "Server stopped." : "Server restarts.", NULL);
    log_flush(FLUSH_MS);
    return drained ? EXIT_SUCCESS : EXIT_FAILED;
}

/* --check-config: whether the service would start. */
static int check(const struct options *given)
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

/* A file that is opened later must not become stderr, to which the log goes. */
static void open_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char *argv[])
{
    struct options given;
    sigset_t signals;
    char problem[512];
    enum exit_action action = STOP;
    int status = EXIT_SUCCESS;
    open_standard_descriptors();
    char *path = own_path();
    block_signals(&signals);
    switch (options_read(&given, argc, argv, getenv, problem, sizeof problem)) {
    case OPTIONS_RUN:
        apply_log_options(&given);
        if (!log_start())
            log_line(LOG_WARN, "The log has no thread of its own: calls wait for it.", NULL);
        status = serve(&given, &(struct command_line){argc, argv}, &signals, &action);
        break;
    case OPTIONS_CHECK:
        status = check(&given);
        break;
    case OPTIONS_BACKUP:
        status = command_backup(&given);
        break;
    case OPTIONS_RESTORE:
        status = command_restore(&given);
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
    if (action == RESTART)
        status = restart(path, argv);
    free(path);
    return status;
}
