/* A failing disk: what the service says of a change stays true after a crash. A process makes changes and
 * ends; another one is asked about them.
 *
 * ALUNO_FAULTS=100 lets the n-th write or sync fail for n up to 100; ctest does fewer. */
#include "call_bed.h"
#include "fault_vfs.h"
#include "store_file.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { CHANGES = 4 };

/* Asks GetOperation for the state, "COMMITTED" or "NOT_SEEN", or else the reason of its refusal. */
static void ask(call_bed *bed, const char *request_id, char said[48])
{
    aluno_get_operation_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, request_id, request_id);
    const bool answered = bed_call(bed, ALUNO_METHOD_get_operation, &request) == ALUNO_OK;
    snprintf(said, 48, "%s", answered ? bed->reply.operation.state : bed->error.reason);
}

static bool is_certain(const char *said)
{
    return strcmp(said, "COMMITTED") == 0 || strcmp(said, "NOT_SEEN") == 0;
}

/* The replies of a process to its callers before it ended. */
struct told {
    char ids[CHANGES][37], said[CHANGES][48];
    bool acknowledged[CHANGES];
};

static void start(call_bed *bed, const store_bed *files)
{
    aluno_error error;
    bed->store = *files;
    if (service_open(&bed->service, files->path, false, 2, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    bed->store.store = bed->service.store;
    bed->keys = ALUNO_KEYS_NUMBERED;
    bed_call_as(bed, "secretaria", ALUNO_ROLE_registrar);
}

/* Makes changes while the disk fails, asks about them, and ends as by kill -9, if not by its own abort. */
static void make_changes(const store_bed *files, int first, int count, struct told *told)
{
    static call_bed bed;
    const struct rlimit none = {0};
    setrlimit(RLIMIT_CORE, &none);
    start(&bed, files);
    bed_add(&bed, "Zoe", 20, 99);
    fault_set(first, count);
    atomic_store(&fault_syncs, true);
    for (int i = 0; i < CHANGES; i++) {
        snprintf(told->ids[i], sizeof told->ids[i], "01900000-0000-7000-8000-%012x", bed.ids + 1);
        told->acknowledged[i] = bed_create(&bed, "Ana", 20, i + 1) == ALUNO_OK;
        for (int j = 0; j <= i; j++) {
            char said[48];
            const unsigned ids = bed.ids;
            ask(&bed, told->ids[j], said);
            bed.ids = ids;
            memcpy(told->said[j], said, sizeof said);
        }
    }
    _exit(0);
}

static void check_told(const store_bed *files, int first, int count, const struct told *told)
{
    static call_bed bed;
    char said[48];
    memset(&bed, 0, sizeof bed);
    start(&bed, files);
    for (int i = 0; i < CHANGES && *told->ids[i] != '\0'; i++) {
        ask(&bed, told->ids[i], said);
        if (is_certain(told->said[i]) && strcmp(told->said[i], said) != 0)
            fail_msg("fault %d+%d, change %d: %s before the crash, %s after", first, count, i, told->said[i],
                     said);
        if (told->acknowledged[i] && strcmp(said, "COMMITTED") != 0)
            fail_msg("fault %d+%d, change %d: acknowledged, and %s", first, count, i, said);
    }
    service_close(&bed.service);
    execution_free(&bed.last.execution);
    aluno__buffer_free(&bed.request);
}

static void check_fault(int first, int count)
{
    void *files;
    int status;
    struct told *told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(told != MAP_FAILED);
    bed_make_folder(&files);
    const pid_t child = fork();
    if (child == 0)
        make_changes(files, first, count, told);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) || WTERMSIG(status) == SIGABRT);
    check_told(files, first, count, told);
    munmap(told, sizeof *told);
    bed_tear_down(&files);
}

static void test_what_is_said_before_a_crash_is_true_after(void **state)
{
    (void)state;
    const char *asked = getenv("ALUNO_FAULTS");
    const int last = asked != NULL ? atoi(asked) : 0, step = asked != NULL ? 1 : 5;
    log_set_level(LOG_ERROR + 1);
    for (int first = 1; first <= (last > 0 ? last : 26); first += step) {
        check_fault(first, 1);
        check_fault(first, 2);
        check_fault(first, 1000000);
    }
}

