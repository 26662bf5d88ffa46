/* Verifies an audit's folder: that each record is as it was written and follows the one before it. */
#ifndef ALUNOD_AUDIT_VERIFY_H
#define ALUNOD_AUDIT_VERIFY_H

#include <aluno/error.h>

/* A place of the chain: the hash of the record of that sequence, which vouches for all before it. */
struct audit_head {
    int64_t sequence; /* 0: before the first record */
    int64_t time_ms;  /* of the record, Unix milliseconds */
    uint8_t hash[32];
};

struct audit_verified {
    int64_t first, last; /* sequences; last < first: there is no record */
    int64_t segments;
    int64_t unchained; /* of these records, the last ones that have no hash yet: a service is about to give
                          them one, or ended suddenly */
    struct audit_head head;
};

/* Verifies the segments of a folder, which a service may be writing, and that the chain passes through the
 * `count` heads that were kept elsewhere. AUDIT_DAMAGED, with segment and record of the first that is
 * altered, missing or out of order; AUDIT_UNAVAILABLE when the folder cannot be read. */
aluno_code audit_verify(const char *folder, const struct audit_head *heads, size_t count,
                        struct audit_verified *found, aluno_error *error);

#endif
