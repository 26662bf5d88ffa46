/* Reads the events of an audit's folder in their order, while the service writes it or not. */
#ifndef ALUNOD_AUDIT_READING_H
#define ALUNOD_AUDIT_READING_H

#include <aluno/error.h>

#include <stdatomic.h>

/* Conditions, all of which must hold. Begin with AUDIT_FILTER_ALL. */
struct audit_filter {
    int64_t from_ms, to_ms; /* Unix milliseconds, inclusive */
    const char *caller;     /* a certificate's name, or its serial number as openssl writes it; NULL: any */
    const int64_t *student_ids;   /* an event has one of these, of which there are student_count; */
    size_t student_count;         /* 0: any */
    const char *method;           /* wire name; NULL: any */
    const char *code;             /* "OK"; NULL: any */
    size_t most;                  /* events that a reader reads, passing or not, before it finds none */
    int64_t deadline_ms;          /* monotonic clock: audit_reader_next fails with DEADLINE_PASSED then */
    const atomic_bool *abandoned; /* or NULL; once true it fails with CALL_CANCELLED */
};

#define AUDIT_FILTER_ALL                                                                                     \
    {                                                                                                        \
        .to_ms = INT64_MAX, .most = SIZE_MAX, .deadline_ms = INT64_MAX                                       \
    }

struct audit_reader;

/* Opens the folder to read the events whose sequence is above `after`; 0: all. AUDIT_UNAVAILABLE, with the
 * problem. Used by one thread at a time. */
aluno_code audit_reader_open(struct audit_reader **out, const char *folder, int64_t after,
                             aluno_error *error);

/* Reads the next event that the filter lets pass; *found is false when none is left. Events that are being
 * written are left out. AUDIT_DAMAGED, with segment and record: what follows cannot be read. */
aluno_code audit_reader_next(struct audit_reader *reader, const struct audit_filter *filter,
                             aluno_audit_event *event, bool *found, aluno_error *error);

/* The sequence up to which the events have been read, whether the filter let them pass or not. */
int64_t audit_reader_position(const struct audit_reader *reader);

/* NULL is allowed. */
void audit_reader_close(struct audit_reader *reader);

/* Whether a text of ids, such as "3,7-9", has the id. */
bool audit_ids_have(const char *ids, int64_t id);

#endif