/* Erases the student and ends as by kill -9, if not by its own abort. */
static void erase_one(const store_bed *files, int first)
{
    static call_bed bed;
    const struct rlimit none = {0};
    aluno_erase_student_request request = {.has = {.id = true, .validate_only = true}, .id = 1};
    setrlimit(RLIMIT_CORE, &none);
    start(&bed, files);
    bed_call_as(&bed, "diretora", ALUNO_ROLE_admin);
    bed_add(&bed, "Zoe", 20, 99);
    request.validate_only = true;
    bed_call(&bed, ALUNO_METHOD_erase_student, &request);
    request.validate_only = false;
    ALUNO_SET_TEXT(request, confirmation, bed.reply.erasure.confirmation);
    ALUNO_SET_TEXT(request, reason, "teste");
    fault_set(first, 1000000);
    atomic_store(&fault_syncs, true);
    _exit(bed_call(&bed, ALUNO_METHOD_erase_student, &request) == ALUNO_OK);
}

/* A student is there, or erased and has a tombstone; it is erased when that was said. */
static void test_a_crash_erases_wholly_or_not(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR + 1);
    for (int first = 1; first <= 19; first += 3) {
        void *files;
        int status;
        bed_make_folder(&files);
        const pid_t child = fork();
        if (child == 0)
            erase_one(files, first);
        assert_int_equal(waitpid(child, &status, 0), child);
        bed_open(files);
        const int64_t left = bed_number(files, "SELECT count(*) FROM student");
        assert_int_equal(bed_number(files, "SELECT count(*) FROM erasure WHERE student_id = 1"), 1 - left);
        assert_int_equal(bed_number(files, "SELECT live FROM student_total"), left);
        assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 1 && left == 1);
        bed_tear_down(&files);
    }
}

static void copy_file(const char *from, const char *to)
{
    static uint8_t bytes[4 << 20];
    FILE *in = fopen(from, "rb");
    const size_t size = in != NULL ? fread(bytes, 1, sizeof bytes, in) : 0;
    assert_true(size < sizeof bytes);
    if (in != NULL)
        fclose(in);
    write_file(to, bytes, size);
}

static const char *health(call_bed *bed)
{
    const aluno_health_check_request request = {.has = {.none = false}};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_health_check, &request), ALUNO_OK);
    return bed->reply.health_check_reply.has.reason ? bed->reply.health_check_reply.reason : "SERVING";
}

/* Ticks until the health is that. */
static void wait_for_health(call_bed *bed, const char *wanted)
{
    do
        store_tick(bed->service.store);
    while (strcmp(health(bed), wanted) != 0);
}

/* One error is healed by a second attempt, and nobody notices. */
static void test_error_that_passes_is_not_noticed(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, 1);
    fault_set(1, 1);
    bed_add(bed, "Bia", 20, 2);
    assert_string_equal(health(bed), "SERVING");
}

/* While the disk fails, changes have an open outcome and reads go on; the next tick after it finds that it
 * works again. */
static void test_health_follows_the_disk(void **state)
{
    call_bed *bed = *state;
    char said[48], id[37];
    bed_add(bed, "Ana", 20, 1);
    assert_string_equal(health(bed), "SERVING");
    fault_set(1, 1000000);
    assert_int_equal(bed_create(bed, "Bia", 20, 2), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_STORE_UNSETTLED);
    snprintf(id, sizeof id, "%s", bed->metadata.request_id);
    assert_string_equal(health(bed), "INTERNAL_ERROR");
    ask(bed, id, said);
    assert_string_equal(said, "STORE_UNSETTLED");
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
    fault_set(0, 0);
    wait_for_health(bed, "SERVING");
    do /* until the commit that overwrote it is on the disk */
        ask(bed, id, said);
    while (strcmp(said, "STORE_UNSETTLED") == 0);
    assert_string_equal(said, "NOT_SEEN");
    assert_int_equal(bed_total(bed), 1);
}

