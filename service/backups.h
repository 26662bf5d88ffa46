/* Backups of the database: on a schedule and on request, one at a time, on a thread of their own. */
#ifndef ALUNOD_BACKUPS_H
#define ALUNOD_BACKUPS_H

#include "encryption.h"
#include "store/store.h"

struct backups;

struct backups_options {
    const char *database;
    const char *folder; /* made when there is none */
    int64_t every_ms;   /* from the beginning of one to that of the next; 0: on request only */
    int64_t keep;       /* how many stay */
    struct encryption_recipients recipients;
};

/* Starts the thread. OPTION_INVALID when the folder or the recipients cannot be used. The store must outlive
 * it. */
aluno_code backups_start(struct backups **out, struct store *store, const struct backups_options *options,
                         aluno_error *error);

/* Interrupts the backup that runs and ends the thread. NULL is allowed. */
void backups_stop(struct backups *backups);

/* Begins a backup unless one runs, and returns its state. */
void backups_request(struct backups *backups, aluno_backup *out);

/* Returns the state of the backup that runs, else of the last one. */
void backups_read(struct backups *backups, aluno_backup *out);

/* The backups since the start; and the newest one in the folder. */
struct backups_measures {
    int64_t done, failed;
    int64_t newest_ms; /* when it began, Unix milliseconds; 0: there is none */
    bool is_failing;   /* the last one failed */
};

/* NULL is allowed: there are no backups. */
void backups_measure(struct backups *backups, struct backups_measures *out);

/* The folder: the backups' own. */
const char *backups_folder(const struct backups *backups);

#endif
