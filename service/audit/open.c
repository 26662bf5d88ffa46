/* The state of the audit. A record is copied into a mapped file, so it survives the end of the process at
 * once, and costs a call less than a microsecond; hashing it, which takes longer than that, and the disk are
 * a thread's, once a second. */
#include "audit.h"

#include "end.h"
#include "state.h"

#include "base/clock.h"
#include "base/thread.h"
#include "log.h"
#include "protocol/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CYCLE_MS = 1000 };

/* ---- waiting for changes ---- */

bool audit_settle(struct audit *audit, int64_t deadline_ms)
{
    const struct timespec until = aluno__clock_timespec(deadline_ms);
    int failure = 0;
    pthread_mutex_lock(&audit->lock);
    const uint64_t mine = ++audit->wanted;
    pthread_cond_signal(&audit->work);
    while (audit->served < mine && failure == 0 && !audit->is_broken)
        failure = pthread_cond_timedwait(&audit->changed, &audit->lock, &until);
    const bool done = audit->served >= mine;
    pthread_mutex_unlock(&audit->lock);
    return done;
}

/* ---- the thread ---- */

/* Until a second after the last time, unless somebody waits or the segment is full. False: stop. */
static bool wait_for_work(struct audit *audit, int64_t last_ms)
{
    struct timespec until = aluno__clock_timespec(last_ms + CYCLE_MS);
    pthread_mutex_lock(&audit->lock);
    for (int failure = 0; !audit->stopping && audit->wanted == audit->tried && failure == 0;) {
        if (audit_is_full(audit) && audit->failure == 0 && !audit->is_broken)
            break;
        failure = pthread_cond_timedwait(&audit->work, &audit->lock, &until);
    }
    const bool goes_on = !audit->stopping;
    pthread_mutex_unlock(&audit->lock);
    return goes_on;
}

static void cycle(struct audit *audit, bool is_last)
{
    pthread_mutex_lock(&audit->lock);
    const uint64_t serves = audit->wanted;
    const bool has_waiters = serves != audit->served;
    pthread_mutex_unlock(&audit->lock);
    audit_sync(audit);
    audit_append_repeats(audit);
    const bool is_done = audit_exchange(audit, is_last);
    audit_retain(audit);
    if (!has_waiters)
        return;
    pthread_mutex_lock(&audit->lock);
    audit->tried = serves;
    if (is_done)
        audit->served = serves;
    pthread_cond_broadcast(&audit->changed);
    pthread_mutex_unlock(&audit->lock);
}

static void *run(void *argument)
{
    struct audit *audit = argument;
    int64_t last_ms = aluno__clock_ms();
    while (wait_for_work(audit, last_ms)) {
        last_ms = aluno__clock_ms();
        cycle(audit, false);
    }
    cycle(audit, true); /* fetches the last changes */
    cycle(audit, true); /* syncs them, and anchors the end */
    return NULL;
}

/* ---- opening and closing ---- */

static aluno_code read_anchor(struct store *store, struct store_anchor *anchor, int64_t *last_change,
                              aluno_error *error)
{
    *anchor = (struct store_anchor){0};
    *last_change = 0;
    if (store == NULL)
        return ALUNO_OK;
    struct store_session *session = store_session_acquire(store);
    aluno_code code = audit_anchor_read(session, STORE_ANCHOR_HEAD, anchor, error);
    if (code == ALUNO_OK)
        code = audit_last_change(session, last_change, error);
    store_session_release(store, session);
    return code;
}

static aluno_code open_segment(struct audit *audit, const struct audit_end *end, aluno_error *error)
{
    const size_t most = (size_t)audit->options.segment_bytes, slack = most / 4 + ((size_t)1 << 20);
    memcpy(audit->hash, end->hash, FRAME_HASH);
    return end->first == 0
               ? segment_create(&audit->segment, audit->folder, end->next, end->hash, most + slack, error)
               : segment_open(&audit->segment, audit->folder, end->first, end->size, end->chained, end->next,
                              most + slack, error);
}

