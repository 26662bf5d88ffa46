/* The work of the audit's thread: hashes, syncs, the next segment, the exchange with the store, retention. */
#include "state.h"

#include "scan.h"

#include "base/clock.h"
#include "log.h"
#include "protocol/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { ANCHOR_MS = 10 * 1000, RETAIN_MS = 60 * 60 * 1000 };

#define SHORT_BYTES ((int64_t)64 << 20)

/* ---- hashes and syncs ---- */

/* The lock is held. */
static void set_broken(struct audit *audit, const char *action)
{
    if (!audit->is_broken)
        log_line(LOG_ERROR, "The audit fails: no call on students is answered until a restart.", "action",
                 action, "file", audit->segment.path, "detail", strerror(errno), NULL);
    audit->is_broken = true;
    pthread_cond_broadcast(&audit->changed);
}

/* Chains and syncs up to there. Others append meanwhile, behind it, unless the caller holds the lock. */
static bool secure(struct audit *audit, size_t to, int64_t next)
{
    segment_chain(&audit->segment, to, audit->hash);
    if (!segment_sync(&audit->segment, to))
        return false;
    audit->synced.sequence = next - 1;
    audit->synced.change = audit->copied;
    audit->synced.time_ms = aluno__clock_unix_ms();
    memcpy(audit->synced.hash, audit->hash, FRAME_HASH);
    return true;
}

/* The lock is held, so that the last record of the full segment is the last one before the new one. */
static void begin_next(struct audit *audit)
{
    aluno_error error;
    struct segment *full = &audit->segment, fresh;
    if (!secure(audit, full->size, full->next)) {
        set_broken(audit, "sync");
        return;
    }
    if (segment_create(&fresh, audit->folder, full->next, audit->hash, full->limit, &error) != ALUNO_OK) {
        if (audit->failure == 0)
            log_line(LOG_ERROR, "The audit's next segment cannot be made.", "why", error.detail, NULL);
        audit->failure = EIO;
        return;
    }
    if (!segment_close(full))
        set_broken(audit, "close");
    *full = fresh;
    audit->retained_ms = 0;
}

/* Records in a file without its name are found by nobody, and go when it is closed. The lock is held. */
static void watch_name(struct audit *audit)
{
    const bool was_lost = audit->is_lost;
    audit->is_lost = !segment_has_name(&audit->segment);
    if (!audit->is_lost)
        return;
    audit->failure = ENOENT;
    if (!was_lost)
        log_line(LOG_ERROR,
                 "The audit's file was removed or replaced: calls on students are refused. Put it back, or "
                 "restart the service, which begins another one.",
                 "file", audit->segment.path, NULL);
}

/* After a failure: whether an append would succeed by now. A full segment waits for the next one. The lock is
 * held. */
static void look_for_room(struct audit *audit)
{
    if (audit->failure == 0 || audit->is_broken || audit->is_lost || audit_is_full(audit) ||
        !segment_has_room(&audit->segment))
        return;
    log_line(LOG_INFO, "The audit can be written again.", "file", audit->segment.path, NULL);
    audit->failure = 0;
}

static void watch_space(struct audit *audit)
{
    struct statvfs disk;
    if (statvfs(audit->folder, &disk) != 0)
        return;
    const int64_t before = audit->measures.disk_free_bytes,
                  now = (int64_t)((uint64_t)disk.f_bavail * disk.f_frsize);
    audit->measures.disk_free_bytes = now;
    if (now < SHORT_BYTES && (before == 0 || before >= SHORT_BYTES))
        log_line(LOG_WARN, "The audit's disk is nearly full: without room no call on students is answered.",
                 "folder", audit->folder, NULL);
}

void audit_sync(struct audit *audit)
{
    pthread_mutex_lock(&audit->lock);
    const size_t to = audit->segment.size;
    const int64_t next = audit->segment.next;
    pthread_mutex_unlock(&audit->lock);
    const bool is_secure = audit->is_broken || next - 1 == audit->synced.sequence || secure(audit, to, next);
    pthread_mutex_lock(&audit->lock);
    if (!is_secure)
        set_broken(audit, "sync");
    else
        audit->measures.last_sync = aluno__clock_unix_ms();
    audit->measures.synced = audit->synced.sequence;
    watch_name(audit);
    if (audit_is_full(audit) && !audit->is_broken && !audit->is_lost)
        begin_next(audit);
    look_for_room(audit);
    watch_space(audit);
    pthread_cond_broadcast(&audit->changed);
    pthread_mutex_unlock(&audit->lock);
}

/* ---- the exchange with the store ---- */

/* Many changes may have waited, as while the disk was full: they take more than one segment. */
static void make_way(struct audit *audit)
{
    pthread_mutex_lock(&audit->lock);
    const bool needs_next = audit_is_full(audit);
    pthread_mutex_unlock(&audit->lock);
    if (needs_next)
        audit_sync(audit);
}

