/* Whether what is written in a folder is encrypted on its way to the disk. */
#ifndef ALUNOD_DISK_ENCRYPTION_H
#define ALUNOD_DISK_ENCRYPTION_H

#include <stddef.h>
#include <sys/types.h>

enum disk_encryption {
    DISK_UNKNOWN, /* a file system of no device of its own: btrfs, ZFS, NFS, tmpfs, overlay */
    DISK_PLAIN,   /* not by this kernel; the disk or a hypervisor may still encrypt */
    DISK_CRYPT,   /* a device of dm-crypt, such as LUKS */
    DISK_FSCRYPT  /* the folder, by its file system */
};

/* That of the folder in which a file is, or would be made. */
enum disk_encryption disk_encryption_of(const char *file);

/* That of a block device. `sysfs` is "/sys". */
enum disk_encryption disk_encryption_of_device(const char *sysfs, dev_t device);

/* In words, for an operator. */
const char *disk_encryption_words(enum disk_encryption found);

#endif
