/* EraseStudent, in two steps. The first one, a dry run, erases and is undone, so that it counts what goes;
 * its confirmation is bound to the caller, the students and their revisions. It guards against mistakes, not
 * against an admin, who may erase anyway; so it needs no secret. */
#include "erase.h"
#include "handlers.h"

#include "age.h"
#include "base/clock.h"
#include "hash.h"
#include "old_copies.h"
#include "reply.h"
#include "school_day.h"
#include "subject.h"

#include "protocol/error.h"

#include <aluno/values.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONFIRM_WITHIN_MS = 10 * 60 * 1000,
    EMPTY_WITHIN_MS = 2000, /* how long a reply waits for the log */
};

/* ---- the confirmation: when it ends, in seconds, and a hash ---- */

static void write_confirmation(const struct call *call, const aluno_erasure *erasure, int64_t until_ms,
                               char out[sizeof erasure->confirmation])
{
    uint64_t hash = hash_bytes(HASH_START, call->caller.name, strlen(call->caller.name));
    hash = hash_bytes(hash, &until_ms, sizeof until_ms);
    for (size_t i = 0; i < erasure->students.count; i++) {
        const aluno_student *student = &erasure->students.items[i];
        hash = hash_bytes(hash, &student->id, sizeof student->id);
        hash = hash_bytes(hash, student->etag, strlen(student->etag));
    }
    snprintf(out, sizeof erasure->confirmation, "%" PRIx64 "-%08" PRIx32, (uint64_t)until_ms / 1000,
             (uint32_t)(hash ^ hash >> 32));
}

static aluno_code check_confirmation(const struct call *call, const aluno_erase_student_request *request,
                                     const aluno_erasure *erasure, aluno_error *error)
{
    char expected[sizeof erasure->confirmation];
    if (!request->has.confirmation)
        return aluno__error_set(error, ALUNO_REASON_CONFIRMATION_REQUIRED, NULL);
    const uint64_t until_s = strtoull(request->confirmation, NULL, 16);
    const int64_t now_s = call->now_ms / 1000;
    const bool is_good =
        until_s >= (uint64_t)now_s && until_s <= (uint64_t)(now_s + CONFIRM_WITHIN_MS / 1000);
    write_confirmation(call, erasure, is_good ? (int64_t)until_s * 1000 : 0, expected);
    if (is_good && strcmp(expected, request->confirmation) == 0)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_CONFIRMATION_INVALID, NULL);
}

/* ---- the reason ---- */

static bool names_a_student(const char *reason, const aluno_erasure *erasure)
{
    char *folded = aluno_fold(reason);
    bool found = false;
    for (size_t i = 0; folded != NULL && i < erasure->students.count; i++) {
        char *name = aluno_fold(erasure->students.items[i].name);
        found = found || (name != NULL && strstr(folded, name) != NULL);
        free(name);
    }
    free(folded);
    return found;
}

/* The rule of purposes has found no number and no address in it. */
static aluno_code check_reason(const aluno_erase_student_request *request, const aluno_erasure *erasure,
                               aluno_error *error)
{
    if (!request->has.reason)
        return aluno__error_add_violation(error, "reason", ALUNO_REASON_FIELD_REQUIRED, NULL);
    if (names_a_student(request->reason, erasure))
        return aluno__error_add_violation(error, "reason", ALUNO_REASON_REASON_PERSONAL, NULL);
    return ALUNO_OK;
}

/* ---- erasing ---- */

static aluno_code erase_all(const struct call *call, struct store_session *session, const char *reason,
                            aluno_erasure *erasure, aluno_error *error)
{
    struct store_erased erased = {0};
    for (size_t i = 0; i < erasure->students.count; i++) {
        const struct store_tombstone tombstone = {.id = erasure->students.items[i].id,
                                                  .create_time = erasure->students.items[i].create_time,
                                                  .erase_time = call->now_ms,
                                                  .caller = call->caller.name,
                                                  .reason = reason};
        const aluno_code code = student_erase(session, &tombstone, &erased, error);
        if (code != ALUNO_OK)
            return code;
    }
    ALUNO_SET(*erasure, positions, erased.positions);
    ALUNO_SET(*erasure, operations, erased.operations);
    return ALUNO_OK;
}

static void list_copies(const struct service *service, aluno_erasure *erasure)
{
    enum { ROOM = sizeof erasure->old_copies.items / sizeof *erasure->old_copies.items };
    erasure->old_copies.count = old_copies_list(service, erasure->old_copies.items, ROOM);
    erasure->has.old_copies = erasure->old_copies.count > 0;
}

static void offer(const struct call *call, aluno_erasure *erasure)
{
    const int64_t until_ms = (call->now_ms + CONFIRM_WITHIN_MS) / 1000 * 1000;
    write_confirmation(call, erasure, until_ms, erasure->confirmation);
    erasure->has.confirmation = true;
    ALUNO_SET(*erasure, confirmation_expire_time, until_ms);
    for (size_t i = 0; i < erasure->students.count; i++)
        age_complete(&erasure->students.items[i], school_day(call->now_ms));
}

static void leave_ids(const struct call *call, aluno_erasure *erasure)
{
    ALUNO_SET(*erasure, erase_time, call->now_ms);
    for (size_t i = 0; i < erasure->students.count; i++) {
        const int64_t id = erasure->students.items[i].id;
        aluno_clear(&aluno_student_type, &erasure->students.items[i]);
        ALUNO_SET(erasure->students.items[i], id, id);
    }
}

aluno_code handle_erase_student(struct call *call, struct store_session *session,
                                const aluno_erase_student_request *request, aluno_erasure *reply,
                                aluno_error *error)
{
    enum { MOST = sizeof reply->students.items / sizeof *reply->students.items };
    const struct subject whom = {request->has.id ? request->id : 0, request->br_document};
    aluno_code code =
        subject_find(session, &whom, reply->students.items, MOST, &reply->students.count, error);
    reply->has.students = true;
    if (code == ALUNO_OK && !call->is_dry_run)
        code = check_confirmation(call, request, reply, error);
    if (code == ALUNO_OK && !call->is_dry_run)
        code = check_reason(request, reply, error);
    if (code == ALUNO_OK)
        code = erase_all(call, session, request->has.reason ? request->reason : "", reply, error);
    if (code != ALUNO_OK)
        return code;
    list_copies(call->service, reply);
    if (call->is_dry_run)
        offer(call, reply);
    else
        leave_ids(call, reply);
    return ALUNO_OK;
}

/* The reply was written in the change itself: its message is read back from the entry in the ledger. */
void erase_end(struct call *call)
{
    struct outcome *outcome = call->outcome;
    aluno__buffer no_items = {0};
    if (outcome->code != ALUNO_OK || call->is_dry_run || outcome->entry.size == 0)
        return;
    const bool emptied = store_empty_log(call->service->store, aluno__clock_ms() + EMPTY_WITHIN_MS);
    aluno__reader entry = {outcome->entry.data, outcome->entry.size, 0};
    aluno_erasure *erasure = malloc(sizeof *erasure);
    if (erasure == NULL)
        return;
    if (aluno__codec_decode(&aluno_erasure_type, erasure, &entry, ALUNO_UNKNOWN_IGNORED, NULL) == ALUNO_OK) {
        ALUNO_SET(*erasure, log_emptied, emptied);
        call->reply = erasure;
        call->items = &no_items;
        aluno__buffer_reset(&outcome->reply);
        reply_write(call);
        call->reply = NULL; /* both end here */
        call->items = NULL;
    }
    free(erasure);
}
