/* First maps of records, encoded once: they follow from the caller and the kind of the call. Each thread has
 * its own, in its workspace. */
#ifndef ALUNOD_AUDIT_MEMO_H
#define ALUNOD_AUDIT_MEMO_H

#include "base/buffer.h"

#include <aluno/schema.h>

/* The kind of a call: its method, criteria and fields, without its students' ids. */
struct audit_kind {
    const aluno_method_desc *method;
    uint32_t asked;  /* bit i: by the field i of the request */
    uint32_t query;  /* what a page was searched by: event.c has the bits */
    uint32_t fields; /* bit i: the field i of aluno_student_type was read or changed */
};

enum { MEMOS = 32, MEMO_BYTES = 512 };

struct audit_memos {
    struct {
        uint64_t caller; /* 0: none */
        struct audit_kind kind;
        size_t size;
    } of[MEMOS];
    uint8_t bytes[MEMOS][MEMO_BYTES]; /* apart: pages that are not used are not touched */
};

void audit_memos_clear(struct audit_memos *memos);

/* Appends the map of that caller (its number) and that kind; false when there is none. */
bool audit_memos_read(const struct audit_memos *memos, uint64_t caller, const struct audit_kind *kind,
                      aluno__buffer *out);

/* Keeps the map, unless the caller has no number or the map is long. */
void audit_memos_write(struct audit_memos *memos, uint64_t caller, const struct audit_kind *kind,
                       const aluno__buffer *map);

#endif
