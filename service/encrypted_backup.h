/* Backups that are encrypted to public keys: the machine that makes them cannot read them. */
#ifndef ALUNOD_ENCRYPTED_BACKUP_H
#define ALUNOD_ENCRYPTED_BACKUP_H

#include "backup_folder.h"
#include "encryption.h"

#include <stdint.h>

/* The copy that is verified and then encrypted: beside the database, so that the folder of backups never
 * holds one that can be read. */
struct encrypted_backup {
    int entered;            /* the database's folder */
    backup_file unfinished; /* until it is verified */
    backup_file plain;
};

/* Writes the names of a copy that is made at that Unix millisecond. False when they are too long. Call
 * encrypted_backup_end in any case. */
bool encrypted_backup_begin(struct encrypted_backup *out, const char *database, int64_t began_ms);

/* Encrypts the copy to the new file `file`, which has that name when it is whole and on the disk; until then
 * it is `unfinished`, which is replaced. *size receives the file's size. *stop ends it early; `stop` may be
 * NULL. BACKUP_FAILED. */
aluno_code encrypted_backup_write(const struct encrypted_backup *copy, const struct encryption_recipients *to,
                                  const char *unfinished, const char *file, const atomic_bool *stop,
                                  int64_t *size, aluno_error *error);

/* Removes the copy. */
void encrypted_backup_end(struct encrypted_backup *copy);

/* Removes the copies that killed processes left beside the database, unless one is being made. */
void encrypted_backup_clean(const char *database);

#endif
