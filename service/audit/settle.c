/* A change of the store that its owner waits for. */
#include "settle.h"

#define SETTLE_OF(member, at) ((struct settle *)(void *)((char *)(at)-offsetof(struct settle, member)))

static void add_row(struct store_audit_rows *rows, int64_t id, const void *record, size_t size)
{
    struct settle *settle = SETTLE_OF(rows, rows);
    aluno__buffer_append(&settle->records, &id, sizeof id);
    aluno__buffer_append(&settle->records, &size, sizeof size);
    aluno__buffer_append(&settle->records, record, size);
    settle->count++;
}

static bool apply(struct store_change *change, struct store_session *session)
{
    struct settle *settle = SETTLE_OF(change, change);
    aluno__buffer_reset(&settle->records); /* it may run again */
    settle->count = 0;
    aluno_code code = ALUNO_OK;
    if (settle->forget > 0)
        code = audit_forget(session, settle->forget, NULL);
    if (code == ALUNO_OK && settle->head.sequence > 0)
        code = audit_anchor_write(session, STORE_ANCHOR_HEAD, &settle->head, NULL);
    if (code == ALUNO_OK && settle->start.sequence > 0)
        code = audit_anchor_write(session, STORE_ANCHOR_START, &settle->start, NULL);
    if (code == ALUNO_OK)
        code = audit_pending(session, settle->after, SETTLE_ROWS, &settle->rows, NULL);
    settle->is_applied = code == ALUNO_OK && !settle->records.failed;
    return settle->is_applied;
}

/* A change that `apply` has undone has no commit error. */
static void finish(struct store_change *change, const aluno_error *commit_error)
{
    struct settle *settle = SETTLE_OF(change, change);
    pthread_mutex_lock(&settle->lock);
    settle->is_committed = settle->is_applied && commit_error == NULL;
    settle->is_done = true;
    pthread_cond_signal(&settle->ended);
    pthread_mutex_unlock(&settle->lock);
}

bool settle_run(struct settle *settle, struct store *store)
{
    settle->change = (struct store_change){.apply = apply, .done = finish};
    settle->rows.add = add_row;
    settle->is_done = settle->is_committed = false;
    pthread_mutex_init(&settle->lock, NULL);
    pthread_cond_init(&settle->ended, NULL);
    if (store_submit(store, &settle->change, NULL) == ALUNO_OK) {
        pthread_mutex_lock(&settle->lock);
        while (!settle->is_done)
            pthread_cond_wait(&settle->ended, &settle->lock);
        pthread_mutex_unlock(&settle->lock);
    }
    pthread_cond_destroy(&settle->ended);
    pthread_mutex_destroy(&settle->lock);
    return settle->is_committed;
}

bool settle_take(const struct settle *settle, size_t *at, int64_t *id, const uint8_t **record, size_t *size)
{
    const aluno__buffer *records = &settle->records;
    if (*at >= records->size)
        return false;
    memcpy(id, records->data + *at, sizeof *id);
    memcpy(size, records->data + *at + sizeof *id, sizeof *size);
    *record = records->data + *at + sizeof *id + sizeof *size;
    *at += sizeof *id + sizeof *size + *size;
    return true;
}
