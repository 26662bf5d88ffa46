/* Computes each hash anew. The segment that a service is writing changes meanwhile: what does not fit there
 * is read again before it counts as damage. */
#include "verify.h"

#include "scan.h"

#include "base/clock.h"
#include "protocol/codec.h"
#include "protocol/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 50, TRY_MS = 20 };

struct verification {
    struct scan scan;
    struct audit_list segments;
    const struct audit_head *heads;
    size_t head_count;
    struct audit_verified *found;
    bool is_last; /* the present segment is the last one */
};

static aluno_code damaged(const struct verification *at, int64_t sequence, const char *what,
                          aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_AUDIT_DAMAGED, "%s: record %" PRId64 " %s", at->scan.path,
                            sequence, what);
}

/* Whether the chain passes through the heads of that sequence. */
static aluno_code check_heads(const struct verification *at, aluno_error *error)
{
    const struct audit_head *head = &at->found->head;
    for (size_t i = 0; i < at->head_count; i++)
        if (at->heads[i].sequence == head->sequence && memcmp(at->heads[i].hash, head->hash, FRAME_HASH) != 0)
            return damaged(at, head->sequence, "or one before it is not the one whose head was kept", error);
    return ALUNO_OK;
}

/* Reads a frame; at what is not whole, of the last segment, some times. */
static enum frame_state read_frame(struct verification *at, struct frame *frame)
{
    enum frame_state state = scan_next(&at->scan, frame);
    for (int i = 0; state == FRAME_DAMAGED && at->is_last && i < TRIES; i++) {
        aluno__clock_sleep(TRY_MS);
        state = scan_next(&at->scan, frame);
    }
    return state;
}

/* Whether that is the frame's hash, which a service may have been writing while the frame was read. */
static bool has_hash(const struct verification *at, const struct frame *frame, const uint8_t hash[FRAME_HASH])
{
    uint8_t again[FRAME_HASH];
    return memcmp(hash, frame->hash, FRAME_HASH) == 0 ||
           (at->is_last && pread(at->scan.fd, again, FRAME_HASH, at->scan.at - FRAME_HASH) == FRAME_HASH &&
            memcmp(hash, again, FRAME_HASH) == 0);
}

static aluno_code check_frame(struct verification *at, const struct frame *frame, enum frame_state state,
                              aluno_error *error)
{
    struct audit_verified *found = at->found;
    uint8_t hash[FRAME_HASH];
    if (frame->sequence != found->last + 1)
        return damaged(at, found->last + 1, "is missing or out of order", error);
    frame_hash(frame, found->head.hash, hash);
    if (state == FRAME_CHAINED && !has_hash(at, frame, hash))
        return damaged(at, frame->sequence, "is altered", error);
    if (state == FRAME_UNCHAINED && !at->is_last)
        return damaged(at, frame->sequence, "has no hash", error);
    found->unchained += state == FRAME_UNCHAINED;
    found->last = found->head.sequence = frame->sequence;
    memcpy(found->head.hash, hash, FRAME_HASH);
    return check_heads(at, error);
}

/* The end of a segment: zeros only, unless the service appended a record meanwhile. */
static aluno_code check_rest(struct verification *at, bool *goes_on, aluno_error *error)
{
    struct frame frame;
    *goes_on = false;
    for (int i = 0; !scan_ends_clean(&at->scan); i++) {
        const int64_t before = at->scan.at;
        const enum frame_state state = scan_next(&at->scan, &frame);
        at->scan.at = before; /* it is read again */
        at->scan.begin = at->scan.end = 0;
        *goes_on = state == FRAME_CHAINED || state == FRAME_UNCHAINED;
        if (*goes_on)
            return ALUNO_OK;
        if (!at->is_last || i == TRIES)
            return damaged(at, at->found->last + 1, "is altered", error);
        aluno__clock_sleep(TRY_MS);
    }
    return ALUNO_OK;
}

static aluno_code check_frames(struct verification *at, aluno_error *error)
{
    struct frame frame;
    bool goes_on = true;
    aluno_code code = ALUNO_OK;
    while (code == ALUNO_OK && goes_on) {
        const enum frame_state state = read_frame(at, &frame);
        if (state == FRAME_DAMAGED)
            return damaged(at, at->found->last + 1, "is altered", error);
        code = state == FRAME_NONE ? check_rest(at, &goes_on, error) : check_frame(at, &frame, state, error);
    }
    return code;
}

/* The header of the first segment says where the chain begins; the others go on from the one before. */
static aluno_code check_header(struct verification *at, bool is_first, aluno_error *error)
{
    const struct segment_header *header = &at->scan.header;
    struct audit_verified *found = at->found;
    if (is_first) {
        found->first = header->first;
        found->last = found->head.sequence = header->first - 1;
        memcpy(found->head.hash, header->previous, FRAME_HASH);
        return check_heads(at, error);
    }
    if (header->first != found->last + 1)
        return damaged(at, found->last + 1, "is missing", error);
    if (memcmp(header->previous, found->head.hash, FRAME_HASH) != 0)
        return damaged(at, header->first, "does not follow the one before it", error);
    return ALUNO_OK;
}

static aluno_code verify_segment(struct verification *at, const char *folder, size_t index,
                                 aluno_error *error)
{
    at->is_last = index + 1 == at->segments.count;
    aluno_code code = scan_open(&at->scan, folder, at->segments.first[index], error);
    if (code != ALUNO_OK)
        return code;
    code = check_header(at, index == 0, error);
    if (code == ALUNO_OK)
        code = check_frames(at, error);
    if (at->scan.header.time_ms > at->found->head.time_ms)
        at->found->head.time_ms = at->scan.header.time_ms;
    scan_close(&at->scan);
    return code;
}

/* Heads beyond the last record, or from before the first one. */
static aluno_code check_reach(const struct verification *at, const char *folder, aluno_error *error)
{
    for (size_t i = 0; i < at->head_count; i++)
        if (at->heads[i].sequence > at->found->last)
            return aluno__error_set(error, ALUNO_REASON_AUDIT_DAMAGED,
                                    "%s: records %" PRId64 " to %" PRId64 " are missing", folder,
                                    at->found->last + 1, at->heads[i].sequence);
    return ALUNO_OK;
}

aluno_code audit_verify(const char *folder, const struct audit_head *heads, size_t count,
                        struct audit_verified *found, aluno_error *error)
{
    struct verification *at = calloc(1, sizeof *at);
    *found = (struct audit_verified){.first = 1};
    if (at == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    at->heads = heads;
    at->head_count = count;
    at->found = found;
    at->scan.fd = -1;
    aluno_code code = audit_list_read(&at->segments, folder, error);
    found->segments = (int64_t)at->segments.count;
    for (size_t i = 0; code == ALUNO_OK && i < at->segments.count; i++)
        code = verify_segment(at, folder, i, error);
    if (code == ALUNO_OK)
        code = check_reach(at, folder, error);
    audit_list_free(&at->segments);
    free(at);
    return code;
}
