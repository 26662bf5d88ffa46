/* Files that have the database as it was. */
#ifndef ALUNOD_OLD_COPIES_H
#define ALUNOD_OLD_COPIES_H

#include "service.h"

/* Lists the copies of the service's database in its folder and in that of backups: backups, also those before
 * a migration, and databases that `alunod restore` set aside. Those for which there is no room are left out.
 * Returns how many there are in *items. */
size_t old_copies_list(const struct service *service, aluno_old_copy *items, size_t room);

#endif
