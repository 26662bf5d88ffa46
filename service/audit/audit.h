/* The audit: who saw or changed which student, when and what for. A record (record.h) has ids and names of
 * fields, and no value of a student.
 *
 * Records are kept in segments, files of a folder beside the database, and chained: each has a SHA-256 of
 * itself and of the one before it. reading.h reads them, verify.h verifies them.
 *
 * A read, or a refusal, is in its segment before its reply leaves, and on the disk a second later; refusals
 * that are alike are merged: audit_append_refusal. A change's record is a row of the database, written in the
 * change's own transaction; it follows into the segments within about a second. So the order of sequences is
 * not exactly that of times. */
#ifndef ALUNOD_AUDIT_H
#define ALUNOD_AUDIT_H

#include "store/store.h"
#include "students.h"

#include "base/buffer.h"
#include "record.h"

struct audit;

struct audit_options {
    const char *folder;    /* made when there is none; its own folder exists */
    int64_t segment_bytes; /* size of a segment after which the next one begins */
    int64_t keep_ms;       /* segments whose last record is older are removed */
};

/* Opens the audit of that store and begins what is done each second. Without a store (NULL) it has no changes
 * and no anchor. AUDIT_UNAVAILABLE or OPTION_INVALID, with the file and the problem. */
aluno_code audit_open(struct audit **out, const struct audit_options *options, struct store *store,
                      aluno_error *error);

/* Appends the record of a read or of a refusal. On return it survives the end of the process. Any thread.
 * AUDIT_UNAVAILABLE: the call must not be answered. */
aluno_code audit_append(struct audit *audit, const struct audit_record *record, aluno_error *error);

/* Appends the record of a refusal, or counts it: of those whose `alike`, a first map of records, is the same,
 * the first has a record at once, and the others of that second one together, within a second, with their
 * count and the time of the first of them. They are lost with it when the process ends before. */
aluno_code audit_append_refusal(struct audit *audit, const struct audit_record *record,
                                const aluno__buffer *alike, aluno_error *error);

/* Writes an event of the service itself, such as "start", as audit_append takes it: its method is
 * "alunod/start". `students` may be NULL. */
void audit_own_event(const char *what, const char *detail, struct audit_students *students,
                     aluno__buffer *out);

/* Appends such an event. Fails when the segment is full. Any thread. */
aluno_code audit_append_own(struct audit *audit, const char *what, const char *detail, aluno_error *error);

/* A change was committed with its record: it is fetched within a second. Any thread. */
void audit_expect_change(struct audit *audit);

/* Whether calls can be recorded: ALUNO_OK or AUDIT_UNAVAILABLE. Any thread; waits for nothing. */
aluno_code audit_health(struct audit *audit, aluno_error *error);

/* The folder, for audit_reader_open. */
const char *audit_folder(const struct audit *audit);

/* Waits until the changes that have been reported so far are in the segments, or the deadline (monotonic
 * clock) has passed; false then. */
bool audit_settle(struct audit *audit, int64_t deadline_ms);

/* The audit's measures, for the metrics. */
struct audit_measures {
    int64_t records;   /* since the start */
    int64_t synced;    /* sequence of the last one that is on the disk */
    int64_t unsynced;  /* records that are not, yet */
    int64_t failures;  /* records that could not be written */
    int64_t last_sync; /* Unix milliseconds */
    int64_t disk_free_bytes;
};

void audit_measure(struct audit *audit, struct audit_measures *out);

/* Chains and syncs what is left, and closes. No call may be in progress; the store must still be open. NULL
 * is allowed. */
void audit_close(struct audit *audit);

#endif
