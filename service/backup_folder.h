/* The folder of backups: DATABASE.2026-11-28T235152.793Z.backup, or ….backup.age for one that is encrypted;
 * and DATABASE.backup.unfinished for the one that the service makes. A command's is
 * DATABASE.2026-….backup.unfinished or ….backup.age.unfinished, and what is made for it has a longer name. */
#ifndef ALUNOD_BACKUP_FOLDER_H
#define ALUNOD_BACKUP_FOLDER_H

#include <aluno/error.h>

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef char backup_file[PATH_MAX + 64];

struct backup {
    int64_t began_ms; /* Unix milliseconds */
    bool is_encrypted;
};

/* Whether backups can be made in the folder. When there is none, *exists is false, and it is whether the
 * folder can be made. Changes nothing. OPTION_INVALID, with the folder and the problem. */
aluno_code backup_folder_check(const char *folder, bool *exists, aluno_error *error);

/* Makes the folder when there is none. OPTION_INVALID as backup_folder_check. */
aluno_code backup_folder_make(const char *folder, aluno_error *error);

/* Enters the folder to make a backup there: removes what killed commands left of backups of that database,
 * unless another process makes one in the folder. Returns what backup_folder_leave takes at the end. */
int backup_folder_enter(const char *folder, const char *database);

/* Removes what killed commands left, unless the folder is in use. Waits for nobody. */
void backup_folder_tidy(const char *folder, const char *database);
void backup_folder_leave(int entered);

/* Writes the path of a backup and that of its unfinished file. False when they are too long. */
bool backup_folder_names(const char *folder, const char *database, struct backup backup, backup_file file,
                         backup_file unfinished);

/* When the newest backup of that database began, in Unix milliseconds; 0 when there is none. */
int64_t backup_folder_newest(const char *folder, const char *database);

/* Removes the oldest backups of that database beyond `keep`, after the one that began at made_ms. Those of a
 * later date are of a time when the clock was ahead, and count as the oldest. Returns how many. */
size_t backup_folder_prune(const char *folder, const char *database, int64_t made_ms, size_t keep);

#endif
