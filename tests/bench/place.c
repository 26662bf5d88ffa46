/* Creates the folder and runs aluno-certs; removes the folder and its files. */
#include "place.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 512 };

static char folder[PATH_SIZE / 2];

static bool run_certs(const char *arguments, const char *rest)
{
    char command[2 * PATH_SIZE];
    snprintf(command, sizeof command, "sh '%s' %s '%s/certs' %s >'%s/certs.log' 2>&1", BENCH_CERTS, arguments,
             folder, rest, folder);
    if (system(command) == 0)
        return true;
    fprintf(stderr, "bench: failed: %s\n", command);
    return false;
}

bool place_make(void)
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/aluno-bench-XXXXXX", parent != NULL ? parent : "/var/tmp");
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        *folder = '\0';
        return false;
    }
    return run_certs("init", "") && run_certs("server", "localhost 127.0.0.1") &&
           run_certs("client", "bench --role admin");
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts, (void)kind, (void)where;
    return remove(path);
}

void place_remove(void)
{
    if (*folder != '\0' && nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
        perror(folder);
}

void place_enter(const char *path)
{
    snprintf(folder, sizeof folder, "%s", path);
}

const char *place_path(void)
{
    return folder;
}

const char *place_file(const char *name)
{
    static char texts[8][PATH_SIZE];
    static size_t next;
    char *text = texts[next++ % (sizeof texts / sizeof *texts)];
    snprintf(text, sizeof *texts, "%s/%s", folder, name);
    return text;
}

aluno__tls_files place_files(aluno__tls_side side)
{
    const bool is_server = side == ALUNO_TLS_SERVER;
    return (aluno__tls_files){
        .ca = place_file("certs/ca.crt"),
        .cert = place_file(is_server ? "certs/server.crt" : "certs/clients/bench.crt"),
        .key = place_file(is_server ? "certs/server.key" : "certs/clients/bench.key"),
        .crl = is_server ? place_file("certs/ca.crl") : NULL,
    };
}
