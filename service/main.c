/* alunod: parses its options, opens the store, serves, and handles signals. SIGTERM and SIGINT stop it,
 * SIGHUP reloads its configuration. On SIGUSR2, and when nng wedges, it drains and executes its program anew:
 * the same process, listening again at once, so that clients only retry. */
#include "audit_options.h"
#include "base/clock.h"
#include "check.h"
#include "commands.h"
#include "core_dumps.h"
#include "descriptors.h"
#include "log.h"
#include "notify.h"
#include "options.h"
#include "privacy.h"
#include "purge.h"
#include "restart.h"
#include "server.h"
#include "service.h"
#include "status/status.h"
#include "store/database.h"
#include "tls_files.h"

#include "nng/listen.h"
#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
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
    FIRST_CHECK_MS = 60 * 60 * 1000, /* of the database, after the start */
    HEAL_MS = 60 * 1000,             /* between two attempts to heal, when the first was not possible */
    FLUSH_MS = 1000,                 /* for the log's last lines; stderr may be a pipe that nobody reads */
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

static void apply_log_options(const struct options *given)
{
    log_set_level((enum log_level)given->log_level);
    log_set_format((enum log_format)given->log_format);
}

static void reload_certificates(struct server *server, const struct options *given)
{
    aluno_error error;
    const aluno__tls_files files = tls_files_of(given);
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

static bool may_listen_again(const struct command_line *command, char *why, size_t size)
{
    struct options fresh;
    aluno_error error;
    bool may = options_read(&fresh, command->argc, command->argv, getenv, why, size) == OPTIONS_RUN;
    if (may && check_addresses_of_restart(&fresh, &error) != ALUNO_OK) {
        snprintf(why, size, "%s", aluno__error_words(&error));
        may = false;
    }
    options_free(&fresh);
    return may;
}

/* A restart with a configuration that is bad by now would end the service. */
static bool may_restart(const struct command_line *command)
{
    char why[512];
    const bool possible = restart_is_possible(command->argc, command->argv, why, sizeof why) &&
                          may_listen_again(command, why, sizeof why);
    notify_alive();
    if (possible)
        return true;
    log_line(LOG_ERROR, "Not restarted: the service goes on as it is.", "why", why, NULL);
    return false;
}

/* Work of every second. */
struct periodic {
    int64_t purged_ms, heal_ms; /* monotonic clock; 0: never */
    unsigned long starved;
    bool is_starving;
};

static void log_starvation(struct periodic *state)
{
    const unsigned long starved = aluno__nng_listen_starved();
    const bool is_starving = starved != state->starved;
    if (is_starving && !state->is_starving)
        log_line(LOG_ERROR,
                 "Out of file descriptors: new connections wait. Raise the limit (LimitNOFILE, ulimit -n).",
                 NULL);
    state->starved = starved;
    state->is_starving = is_starving;
}

/* True when the process must be replaced, and can be. */
static bool tick(struct periodic *state, struct server *server, struct service *service,
                 const struct command_line *command)
{
    const int64_t now_ms = aluno__clock_ms();
    log_starvation(state);
    store_tick(service->store);
    if (state->purged_ms == 0 || now_ms - state->purged_ms > PURGE_MS) {
        state->purged_ms = now_ms;
        purge_start(service);
    }
    if (!server_tick(server) || (state->heal_ms != 0 && now_ms - state->heal_ms < HEAL_MS))
        return false;
    state->heal_ms = now_ms;
    log_line(LOG_WARN, "nng has wedged.", NULL);
    return may_restart(command);
}

/* Handles signals and does periodic work until the service is to stop or restart. */
static enum exit_action run(struct server *server, struct service *service, struct options *given,
                            const struct command_line *command, const sigset_t *signals)
{
    const struct timespec pause = aluno__clock_timespec(TICK_MS);
    struct periodic state = {0};
    for (;;) {
        const int signal = sigtimedwait(signals, NULL, &pause);
        if (signal == SIGTERM || signal == SIGINT)
            return STOP;
        if (signal == SIGUSR2 && may_restart(command))
            return RESTART;
        if (signal == SIGHUP)
            reload(server, given, command);
        notify_alive();
        if (tick(&state, server, service, command))
            return RESTART;
    }
}

/* Replaces this process. Returns only on failure. */
static int restart(char *argv[])
{
    restart_now(argv, aluno__nng_listen_hand_over);
    log_line(LOG_ERROR, "Could not restart.", "why", strerror(errno), NULL);
    log_flush(FLUSH_MS);
    return EXIT_FAILED;
}

/* ---- serving ---- */

static int fail(const aluno_error *error)
{
    log_flush(FLUSH_MS);
    fprintf(stderr, "alunod: %s\n", aluno__error_words(error));
    return EXIT_FAILED;
}

static void log_open_file(const char *option, const char *path)
{
    log_line(LOG_WARN, "Other users may read students' data: chmod go= this.", "option", option, "path", path,
             NULL);
}

static void log_started(const struct options *given)
{
    char pid[24];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    log_line(LOG_INFO, "Server started...", "listen", given->listen, "db", given->db, "version",
             ALUNO_VERSION, "pid", pid, "status", given->status, NULL);
    if (given->crl == NULL)
        log_line(LOG_WARN, "No --crl is given: no certificate can be revoked.", NULL);
    privacy_check(given, log_open_file);
}

/* Makes the limit of open files fit --max-connections, as far as the system allows it. */
static void allow_connections(const struct options *given)
{
    const size_t most = (size_t)given->limits[LIMIT_connections],
                 reachable = descriptors_for_connections(most);
    char text[24];
    descriptors_allow(most);
    snprintf(text, sizeof text, "%zu", reachable);
    if (reachable < most)
        log_line(LOG_WARN,
                 "The limit of open files (LimitNOFILE, ulimit -Hn) allows fewer connections than "
                 "--max-connections.",
                 "connections", text, NULL);
}

static aluno_code start_backups(struct service *service, const struct options *given, aluno_error *error)
{
    const struct backups_options how = {.database = given->db,
                                        .folder = given->backup_dir,
                                        .every_ms = given->backup_every_ms,
                                        .keep = given->backup_keep,
                                        .recipients = given->recipients};
    if (how.folder != NULL && store_is_remote(given->db))
        return aluno__error_set(
            error, ALUNO_REASON_OPTION_INVALID,
            "--backup-dir: backups of PostgreSQL are its own: pgBackRest, or pg_basebackup");
    return how.folder != NULL ? backups_start(&service->backups, service->store, &how, error) : ALUNO_OK;
}

static aluno_code start_audit(struct service *service, const struct options *given, aluno_error *error)
{
    audit_path folder;
    const struct audit_options how = audit_options_of(given, folder);
    return audit_open(&service->audit, &how, service->store, error);
}

static aluno_code start_status(struct status **out, struct service *service, const struct options *given,
                               aluno_error *error)
{
    return given->status != NULL ? status_start(out, given->status, service, error) : ALUNO_OK;
}

/* The first check comes soon, but not at each restart of a service that is being set up. */
static aluno_code start_checks(struct service *service, const struct options *given, aluno_error *error)
{
    const int64_t every_ms = given->check_every_ms;
    return every_ms != 0
               ? checks_start(&service->checks, service->store,
                              every_ms < FIRST_CHECK_MS ? every_ms : FIRST_CHECK_MS, every_ms, error)
               : ALUNO_OK;
}

static aluno_student_has required_by(const struct options *given)
{
    const bool both = given->require == OPTIONS_REQUIRE_BOTH;
    return (aluno_student_has){.br_document = both || given->require == OPTIONS_REQUIRE_CPF,
                               .email = both || given->require == OPTIONS_REQUIRE_EMAIL};
}

static void configure(struct service *service, const struct options *given)
{
    limits_set(&service->limits, given->limits);
    service->required = required_by(given);
    service->reveal = given->reveal == OPTIONS_REVEAL_READER ? ALUNO_ROLE_reader : ALUNO_ROLE_registrar;
    service->purpose = (enum purpose_policy)given->purpose;
    service->keep_changes_ms = given->keep_changes_ms;
    service->erase_removed_after_ms = given->erase_removed_after_ms;
}

/* Answers the calls in progress, and closes. Resources of calls that are not answered stay open. */
static int end(struct server *server, struct status *status, struct service *service, enum exit_action action)
{
    log_line(LOG_INFO, action == STOP ? "Stopping: draining." : "Restarting: draining.", NULL);
    if (action == STOP) {
        notify_stopping();
    } else {
        notify_restarting();
        aluno__nng_listen_pause();
    }
    const bool drained = server_drain(server, DRAIN_MS);
    if (!drained)
        log_line(LOG_WARN, "Some calls were not answered in time.", NULL);
    if (action == STOP && drained)
        server_stop(server);
    status_stop(status);
    if (drained)
        service_close(service);
    log_line(LOG_INFO, action == STOP ? "Server stopped." : "Server restarts.", NULL);
    log_flush(FLUSH_MS);
    return drained ? EXIT_SUCCESS : EXIT_FAILED;
}

/* Serves until a signal. *action receives whether the process is to restart. */
static int serve(struct options *given, const struct command_line *command, const sigset_t *signals,
                 enum exit_action *action)
{
    aluno_error error;
    struct server *server = NULL;
    struct status *status = NULL;
    static struct service service; /* nng's threads use it until the process ends or executes anew */
    const bool cpf_strict = given->cpf_check == OPTIONS_CPF_STRICT;
    const struct server_options how = {.listen = given->listen, .files = tls_files_of(given)};
    log_line(LOG_INFO, "Starting server...", NULL);
    allow_connections(given);
    if (service_open(&service, given->db, cpf_strict, server_callers(), &error) != ALUNO_OK)
        return fail(&error);
    configure(&service, given);
    if (start_audit(&service, given, &error) != ALUNO_OK ||
        start_backups(&service, given, &error) != ALUNO_OK ||
        start_checks(&service, given, &error) != ALUNO_OK ||
        start_status(&status, &service, given, &error) != ALUNO_OK ||
        server_start(&server, &how, &service, &error) != ALUNO_OK) {
        status_stop(status);
        service_close(&service);
        return fail(&error);
    }
    aluno__nng_listen_drop_inherited();
    log_started(given);
    notify_ready();
    *action = run(server, &service, given, command, signals);
    return end(server, status, &service, *action);
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

/* By itself malloc has eight arenas a processor, and each keeps what its threads have freed. Of some fifty
 * threads, most of which wait, that is more than what is in use; those that run at once need no more. */
static void bound_arenas(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    mallopt(M_ARENA_MAX, processors > 0 ? (int)processors : 1);
}

/* The log, and then the service. */
static int start(struct options *given, const struct command_line *command, const sigset_t *signals,
                 bool is_private, enum exit_action *action)
{
    apply_log_options(given);
    if (!log_start())
        log_line(LOG_WARN, "The log has no thread of its own: calls wait for it.", NULL);
    if (!is_private)
        log_line(LOG_WARN, "The system refuses to set --core-dumps.", NULL);
    return serve(given, command, signals, action);
}

/* Runs a command other than the service. */
static int run_command(enum options_result what, const struct options *given, const char *problem)
{
    switch (what) {
    case OPTIONS_CHECK:
        return check_configuration(given) ? EXIT_SUCCESS : EXIT_FAILED;
    case OPTIONS_PRINT:
        fputs(given->listing, stdout);
        return EXIT_SUCCESS;
    case OPTIONS_BACKUP:
        return command_backup(given);
    case OPTIONS_RESTORE:
        return command_restore(given);
    case OPTIONS_VERIFY:
        return command_check(given);
    case OPTIONS_AUDIT:
        return command_audit(given);
    case OPTIONS_SEAL:
        return command_seal(given);
    case OPTIONS_MIGRATE:
        return command_migrate(given);
    case OPTIONS_HELP:
        options_print_help(stdout);
        return EXIT_SUCCESS;
    case OPTIONS_VERSION:
        puts("alunod " ALUNO_VERSION);
        return EXIT_SUCCESS;
    case OPTIONS_RUN:
    case OPTIONS_WRONG:
        break;
    }
    fprintf(stderr, "alunod: %s\n", problem);
    return EXIT_USAGE;
}

int main(int argc, char *argv[])
{
    struct options given;
    sigset_t signals;
    char problem[512];
    enum exit_action action = STOP;
    int status;
    bound_arenas();
    open_standard_descriptors();
    restart_prepare();
    aluno__nng_listen_inherit();
    block_signals(&signals);
    const enum options_result what = options_read(&given, argc, argv, getenv, problem, sizeof problem);
    const bool is_private = core_dumps_allow(given.core_dumps != 0);
    if (what == OPTIONS_RUN)
        status = start(&given, &(struct command_line){argc, argv}, &signals, is_private, &action);
    else
        status = run_command(what, &given, problem);
    options_free(&given);
    if (action == RESTART)
        status = restart(argv);
    return status;
}