/* Each program that takes the file away, or writes to it, is noticed before a change is acknowledged. */
static void test_file_without_its_name_takes_no_changes(void **state)
{
    call_bed *bed = *state;
    char aside[128], log[128], said[48], id[37];
    snprintf(aside, sizeof aside, "%s.aside", bed->store.path);
    snprintf(log, sizeof log, "%s-wal", bed->store.path);
    bed_add(bed, "Ana", 20, 1);
    snprintf(id, sizeof id, "%s", bed->metadata.request_id);

    assert_int_equal(rename(bed->store.path, aside), 0);
    assert_int_equal(bed_create(bed, "Bia", 20, 2), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_STORE_MOVED);
    assert_string_equal(bed->error.detail, "it is missing");
    assert_string_equal(health(bed), "STORE_MOVED");
    ask(bed, id, said);
    assert_string_equal(said, "STORE_MOVED");
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
    write_file(bed->store.path, "", 0);
    assert_int_equal(bed_create(bed, "Bia", 20, 2), ALUNO_UNAVAILABLE);
    assert_string_equal(bed->error.detail, "it was replaced");
    assert_int_equal(rename(aside, bed->store.path), 0);
    wait_for_health(bed, "SERVING");
    bed_add(bed, "Bia", 20, 2);

    assert_int_equal(rename(log, aside), 0);
    wait_for_health(bed, "STORE_MOVED");
    assert_int_equal(rename(aside, log), 0);
    wait_for_health(bed, "SERVING");

    const int fd = open(bed->store.path, O_WRONLY | O_CLOEXEC);
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1}};
    assert_int_equal(futimens(fd, times), 0);
    close(fd);
    assert_int_equal(bed_create(bed, "Eva", 20, 3), ALUNO_UNAVAILABLE);
    assert_string_equal(bed->error.detail, "another program wrote to it");
}

static off_t size_of_log(const call_bed *bed)
{
    char log[128];
    struct stat found;
    snprintf(log, sizeof log, "%s-wal", bed->store.path);
    return stat(log, &found) == 0 ? found.st_size : 0;
}

/* Students in a database's file alone. */
static int64_t students_in_file(const char *file)
{
    char copy[128];
    snprintf(copy, sizeof copy, "%s.copy", file);
    copy_file(file, copy);
    struct store_facts facts;
    aluno_error error;
    return store_inspect(copy, &facts, &error) == ALUNO_OK ? facts.students : -1;
}

static void test_idle_store_moves_its_log(void **state)
{
    call_bed *bed = *state;
    for (int i = 0; i < 20; i++)
        bed_add(bed, "Ana", 20, i + 1);
    assert_true(size_of_log(bed) > 0);
    do
        store_tick(bed->service.store);
    while (students_in_file(bed->store.path) != 20);
    bed_add(bed, "Bia", 20, 99);
    assert_int_equal(bed_total(bed), 21);
}

/* Writes by the store itself while the file is moved are not taken for another program's. */
static void test_a_file_that_was_moved_and_written_comes_back(void **state)
{
    call_bed *bed = *state;
    char aside[128];
    snprintf(aside, sizeof aside, "%s.aside", bed->store.path);
    bed_add(bed, "Ana", 20, 1);
    assert_int_equal(rename(bed->store.path, aside), 0);
    do
        store_tick(bed->service.store);
    while (students_in_file(aside) != 1);
    assert_string_equal(health(bed), "STORE_MOVED");
    assert_int_equal(rename(aside, bed->store.path), 0);
    wait_for_health(bed, "SERVING");
    bed_add(bed, "Bia", 20, 2);
}

static int set_up(void **state)
{
    fault_set(0, 0);
    return call_bed_set_up(state);
}

static int tear_down(void **state)
{
    fault_set(0, 0);
    return call_bed_tear_down(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_said_before_a_crash_is_true_after),
        cmocka_unit_test(test_a_crash_erases_wholly_or_not),
        TEST(test_error_that_passes_is_not_noticed),
        TEST(test_health_follows_the_disk),
        TEST(test_file_without_its_name_takes_no_changes),
        TEST(test_idle_store_moves_its_log),
        TEST(test_a_file_that_was_moved_and_written_comes_back),
    };
    fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
