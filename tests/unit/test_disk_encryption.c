/* Whether a device is encrypted, by a sysfs that the test makes. */
#include "unit.h"

#include "disk_encryption.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static char sysfs[] = "/tmp/aluno-sysfs-XXXXXX";

/* A script of the shell, whose $1 is the sysfs. */
static void run(const char *script, const char *second, const char *third)
{
    char command[PATH_MAX];
    snprintf(command, sizeof command, "set -- '%s' '%s' '%s'; %s", sysfs, second, third, script);
    assert_int_equal(system(command), 0);
}

/* A device of that name; with a number for its link in dev/block. */
static void add_device(const char *name, const char *number)
{
    run("mkdir -p $1/dev/block $1/block/$2/slaves", name, "");
    if (number != NULL)
        run("ln -s ../../block/$2 $1/dev/block/$3", name, number);
}

static void set_uuid(const char *name, const char *uuid)
{
    run("mkdir -p $1/block/$2/dm && echo $3 >$1/block/$2/dm/uuid", name, uuid);
}

static void add_part(const char *name, const char *part)
{
    run("ln -s ../../$3 $1/block/$2/slaves/$3", name, part);
}

/* Its first partition. */
static void add_partition(const char *name, const char *number)
{
    run("mkdir $1/block/$2/part && echo 1 >$1/block/$2/part/partition &&"
        " ln -s ../../block/$2/part $1/dev/block/$3",
        name, number);
}

static int make_sysfs(void **state)
{
    (void)state;
    return mkdtemp(sysfs) == NULL;
}

static int remove_sysfs(void **state)
{
    (void)state;
    run("rm -r $1", "", "");
    return 0;
}

static enum disk_encryption of(unsigned minor)
{
    return disk_encryption_of_device(sysfs, makedev(253, minor));
}

static void test_a_disk_and_its_partition_are_plain(void **state)
{
    (void)state;
    add_device("sda", "253:1");
    add_partition("sda", "253:2");
    assert_int_equal(of(1), DISK_PLAIN);
    assert_int_equal(of(2), DISK_PLAIN);
    assert_int_equal(of(99), DISK_UNKNOWN);
}

static void test_luks_is_encrypted_and_what_is_made_of_it(void **state)
{
    (void)state;
    add_device("dm-0", "253:10");
    set_uuid("dm-0", "CRYPT-LUKS2-0011-disk");
    add_device("dm-1", "253:11"); /* a volume of LVM on it */
    set_uuid("dm-1", "LVM-abc");
    add_part("dm-1", "dm-0");
    add_partition("dm-1", "253:12");
    assert_int_equal(of(10), DISK_CRYPT);
    assert_int_equal(of(11), DISK_CRYPT);
    assert_int_equal(of(12), DISK_CRYPT);
}

static void test_a_raid_is_as_its_weakest_part(void **state)
{
    (void)state;
    add_device("dm-2", NULL);
    set_uuid("dm-2", "CRYPT-PLAIN-a");
    add_device("sdb", NULL);
    add_device("md0", "253:20");
    add_part("md0", "dm-2");
    assert_int_equal(of(20), DISK_CRYPT);
    add_part("md0", "sdb");
    assert_int_equal(of(20), DISK_PLAIN);
}

static void test_integrity_and_verity_encrypt_nothing(void **state)
{
    (void)state;
    add_device("dm-3", "253:30");
    set_uuid("dm-3", "CRYPT-INTEGRITY-a");
    add_device("dm-4", "253:31");
    set_uuid("dm-4", "CRYPT-VERITY-a");
    assert_int_equal(of(30), DISK_PLAIN);
    assert_int_equal(of(31), DISK_PLAIN);
}

static void test_a_circle_of_devices_ends(void **state)
{
    (void)state;
    add_device("dm-5", "253:40");
    add_part("dm-5", "dm-5");
    assert_int_equal(of(40), DISK_PLAIN);
}

static void test_a_folder_is_that_of_its_device(void **state)
{
    struct stat facts;
    char file[PATH_MAX];
    (void)state;
    snprintf(file, sizeof file, "%s/none.db", sysfs);
    assert_int_equal(stat(sysfs, &facts), 0);
    const enum disk_encryption found = disk_encryption_of(file);
    if (found != DISK_FSCRYPT) /* where the tests run may be encrypted */
        assert_int_equal(found, disk_encryption_of_device("/sys", facts.st_dev));
    snprintf(file, sizeof file, "%s/none/none.db", sysfs);
    assert_int_equal(disk_encryption_of(file), DISK_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_disk_and_its_partition_are_plain),
        cmocka_unit_test(test_luks_is_encrypted_and_what_is_made_of_it),
        cmocka_unit_test(test_a_raid_is_as_its_weakest_part),
        cmocka_unit_test(test_integrity_and_verity_encrypt_nothing),
        cmocka_unit_test(test_a_circle_of_devices_ends),
        cmocka_unit_test(test_a_folder_is_that_of_its_device),
    };
    return cmocka_run_group_tests(tests, make_sysfs, remove_sysfs);
}
