/* Reads the one, writes the other in one change, and compares the sums of both. */
#include "transfer.h"

#include "hash.h"

#include "base/clock.h"
#include "protocol/error.h"

#include <inttypes.h>
#include <pthread.h>

/* A statement may have to read all rows, and the commit has them all: nobody waits for a reply meanwhile. */
static void take_time(struct store_session *session)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    store_session_until(session, aluno__clock_deadline(DAY_MS));
}

static aluno_code export_all(struct store_session *session, struct store_rows *to, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    for (int table = 0; code == ALUNO_OK && table < STORE_TABLE_COUNT; table++)
        code = rows_export(session, table, to, error);
    return code;
}

/* ---- sums ---- */

struct summing {
    struct store_rows rows; /* first: it is given back */
    struct store_sums *sums;
};

static uint64_t hash_value(uint64_t hash, const struct store_value *value)
{
    hash = hash_bytes(hash, &value->kind, sizeof value->kind);
    if (value->kind == STORE_INT)
        return hash_bytes(hash, &value->number, sizeof value->number);
    if (value->kind == STORE_NULL)
        return hash;
    hash = hash_bytes(hash, &value->size, sizeof value->size);
    return hash_bytes(hash, value->bytes, value->size);
}

static aluno_code add_to_sums(struct store_rows *rows, enum store_table table,
                              const struct store_value *values, aluno_error *error)
{
    struct store_sums *sums = ((struct summing *)(void *)rows)->sums;
    uint64_t hash = HASH_START;
    (void)error;
    for (int i = 0; i < store_tables[table].columns; i++)
        hash = hash_value(hash, &values[i]);
    sums->rows[table]++;
    sums->sums[table] += hash;
    return ALUNO_OK;
}

static aluno_code sum(struct store *store, struct store_sums *sums, aluno_error *error)
{
    *sums = (struct store_sums){{0}, {0}};
    struct summing summing = {{add_to_sums}, sums};
    struct store_session *session = store_session_acquire(store);
    take_time(session);
    const aluno_code code = export_all(session, &summing.rows, error);
    store_session_release(store, session);
    return code;
}

/* ---- the copy ---- */

struct copying {
    struct store_rows rows; /* first: it is given back */
    struct store_session *to;
};

static aluno_code copy_row(struct store_rows *rows, enum store_table table, const struct store_value *values,
                           aluno_error *error)
{
    return row_import(((struct copying *)(void *)rows)->to, (int)table, values, error);
}

struct transfer {
    struct store_change change; /* first: it is given back */
    struct store *from;
    aluno_error error;
    bool applied, is_done;
    pthread_mutex_t lock;
    pthread_cond_t ended;
};

static bool apply(struct store_change *change, struct store_session *session)
{
    struct transfer *transfer = (struct transfer *)(void *)change;
    struct copying copying = {{copy_row}, session};
    struct store_session *from = store_session_acquire(transfer->from);
    take_time(session);
    take_time(from);
    transfer->applied = export_all(from, &copying.rows, &transfer->error) == ALUNO_OK;
    store_session_release(transfer->from, from);
    return transfer->applied;
}

static void finish(struct store_change *change, const aluno_error *commit_error)
{
    struct transfer *transfer = (struct transfer *)(void *)change;
    pthread_mutex_lock(&transfer->lock);
    if (commit_error != NULL) {
        transfer->applied = false;
        transfer->error = *commit_error;
    }
    transfer->is_done = true;
    pthread_cond_signal(&transfer->ended);
    pthread_mutex_unlock(&transfer->lock);
}

static aluno_code copy(struct store *from, struct store *to, aluno_error *error)
{
    struct transfer transfer = {
        .change = {.is_tentative = true, .apply = apply, .done = finish},
        .from = from,
    };
    pthread_mutex_init(&transfer.lock, NULL);
    pthread_cond_init(&transfer.ended, NULL);
    aluno_code code = store_submit(to, &transfer.change, error);
    if (code == ALUNO_OK) {
        pthread_mutex_lock(&transfer.lock);
        while (!transfer.is_done)
            pthread_cond_wait(&transfer.ended, &transfer.lock);
        pthread_mutex_unlock(&transfer.lock);
        if (!transfer.applied) {
            *error = transfer.error;
            code = (aluno_code)error->code;
        }
    }
    pthread_cond_destroy(&transfer.ended);
    pthread_mutex_destroy(&transfer.lock);
    return code;
}

/* ---- before and after ---- */

static aluno_code check_empty(const struct store_sums *sums, aluno_error *error)
{
    static const enum store_table tables[] = {STORE_TABLE_student, STORE_TABLE_operation,
                                              STORE_TABLE_erasure};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (sums->rows[tables[i]] > 0)
            return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                    "--to: is not empty: %s has %" PRId64 " rows",
                                    store_tables[tables[i]].name, sums->rows[tables[i]]);
    return ALUNO_OK;
}

static aluno_code compare(const struct store_sums *from, const struct store_sums *to, aluno_error *error)
{
    for (int i = 0; i < STORE_TABLE_COUNT; i++)
        if (from->rows[i] != to->rows[i] || from->sums[i] != to->sums[i])
            return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                    "--to: %s differs: %" PRId64 " rows, and %" PRId64 " in --from",
                                    store_tables[i].name, to->rows[i], from->rows[i]);
    return ALUNO_OK;
}

aluno_code store_transfer(struct store *from, struct store *to, struct store_sums *sums, aluno_error *error)
{
    struct store_sums after;
    aluno_code code = sum(to, &after, error);
    if (code == ALUNO_OK)
        code = check_empty(&after, error);
    if (code == ALUNO_OK)
        code = copy(from, to, error);
    if (code == ALUNO_OK)
        code = sum(from, sums, error);
    if (code == ALUNO_OK)
        code = sum(to, &after, error);
    return code == ALUNO_OK ? compare(sums, &after, error) : code;
}
