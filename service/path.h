/* Paths of files and their folders. */
#ifndef ALUNOD_PATH_H
#define ALUNOD_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Make a file's bytes, or the names in the folder of that path, survive a loss of power. False, with errno
 * set, on failure. */
bool path_sync(const char *path);
bool path_sync_folder(const char *path);

/* Gives a finished file its name, on the disk. False, with errno set, on failure; then the file has its
 * former name, or none. */
bool path_give_name(const char *unfinished, const char *file);

/* Copies what is left of one open file to another. False, with errno set, on failure. */
bool path_copy_bytes(int from, int to);

/* Reads exactly so many bytes of a file. False when it has fewer there, or cannot be opened. */
bool path_read_at(const char *path, int64_t at, void *bytes, size_t size);

/* Creates an empty file that only its owner may use. False, with errno set, when there is one, or on failure.
 */
bool path_create_private(const char *path);

/* The absolute path without symbolic links, of a file that may be missing; its folder exists. A link that
 * leads to a missing file is followed too. NULL, with errno set, on failure; the caller frees it. */
char *path_resolve(const char *path);

/* Writes the folder of a path to `folder`, of `size` bytes; false when it does not fit. */
bool path_folder(const char *path, char *folder, size_t size);

/* A path's last part. */
const char *path_name(const char *path);

/* Whether files can be made in the folder of that path: 0, or errno. */
int path_check_folder(const char *path);

#endif