static bool append_changes(struct audit *audit)
{
    const uint8_t *record;
    size_t at = 0, size;
    int64_t id;
    while (settle_take(&audit->settle, &at, &id, &record, &size)) {
        make_way(audit);
        const struct audit_record whole = audit_record_of(record, size);
        if (audit_append_frame(audit, id, &whole, NULL) != ALUNO_OK)
            return false;
        audit->copied = id;
    }
    return true;
}

static bool anchor_is_due(const struct audit *audit, bool is_last)
{
    return audit->synced.sequence != audit->anchored && (is_last || audit->settle.start.sequence > 0 ||
                                                         aluno__clock_ms() - audit->anchored_ms >= ANCHOR_MS);
}

/* Takes the mark of changes that were committed. */
static bool take_changes(struct audit *audit)
{
    pthread_mutex_lock(&audit->lock);
    const bool has_changes = audit->has_changes;
    audit->has_changes = false;
    pthread_mutex_unlock(&audit->lock);
    return has_changes;
}

static void put_changes(struct audit *audit)
{
    pthread_mutex_lock(&audit->lock);
    audit->has_changes = true;
    pthread_mutex_unlock(&audit->lock);
}

static bool exchange(struct audit *audit)
{
    struct settle *settle = &audit->settle;
    settle->forget = audit->synced.change > audit->forgotten ? audit->synced.change : 0;
    settle->head = audit->synced;
    settle->after = audit->copied;
    if (!settle_run(settle, audit->store))
        return false;
    if (settle->forget > 0)
        audit->forgotten = settle->forget;
    audit->anchored = settle->head.sequence;
    audit->anchored_ms = aluno__clock_ms();
    settle->start.sequence = 0;
    return append_changes(audit);
}

static bool exchange_all(struct audit *audit)
{
    bool is_done = true;
    do
        is_done = exchange(audit);
    while (is_done && audit->settle.count == SETTLE_ROWS);
    if (!is_done)
        put_changes(audit);
    return is_done;
}

/* The store keeps the records of changes while the segment that has them is lost. */
bool audit_exchange(struct audit *audit, bool is_last)
{
    if (audit->is_broken || audit->is_lost)
        return false;
    if (audit->store == NULL ||
        (!take_changes(audit) && audit->synced.change <= audit->forgotten && !anchor_is_due(audit, is_last)))
        return true;
    return exchange_all(audit);
}

/* ---- retention ---- */

/* The first segment that has a record young enough to stay: all before the next one's beginning are older. */
static size_t count_old(struct audit *audit, const struct audit_list *list, struct scan *scan,
                        struct store_anchor *start)
{
    const int64_t before_ms = aluno__clock_unix_ms() - audit->options.keep_ms;
    size_t old = 0;
    while (old + 1 < list->count && scan_open(scan, audit->folder, list->first[old + 1], NULL) == ALUNO_OK) {
        const bool is_old = scan->header.time_ms < before_ms;
        scan_close(scan);
        if (!is_old)
            break;
        *start = (struct store_anchor){.sequence = scan->header.first - 1, .time_ms = scan->header.time_ms};
        memcpy(start->hash, scan->header.previous, FRAME_HASH);
        old++;
    }
    return old;
}

static void remove_old(struct audit *audit, const struct audit_list *list, size_t old)
{
    audit_path path;
    char detail[64];
    snprintf(detail, sizeof detail, "%" PRId64 "-%" PRId64, list->first[0], list->first[old] - 1);
    for (size_t i = 0; i < old; i++) {
        audit_segment_path(path, audit->folder, list->first[i]);
        unlink(path);
    }
    log_line(LOG_INFO, "Records of the audit were removed, for their age.", "records", detail, NULL);
    audit_append_own(audit, "remove", detail, NULL);
}

/* The store knows the new beginning before the segments go. */
void audit_retain(struct audit *audit)
{
    struct audit_list list = {0};
    struct store_anchor start = {0};
    struct scan *scan;
    const int64_t now_ms = aluno__clock_ms();
    if (audit->retained_ms != 0 && now_ms - audit->retained_ms < RETAIN_MS)
        return;
    audit->retained_ms = now_ms;
    scan = malloc(sizeof *scan);
    size_t old = 0;
    if (scan != NULL && audit_list_read(&list, audit->folder, NULL) == ALUNO_OK)
        old = count_old(audit, &list, scan, &start);
    if (old > 0 && audit->store != NULL) {
        audit->settle.start = start;
        if (exchange_all(audit))
            remove_old(audit, &list, old);
    }
    audit_list_free(&list);
    free(scan);
}
