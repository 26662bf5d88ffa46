/* Appending, by any thread, under the audit's lock. */
#include "state.h"

#include "base/clock.h"
#include "log.h"
#include "protocol/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static aluno_code refuse(struct audit *audit, const char *why, aluno_error *error)
{
    audit->measures.failures++;
    return aluno__error_set(error, ALUNO_REASON_AUDIT_UNAVAILABLE, "%s", why);
}

static aluno_code append_locked(struct audit *audit, int64_t change, const struct audit_record *record,
                                aluno_error *error)
{
    struct segment *segment = &audit->segment;
    if (record->size == 0 || record->size > FRAME_EVENT_MAX)
        return aluno__error_set(error, ALUNO_REASON_AUDIT_UNAVAILABLE, "%zu bytes", record->size);
    if (audit->is_broken || !segment_fits(segment, record->size))
        return refuse(audit, "see the service's log", error);
    const bool was_full = audit_is_full(audit);
    const aluno_code code = segment_append(segment, change, record, error);
    if (code != ALUNO_OK) {
        if (audit->failure == 0)
            log_line(LOG_ERROR, "The audit cannot be written: calls on students are refused.", "file",
                     segment->path, "detail", strerror(errno), NULL);
        audit->failure = errno;
        audit->measures.failures++;
        return code;
    }
    audit->measures.records++;
    if (!was_full && audit_is_full(audit))
        pthread_cond_signal(&audit->work);
    return ALUNO_OK;
}

aluno_code audit_append_frame(struct audit *audit, int64_t change, const struct audit_record *record,
                              aluno_error *error)
{
    pthread_mutex_lock(&audit->lock);
    const aluno_code code = append_locked(audit, change, record, error);
    pthread_mutex_unlock(&audit->lock);
    return code;
}

/* Waits for the thread to begin the next segment when this one is full. The lock is held. */
static void wait_for_room(struct audit *audit, size_t size)
{
    while (!segment_fits(&audit->segment, size) && !audit->is_broken && audit->failure == 0) {
        pthread_cond_signal(&audit->work);
        pthread_cond_wait(&audit->changed, &audit->lock);
    }
}

aluno_code audit_append(struct audit *audit, const struct audit_record *record, aluno_error *error)
{
    pthread_mutex_lock(&audit->lock);
    wait_for_room(audit, record->size);
    const aluno_code code = append_locked(audit, 0, record, error);
    pthread_mutex_unlock(&audit->lock);
    return code;
}

/* ---- refusals ---- */

aluno_code audit_append_refusal(struct audit *audit, const struct audit_record *record,
                                const aluno__buffer *alike, aluno_error *error)
{
    pthread_mutex_lock(&audit->lock);
    const bool is_well = audit->failure == 0 && !audit->is_broken;
    const bool is_counted = is_well && repeats_count(&audit->repeats, alike->data, alike->size);
    pthread_mutex_unlock(&audit->lock);
    return is_counted ? ALUNO_OK : audit_append(audit, record, error);
}

/* The lock is held. The thread, which begins the next segment, cannot wait for it. */
static bool append_repeat(void *user, const struct repeat *repeat)
{
    struct audit *audit = user;
    aluno_audit_event rest = {.has = {.time = true, .count = repeat->count > 1}};
    aluno__buffer bytes = {0};
    rest.time = repeat->first_ms;
    rest.count = repeat->count;
    aluno__buffer_append(&bytes, repeat->alike, repeat->size);
    aluno__codec_encode(&aluno_audit_event_type, &rest, ALUNO_KEYS_NUMBERED, &bytes);
    const struct audit_record record = {bytes.data, bytes.size, repeat->size};
    const bool is_done = !bytes.failed && segment_fits(&audit->segment, bytes.size) &&
                         append_locked(audit, 0, &record, NULL) == ALUNO_OK;
    aluno__buffer_free(&bytes);
    return is_done;
}

void audit_append_repeats(struct audit *audit)
{
    pthread_mutex_lock(&audit->lock);
    if (!audit->is_broken)
        repeats_tick(&audit->repeats, append_repeat, audit);
    pthread_mutex_unlock(&audit->lock);
}

/* ---- the audit's own ---- */

void audit_own_event(const char *what, const char *detail, struct audit_students *students,
                     aluno__buffer *out)
{
    aluno_audit_event event = {.has = {.time = true, .method = true}};
    event.time = aluno__clock_unix_ms();
    snprintf(event.method, sizeof event.method, "alunod/%s", what);
    ALUNO_SET_TEXT(event, code, aluno_code_name(ALUNO_OK));
    ALUNO_SET_TEXT(event, detail, detail);
    if (students != NULL)
        audit_students_write_ids(students, &event);
    aluno__codec_encode(&aluno_audit_event_type, &event, ALUNO_KEYS_NUMBERED, out);
}

aluno_code audit_append_own(struct audit *audit, const char *what, const char *detail, aluno_error *error)
{
    aluno__buffer bytes = {0};
    audit_own_event(what, detail, NULL, &bytes);
    const struct audit_record record = {.bytes = bytes.data, .size = bytes.size};
    const aluno_code code = bytes.failed ? aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL)
                                         : audit_append_frame(audit, 0, &record, error);
    aluno__buffer_free(&bytes);
    return code;
}

void audit_expect_change(struct audit *audit)
{
    pthread_mutex_lock(&audit->lock);
    audit->has_changes = true;
    pthread_mutex_unlock(&audit->lock);
}
