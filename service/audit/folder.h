/* The segments of an audit's folder: files named after their first record, "00000000000000000001.audit". */
#ifndef ALUNOD_AUDIT_FOLDER_H
#define ALUNOD_AUDIT_FOLDER_H

#include <aluno/error.h>

#include <limits.h>
#include <stdbool.h>

typedef char audit_path[PATH_MAX + 32];

/* The first sequences of the segments, in ascending order. Begin with {0}. */
struct audit_list {
    int64_t *first;
    size_t count, room;
};

/* AUDIT_UNAVAILABLE, with the problem; a folder that is missing has none. The caller frees the list. */
aluno_code audit_list_read(struct audit_list *list, const char *folder, aluno_error *error);
void audit_list_free(struct audit_list *list);

/* Root, who restores, gives what it makes to the owner of the folder around it: the service's user. False,
 * with errno set. */
bool audit_give_to_owner(int fd, const char *path);

/* Makes the folder, unless there is one, and locks it: *lock receives a descriptor, which the caller closes.
 * OPTION_INVALID: it cannot be used, or another process has it. */
aluno_code audit_folder_open(const char *folder, int *lock, aluno_error *error);

/* The path of a segment. */
void audit_segment_path(audit_path path, const char *folder, int64_t first);

/* Fails with AUDIT_UNAVAILABLE: the path, and what errno says. */
aluno_code audit_fail(const char *path, aluno_error *error);

#endif
