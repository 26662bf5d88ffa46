/* Opens and closes the state that calls share. */
#include "service.h"

#include "base/clock.h"
#include "encrypted_backup.h"
#include "protocol/error.h"
#include "store/database.h"

enum {
    READER_THREADS = 2,
    REMOTE_READER_THREADS = 16, /* they wait for another machine, not for a processor */
    LOOKUP_THREADS = 2,         /* one runs lookups while the other's are on their way */
    STATUS_THREADS = 1,
    KEEP_CHANGES_MS = 7 * 24 * 60 * 60 * 1000
};

/* While changes are made searches leave the processors to them: they take what is left anyway, and a change
 * passes through many threads, each of which would wait behind a search. */
static bool is_changing(void *store)
{
    return store_is_changing(store);
}

static bool never(void *unused)
{
    (void)unused;
    return false;
}

static bool start_readers(struct service *out, size_t readers)
{
    out->readers = readers_start(readers, 1, out->is_remote ? never : is_changing, out->store);
    if (out->is_remote)
        out->lookups = readers_start(LOOKUP_THREADS, STORE_FETCH_MAX, never, NULL);
    return out->readers != NULL && (out->lookups != NULL || !out->is_remote);
}

aluno_code service_open(struct service *out, const char *database, bool cpf_strict, size_t callers,
                        aluno_error *error)
{
    *out = (struct service){.required = {.br_document = true, .email = true},
                            .cpf_strict = cpf_strict,
                            .reveal = ALUNO_ROLE_registrar,
                            .keep_changes_ms = KEEP_CHANGES_MS,
                            .start_ms = aluno__clock_unix_ms()};
    out->is_remote = store_is_remote(database);
    const size_t readers = out->is_remote ? REMOTE_READER_THREADS : READER_THREADS;
    limits_init(&out->limits);
    counters_init(&out->counters);
    const size_t sessions = readers + (out->is_remote ? LOOKUP_THREADS : 0) + STATUS_THREADS + callers;
    const aluno_code code = store_open(&out->store, database, sessions, error);
    if (code != ALUNO_OK)
        return code;
    if (!out->is_remote) {
        encrypted_backup_clean(database);
        out->disk = disk_encryption_of(database);
    }
    pending_init(&out->pending);
    out->watch_pages = watch_pages_new();
    if (start_readers(out, readers) && out->watch_pages != NULL)
        out->watches = watches_start(out->store, &out->limits);
    if (out->watches != NULL)
        return ALUNO_OK;
    service_close(out);
    return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the readers' threads");
}

aluno_code service_health(struct service *service, aluno_error *error)
{
    if (atomic_load(&service->draining))
        return aluno__error_set(error, ALUNO_REASON_DRAINING, NULL);
    const aluno_code code = store_health(service->store, error);
    return code == ALUNO_OK && service->audit != NULL ? audit_health(service->audit, error) : code;
}

void service_close(struct service *service)
{
    backups_stop(service->backups);
    checks_stop(service->checks);
    readers_stop(service->lookups);
    readers_stop(service->readers);
    audit_close(service->audit);
    pending_destroy(&service->pending);
    store_close(service->store);
    watches_stop(service->watches);
    watch_pages_free(service->watch_pages);
}
