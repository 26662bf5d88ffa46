/* An audit that is kept as long as alunod keeps it, in segments of the same size. */
#include "bench_audit.h"

#include "audit_folder.h"

#include <stdio.h>
#include <string.h>

const aluno__tls_peer bench_identity = {
    .serial = "4f1c9a7be0d25c8813f6a2b49d7ce10358be6a21",
    .issuer = "9f2b6c51d8e07a343bd1c9925f8e6a70d4c3b1a29f8e7d6c5b4a39281706f5e4",
    .address = "127.0.0.1:40312",
};

bool bench_audit_is_wanted(int *argc, char ***argv)
{
    const bool is_wanted = *argc < 2 || strcmp((*argv)[1], "--no-audit") != 0;
    if (!is_wanted) {
        (*argc)--;
        (*argv)++;
    }
    return is_wanted;
}

static void folder_of(audit_path folder, const char *database)
{
    snprintf(folder, sizeof(audit_path), "%s-audit", database);
}

aluno_code bench_audit_open(struct service *service, const char *database, aluno_error *error)
{
    audit_path folder;
    folder_of(folder, database);
    const struct audit_options options = {
        .folder = folder, .segment_bytes = 1 << 26, .keep_ms = INT64_MAX / 2};
    return audit_open(&service->audit, &options, service->store, error);
}

void bench_audit_remove(const char *database)
{
    audit_path folder;
    folder_of(folder, database);
    audit_folder_remove(folder);
}
