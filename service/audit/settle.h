/* One exchange with the store, in one transaction: forgets the changes' records that are safe in the
 * segments, writes the anchors, and hands over the records that came since. */
#ifndef ALUNOD_AUDIT_SETTLE_H
#define ALUNOD_AUDIT_SETTLE_H

#include "store/store.h"

#include <pthread.h>

/* Begin with {0}; its owner fills in what is to be done. */
struct settle {
    int64_t forget;           /* changes up to this id */
    struct store_anchor head; /* written unless its sequence is 0 */
    struct store_anchor start;
    int64_t after; /* records of changes above this id are read */

    struct store_change change;
    struct store_audit_rows rows;
    aluno__buffer records; /* of those read: id, size and bytes of each */
    size_t count;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool is_applied, is_done, is_committed;
};

enum { SETTLE_ROWS = 1000 }; /* records that one exchange reads at most */

/* Waits for the exchange to be durable; false when it failed. */
bool settle_run(struct settle *settle, struct store *store);

/* Takes the first record that was read, and that was not taken yet; false when there is none. `*at` is 0 at
 * first. */
bool settle_take(const struct settle *settle, size_t *at, int64_t *id, const uint8_t **record, size_t *size);

#endif
