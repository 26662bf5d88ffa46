/* service/path.c: folders, links and what is too long. */
#include "unit.h"

#include "path.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/aluno-path-XXXXXX", real_folder[PATH_MAX];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/aluno-path-XXXXXX");
    return mkdtemp(folder) == NULL || realpath(folder, real_folder) == NULL;
}

/* Removes the names that the tests make. */
static int tear_down(void **state)
{
    static const char *const names[] = {"file", "one", "two", "away", "circle"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

/* A path in the folder; one of the last four. */
static const char *in_folder(const char *name)
{
    static char paths[4][64];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof *paths, "%s/%s", folder, name);
    return path;
}

/* "./././..." of so many characters. */
static const char *long_path(size_t length)
{
    static char path[2 * PATH_MAX];
    for (size_t i = 0; i < length; i++)
        path[i] = i % 2 == 0 ? '.' : '/';
    path[length] = '\0';
    return path;
}

static void check_resolved(const char *path, const char *name)
{
    char expected[PATH_MAX + 16], *resolved = path_resolve(path);
    assert_non_null(resolved);
    snprintf(expected, sizeof expected, "%s/%s", real_folder, name);
    assert_string_equal(resolved, expected);
    free(resolved);
}

/* A database is made where its links lead. */
static void test_a_missing_file_is_where_its_links_lead(void **state)
{
    (void)state;
    check_resolved(in_folder("file"), "file");
    assert_int_equal(symlink("two", in_folder("one")), 0);
    assert_int_equal(symlink(in_folder("file"), in_folder("two")), 0);
    check_resolved(in_folder("one"), "file");
    assert_int_equal(mkdir(in_folder("file"), 0700), 0);
    check_resolved(in_folder("one"), "file");
    assert_int_equal(rmdir(in_folder("file")), 0);
}

static void check_unresolved(const char *path, int problem)
{
    errno = 0;
    assert_null(path_resolve(path));
    assert_int_equal(errno, problem);
}

static void test_what_leads_nowhere(void **state)
{
    (void)state;
    check_unresolved(in_folder("none/file"), ENOENT);
    assert_int_equal(symlink("none/file", in_folder("away")), 0);
    check_unresolved(in_folder("away"), ENOENT);
    assert_int_equal(symlink("circle", in_folder("circle")), 0);
    check_unresolved(in_folder("circle"), ELOOP);
    char name[NAME_MAX + 2] = {0};
    memset(name, 'a', sizeof name - 1);
    check_unresolved(name, ENAMETOOLONG);
}

static void test_folders(void **state)
{
    char name[PATH_MAX];
    (void)state;
    assert_true(path_folder("a/b", name, sizeof name));
    assert_string_equal(name, "a");
    assert_true(path_folder("b", name, sizeof name));
    assert_string_equal(name, ".");
    assert_false(path_folder("abc/b", name, 3));
    assert_false(path_folder(long_path(PATH_MAX + 100), name, sizeof name));
    assert_int_equal(path_check_folder(in_folder("file")), 0);
    assert_int_equal(path_check_folder(in_folder("none/file")), ENOENT);
    assert_int_equal(path_check_folder(long_path(PATH_MAX + 100)), ENAMETOOLONG);
}

static void test_syncing(void **state)
{
    (void)state;
    assert_true(path_sync(folder));
    assert_true(path_sync_folder(in_folder("none")));
    assert_false(path_sync(in_folder("none")));
    assert_int_equal(errno, ENOENT);
    assert_false(path_sync_folder(long_path(PATH_MAX + 100)));
    assert_int_equal(errno, ENAMETOOLONG);
    if (access("/proc/self/mem", F_OK) == 0) { /* cannot be synced */
        assert_false(path_sync("/proc/self/mem"));
        assert_int_equal(errno, EINVAL);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_missing_file_is_where_its_links_lead),
        TEST(test_what_leads_nowhere),
        TEST(test_folders),
        TEST(test_syncing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
