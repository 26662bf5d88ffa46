/* Digests for a database that was made without them. */
#ifndef ALUNOD_SQLITE_UPGRADE_H
#define ALUNOD_SQLITE_UPGRADE_H

/* Replaces the database, which only this process uses and has not open, by a copy with digests. When that is
 * not possible, such as on a disk without room, the log says why, and the database stays as it is. */
void upgrade_to_digests(const char *path);

#endif
