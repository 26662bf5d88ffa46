/* alunod's commands on the database's file. Each prints what it did, or the problem, and returns the exit
 * code. */
#ifndef ALUNOD_COMMANDS_H
#define ALUNOD_COMMANDS_H

#include "options.h"

/* alunod backup: to the file, or into the folder, given->to. */
int command_backup(const struct options *given);

/* alunod restore: given->file in place of the database. */
int command_restore(const struct options *given);

/* alunod check: whether given->file is whole. */
int command_check(const struct options *given);

/* alunod seal: gives the pages of the database the digests of what they have now. */
int command_seal(const struct options *given);

/* alunod migrate: given->from, whose service must not run, into the empty database given->to. */
int command_migrate(const struct options *given);

/* alunod audit verify | head: given->file is which. */
int command_audit(const struct options *given);

#endif