/* Appends the audit's own records: missing and cut records that the start found, and the start itself. */
static aluno_code report_end(struct audit *audit, const struct audit_end *end, aluno_error *error)
{
    char detail[64];
    aluno_code code = ALUNO_OK;
    if (end->lost_from > 0) {
        snprintf(detail, sizeof detail, "%" PRId64 "-%" PRId64, end->lost_from, end->next - 1);
        log_line(LOG_ERROR, "Records of the audit are missing.", "folder", audit->folder, "records", detail,
                 NULL);
        code = audit_append_own(audit, "missing", detail, error);
    }
    if (code == ALUNO_OK && end->is_cut) {
        snprintf(detail, sizeof detail, "%" PRId64, end->next);
        log_line(LOG_WARN, "The audit's last records were not whole, as after a loss of power.", "from",
                 detail, NULL);
        code = audit_append_own(audit, "cut", detail, error);
    }
    return code == ALUNO_OK && audit->store != NULL ? audit_append_own(audit, "start", ALUNO_VERSION, error)
                                                    : code;
}

/* An id beyond the last one that the store gave is of a database that a backup has replaced. */
static int64_t last_copied(const struct audit_end *end, const struct store_anchor *anchor,
                           int64_t last_change)
{
    const int64_t copied = end->change > anchor->change ? end->change : anchor->change;
    return copied < last_change ? copied : last_change;
}

static aluno_code open_all(struct audit *audit, aluno_error *error)
{
    struct store_anchor anchor;
    struct audit_end end;
    int64_t last_change;
    aluno_code code = audit_folder_open(audit->folder, &audit->folder_lock, error);
    if (code == ALUNO_OK)
        code = read_anchor(audit->store, &anchor, &last_change, error);
    if (code == ALUNO_OK)
        code = audit_end_find(&end, audit->folder, &anchor, error);
    if (code == ALUNO_OK)
        code = open_segment(audit, &end, error);
    if (code != ALUNO_OK)
        return code;
    audit->copied = last_copied(&end, &anchor, last_change);
    audit->forgotten = anchor.change;
    audit->has_changes = true;
    audit_sync(audit); /* the last start may have filled the segment */
    code = report_end(audit, &end, error);
    if (code == ALUNO_OK)
        cycle(audit, true);
    if (code == ALUNO_OK && audit->is_broken)
        code = aluno__error_set(error, ALUNO_REASON_AUDIT_UNAVAILABLE, "%s", audit->folder);
    return code;
}

static void release(struct audit *audit)
{
    segment_close(&audit->segment);
    if (audit->folder_lock >= 0)
        close(audit->folder_lock);
    aluno__buffer_free(&audit->settle.records);
    pthread_cond_destroy(&audit->changed);
    pthread_cond_destroy(&audit->work);
    pthread_mutex_destroy(&audit->lock);
    free(audit->folder);
    free(audit);
}

aluno_code audit_open(struct audit **out, const struct audit_options *options, struct store *store,
                      aluno_error *error)
{
    struct audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL || (audit->folder = strdup(options->folder)) == NULL) {
        free(audit);
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    }
    audit->options = *options;
    audit->store = store;
    audit->folder_lock = -1;
    audit->segment.fd = -1;
    pthread_mutex_init(&audit->lock, NULL);
    aluno__cond_init(&audit->work);
    aluno__cond_init(&audit->changed);
    aluno_code code = open_all(audit, error);
    if (code == ALUNO_OK && aluno__thread_start(&audit->thread, run, audit) != 0)
        code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the audit's thread");
    if (code == ALUNO_OK)
        *out = audit;
    else
        release(audit);
    return code;
}

void audit_close(struct audit *audit)
{
    if (audit == NULL)
        return;
    pthread_mutex_lock(&audit->lock);
    audit->stopping = true;
    pthread_cond_signal(&audit->work);
    pthread_mutex_unlock(&audit->lock);
    pthread_join(audit->thread, NULL);
    release(audit);
}

/* ---- facts ---- */

aluno_code audit_health(struct audit *audit, aluno_error *error)
{
    pthread_mutex_lock(&audit->lock);
    const bool is_well = audit->failure == 0 && !audit->is_broken;
    pthread_mutex_unlock(&audit->lock);
    return is_well ? ALUNO_OK : aluno__error_set(error, ALUNO_REASON_AUDIT_UNAVAILABLE, NULL);
}

const char *audit_folder(const struct audit *audit)
{
    return audit->folder;
}

void audit_measure(struct audit *audit, struct audit_measures *out)
{
    pthread_mutex_lock(&audit->lock);
    *out = audit->measures;
    out->unsynced = audit->segment.next - 1 - out->synced;
    pthread_mutex_unlock(&audit->lock);
}
