/* A record of the audit: an AuditEvent without its sequence, as one map with numbered keys or as two. Of two,
 * the first has what many records have in common, such as the facts of their caller: a segment has it once.
 */
#ifndef ALUNOD_AUDIT_RECORD_H
#define ALUNOD_AUDIT_RECORD_H

#include "protocol/codec.h"

enum {
    RECORD_MAX = 8192,
    RECORD_SHARED_MAX = 1024, /* a longer first map is not shared */
};

struct audit_record {
    const uint8_t *bytes;
    size_t size;
    size_t shared; /* size of the first map of two; 0: there is one */
};

/* The record of bytes whose maps nobody has counted. */
struct audit_record audit_record_of(const uint8_t *bytes, size_t size);

/* Reads the event of the maps of two places, the first of which may be empty. False: they are no event. */
bool audit_record_read(aluno__reader shared, aluno__reader rest, aluno_audit_event *event);

#endif
