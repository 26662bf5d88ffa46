/* The folder of an audit that has ended. */
#ifndef AUDIT_FOLDER_H
#define AUDIT_FOLDER_H

#include "audit/folder.h"

#include <unistd.h>

/* Removes its segments, and the folder if nothing else is in it. */
static inline void audit_folder_remove(const char *folder)
{
    struct audit_list segments = {0};
    audit_path path;
    audit_list_read(&segments, folder, NULL);
    for (size_t i = 0; i < segments.count; i++) {
        audit_segment_path(path, folder, segments.first[i]);
        unlink(path);
    }
    audit_list_free(&segments);
    rmdir(folder);
}

#endif
