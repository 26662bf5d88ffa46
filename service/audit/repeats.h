/* Refusals that repeat: a caller can cause any number a second, and each record takes the disk's room. The
 * first of a kind is recorded at once, the others of that second are counted. Its owner guards it. */
#ifndef ALUNOD_AUDIT_REPEATS_H
#define ALUNOD_AUDIT_REPEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPEATS = 64, REPEAT_BYTES = 1024 };

struct repeat {
    int64_t count;    /* that have no record yet */
    int64_t first_ms; /* when the first of these was, Unix milliseconds */
    size_t size;
    uint8_t alike[REPEAT_BYTES]; /* an AuditEvent with what they have in common */
};

struct repeats {
    struct repeat of[REPEATS];
    size_t used;
};

/* Counts a refusal that is like an earlier one. False: it is the first, or there is no place for its kind; it
 * must have a record of its own. */
bool repeats_count(struct repeats *repeats, const uint8_t *alike, size_t size);

/* Writes the record of all that a kind has counted; false: it cannot now. */
typedef bool repeats_write(void *user, const struct repeat *repeat);

/* Call it each second: writes the record of each kind that repeated, and forgets the kinds that did not. */
void repeats_tick(struct repeats *repeats, repeats_write *write, void *user);

#endif
