/* fscrypt answers for a folder. For a device, the kernel shows in sysfs what it is made of: a volume of LVM
 * or a RAID has its parts in `slaves`, and a mapping of dm-crypt has a uuid that begins with CRYPT-. */
#include "disk_encryption.h"

#include "path.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fscrypt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { DEPTH_MOST = 8 }; /* of devices on devices */

typedef char device_path[PATH_MAX];

/* ---- a device ---- */

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* dm-integrity and dm-verity have uuids of the same beginning, and encrypt nothing. */
static bool is_mapping_of_dm_crypt(const char *device)
{
    device_path file;
    char uuid[16] = "";
    snprintf(file, sizeof file, "%s/dm/uuid", device);
    FILE *stream = fopen(file, "re");
    if (stream == NULL)
        return false;
    const bool is_read = fgets(uuid, sizeof uuid, stream) != NULL;
    fclose(stream);
    return is_read && begins(uuid, "CRYPT-") && !begins(uuid, "CRYPT-INTEGRITY") &&
           !begins(uuid, "CRYPT-VERITY");
}

static bool is_encrypted(const char *device, int depth);

/* Whether the device is made of others, all of which are encrypted. */
static bool is_of_encrypted_ones(const char *device, int depth)
{
    device_path folder, part;
    size_t count = 0, encrypted = 0;
    if (snprintf(folder, sizeof folder, "%s/slaves", device) >= (int)sizeof folder)
        return false;
    DIR *parts = depth < DEPTH_MOST ? opendir(folder) : NULL;
    for (struct dirent *entry; parts != NULL && (entry = readdir(parts)) != NULL;) {
        if (*entry->d_name == '.')
            continue;
        count++;
        if (snprintf(part, sizeof part, "%s/%s", folder, entry->d_name) < (int)sizeof part)
            encrypted += is_encrypted(part, depth + 1);
    }
    if (parts != NULL)
        closedir(parts);
    return count > 0 && encrypted == count;
}

static bool is_encrypted(const char *device, int depth)
{
    return is_mapping_of_dm_crypt(device) || is_of_encrypted_ones(device, depth);
}

/* The folder of the device in sysfs; that of the whole one for a partition. NULL when there is none. */
static char *find_device(const char *sysfs, dev_t device)
{
    device_path link, file;
    snprintf(link, sizeof link, "%s/dev/block/%u:%u", sysfs, major(device), minor(device));
    char *const found = realpath(link, NULL);
    if (found == NULL)
        return NULL;
    snprintf(file, sizeof file, "%s/partition", found);
    if (access(file, F_OK) == 0)
        *strrchr(found, '/') = '\0';
    return found;
}

enum disk_encryption disk_encryption_of_device(const char *sysfs, dev_t device)
{
    char *const folder = find_device(sysfs, device);
    if (folder == NULL)
        return DISK_UNKNOWN;
    const enum disk_encryption found = is_encrypted(folder, 0) ? DISK_CRYPT : DISK_PLAIN;
    free(folder);
    return found;
}

/* ---- a folder ---- */

static bool has_policy(int folder)
{
    struct fscrypt_get_policy_ex_arg policy = {.policy_size = sizeof policy.policy};
    return ioctl(folder, FS_IOC_GET_ENCRYPTION_POLICY_EX, &policy) == 0;
}

enum disk_encryption disk_encryption_of(const char *file)
{
    device_path folder;
    struct stat facts;
    enum disk_encryption found = DISK_UNKNOWN;
    const int opened =
        path_folder(file, folder, sizeof folder) ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (opened < 0)
        return found;
    if (has_policy(opened))
        found = DISK_FSCRYPT;
    else if (fstat(opened, &facts) == 0)
        found = disk_encryption_of_device("/sys", facts.st_dev);
    close(opened);
    return found;
}

const char *disk_encryption_words(enum disk_encryption found)
{
    static const char *const words[] = {
        [DISK_UNKNOWN] = "whether its disk is encrypted cannot be seen here",
        [DISK_PLAIN] = "its disk is not encrypted by this system",
        [DISK_CRYPT] = "its disk is encrypted (dm-crypt)",
        [DISK_FSCRYPT] = "its folder is encrypted (fscrypt)",
    };
    return words[found];
}
