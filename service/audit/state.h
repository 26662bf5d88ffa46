/* The state of a running audit, which its source files share. */
#ifndef ALUNOD_AUDIT_STATE_H
#define ALUNOD_AUDIT_STATE_H

#include "audit.h"
#include "repeats.h"
#include "segment.h"
#include "settle.h"

struct audit {
    char *folder;
    int folder_lock;
    struct audit_options options;
    struct store *store; /* or NULL */
    pthread_t thread;
    pthread_mutex_t lock;         /* guards what follows */
    pthread_cond_t work, changed; /* the thread has work; something that others wait for has changed */
    struct segment segment;
    bool stopping;
    bool has_changes;        /* changes were committed whose records are not in the segments */
    uint64_t wanted, served; /* audit_settle's: waiters that came, and that have what they waited for */
    uint64_t tried;          /* those for whom the thread has worked, be it in vain: it works for them again
                                in the next cycle */
    int failure;             /* why appends, or the next segment, fail: errno; 0: they succeed */
    bool is_broken;          /* what was written may not be on the disk: a new start must find out */
    struct audit_measures measures;
    struct repeats repeats;

    /* The thread's own. */
    uint8_t hash[FRAME_HASH];   /* of the last record that has one */
    struct store_anchor synced; /* the last record on the disk */
    int64_t anchored;           /* sequence of the anchor in the store */
    int64_t anchored_ms;        /* when, monotonic clock */
    int64_t copied;             /* the last change whose record is in the segments */
    int64_t forgotten;          /* the last change that the store has forgotten */
    bool is_lost;               /* the segment's name leads to no file, or to another one */
    int64_t retained_ms;        /* when retention was looked after, monotonic clock; 0: never */
    struct settle settle;
};

/* Whether the next segment is due. The lock is held. */
static inline bool audit_is_full(const struct audit *audit)
{
    return audit->segment.size >= (size_t)audit->options.segment_bytes;
}

/* Chains and syncs what is in the segment, and begins the next one when it is full. The thread's. */
void audit_sync(struct audit *audit);

/* Appends the records of the refusals that were counted. The thread's. */
void audit_append_repeats(struct audit *audit);

/* Exchanges with the store until no record is left there that is not in the segments. False: some may be; the
 * next cycle tries again. The thread's. */
bool audit_exchange(struct audit *audit, bool is_last);

/* Removes segments that are too old. The thread's. */
void audit_retain(struct audit *audit);

/* Appends a frame. Does not wait for the next segment, which the thread itself begins: fails when this one is
 * full. Any thread. */
aluno_code audit_append_frame(struct audit *audit, int64_t change, const struct audit_record *record,
                              aluno_error *error);

#endif
