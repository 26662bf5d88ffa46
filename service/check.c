/* The checks of --check-config, one for each thing that can keep the service from starting or from serving.
 */
#include "check.h"

#include "audit_options.h"
#include "backup_folder.h"
#include "base/clock.h"
#include "descriptors.h"
#include "disk_encryption.h"
#include "expiry.h"
#include "listen_address.h"
#include "nng/listen.h"
#include "privacy.h"
#include "protocol/error.h"
#include "store/database.h"
#include "tls/engine.h"
#include "tls_files.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Writes a problem, as that of a service that does not start. Returns false. */
ALUNO_PRINTF(1, 2) static bool refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("alunod: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return false;
}

static bool refuse_error(const aluno_error *error)
{
    return refuse("%s", aluno__error_words(error));
}

static bool check_address(const char *option, const char *address)
{
    aluno_error error;
    bool in_use;
    if (address == NULL)
        return true;
    if (listen_address_check(option, address, &in_use, &error) != ALUNO_OK)
        return refuse_error(&error);
    printf("%s %s: %s\n", option, address,
           in_use ? "in use now, by this service or another program" : "free");
    return true;
}

aluno_code check_addresses_of_restart(const struct options *given, aluno_error *error)
{
    const struct {
        const char *option, *address;
    } rows[] = {{"--listen", given->listen}, {"--status", given->status}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool in_use;
        if (rows[i].address == NULL || aluno__nng_listen_has_port(listen_address_port(rows[i].address)))
            continue;
        const aluno_code code = listen_address_check(rows[i].option, rows[i].address, &in_use, error);
        if (code != ALUNO_OK)
            return code;
        if (in_use)
            return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s %s: is in use by another program",
                                    rows[i].option, rows[i].address);
    }
    return ALUNO_OK;
}

static void print_disk(const char *option, const char *file)
{
    printf("%s %s: %s\n", option, file, disk_encryption_words(disk_encryption_of(file)));
}

static bool check_database(const struct options *given)
{
    aluno_error error;
    int64_t version, newest;
    if (store_peek(given->db, &version, &newest, &error) != ALUNO_OK)
        return refuse_error(&error);
    if (version == 0)
        printf("--db %s: will be made\n", given->db);
    else
        printf("--db %s: schema version %" PRId64 "%s\n", given->db, version,
               version == newest            ? ""
               : store_is_remote(given->db) ? ", will be migrated"
                                            : ", will be backed up and migrated");
    if (!store_is_remote(given->db))
        print_disk("--db", given->db);
    return true;
}

static bool check_backups(const struct options *given)
{
    aluno_error error;
    bool exists;
    if (given->backup_dir == NULL)
        return true;
    if (backup_folder_check(given->backup_dir, &exists, &error) != ALUNO_OK)
        return refuse_error(&error);
    printf("--backup-dir %s: %s\n", given->backup_dir, exists ? "can be written" : "will be made");
    if (!encryption_is_wanted(&given->recipients)) {
        print_disk("--backup-dir", given->backup_dir);
        return true;
    }
    if (encryption_check(&given->recipients, &error) != ALUNO_OK)
        return refuse_error(&error);
    printf("--backup-dir %s: backups are encrypted by age\n", given->backup_dir);
    return true;
}

static void print_open_file(const char *option, const char *path)
{
    printf("%s %s: other users may read it; chmod go= %s\n", option, path, path);
}

/* ---- the files for TLS ---- */

static void write_date(char out[16], int64_t unix_ms)
{
    const time_t seconds = (time_t)(unix_ms / 1000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(out, 16, "%Y-%m-%d", &parts);
}

static bool check_validity(const char *option, const char *path, aluno__tls_validity valid)
{
    const int64_t now_ms = aluno__clock_unix_ms();
    char from[16], to[16];
    write_date(from, valid.from_ms);
    write_date(to, valid.to_ms);
    if (valid.from_ms > now_ms)
        return refuse("%s %s: is valid from %s on only; correct this machine's clock, or make it anew",
                      option, path, from);
    if (valid.to_ms < now_ms)
        return refuse("%s %s: has ended on %s; renew it", option, path, to);
    printf("%s %s: ends on %s, in %" PRId64 " days\n", option, path, to, expiry_days(valid.to_ms, now_ms));
    return true;
}

static bool check_files(const struct options *given)
{
    aluno_error error;
    aluno__tls *tls;
    bool good = true;
    const aluno__tls_files files = tls_files_of(given);
    const char *const paths[] = {files.ca, files.cert, files.crl};
    const aluno__tls_limits limits = {.max_connections = 0};
    if (aluno__tls_open(&tls, ALUNO_TLS_SERVER, &files, &limits, NULL, NULL, &error) != ALUNO_OK)
        return refuse_error(&error);
    for (aluno__tls_file file = ALUNO_TLS_CA; file < ALUNO_TLS_FILES; file++)
        if (paths[file] != NULL)
            good &= check_validity(expiry_option(file), paths[file], aluno__tls_validity_of(tls, file));
    aluno__tls_close(tls);
    if (files.crl == NULL)
        puts("--crl: none, so no certificate can be revoked");
    return good;
}

/* A lower limit does not keep the service from starting, so it is no problem. */
static void check_limits(const struct options *given)
{
    const size_t most = (size_t)given->limits[LIMIT_connections],
                 reachable = descriptors_for_connections(most);
    if (reachable < most)
        printf("--max-connections %zu: the limit of open files (ulimit -Hn) allows %zu\n", most, reachable);
}

static bool check_audit(const struct options *given)
{
    audit_path folder;
    audit_options_of(given, folder);
    if (access(folder, F_OK) != 0) {
        printf("%s: the audit's folder, will be made\n", folder);
        return true;
    }
    if (access(folder, R_OK | W_OK | X_OK) != 0)
        return refuse("--audit-dir %s: cannot be written", folder);
    printf("%s: the audit's folder, can be written\n", folder);
    return true;
}

bool check_configuration(const struct options *given)
{
    bool good = check_address("--listen", given->listen);
    good &= check_address("--status", given->status);
    good &= check_database(given);
    good &= check_backups(given);
    good &= check_audit(given);
    good &= check_files(given);
    check_limits(given);
    privacy_check(given, print_open_file);
    if (good)
        puts("alunod: the configuration is good");
    return good;
}
