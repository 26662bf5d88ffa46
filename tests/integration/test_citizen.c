/* The library as a guest in a program's process: forks, signals, threads and stacks, dlclose. A test that
 * must begin in a process without a client runs in a process of its own. */
#include "school.h"

#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CHILD_SECONDS = 20, /* until a child that hangs is killed */
    FORKS = 20,
    CALLERS = 2,
    SIGNAL_MS = 2000,
    SMALL_STACK = IS_SANITIZED ? 1024 * 1024 : 128 * 1024, /* the tests' thread-locals take 88 kB of it */
};

static struct school school;

static aluno_code check_health(aluno_client *client, aluno_error *error)
{
    const aluno_health_check_request request = {0};
    aluno_health_check_reply reply = {0};
    return aluno_health_check(client, &request, &reply, NULL, error);
}

static void assert_served(aluno_client *client)
{
    aluno_error error = {0};
    if (check_health(client, &error) != ALUNO_OK)
        fail_msg("%s: %s", error.reason, error.detail);
}

/* ---- forks ---- */

/* Runs `run` in a forked child and waits for it. A sanitizer would report the parent's memory as leaked. */
static void in_child(void (*run)(aluno_client *client), aluno_client *client)
{
    int status;
    const pid_t child = fork();
    if (child == 0) {
        alarm(CHILD_SECONDS);
        run(client);
        if (IS_SANITIZED)
            _exit(EXIT_SUCCESS);
        exit(EXIT_SUCCESS);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void open_and_call(aluno_client *unused)
{
    (void)unused;
    aluno_client *client = school_client(&school);
    assert_served(client);
    aluno_client_close(client);
}

/* Before the parent has a client, each process may open its own. */
static void fork_first(void)
{
    in_child(open_and_call, NULL);
    aluno_client *client = school_client(&school);
    in_child(aluno_client_close, client);
    assert_served(client);
    aluno_client_close(client);
}

static void assert_forked(aluno_code code, const aluno_error *error)
{
    assert_int_equal(code, ALUNO_FAILED_PRECONDITION);
    assert_string_equal(error->reason, "CLIENT_FORKED");
}

static void use_inherited(aluno_client *client)
{
    const aluno_health_check_request request = {0};
    const aluno_client_options options = school_client_options(&school);
    aluno_statistics stats = {.size = sizeof stats};
    aluno_error error = {0};
    aluno_client *own = NULL;
    assert_forked(check_health(client, &error), &error);
    error = (aluno_error){0};
    assert_forked(aluno_start_health_check(client, &request, NULL, NULL, NULL, NULL, &error), &error);
    error = (aluno_error){0};
    assert_forked(aluno_client_connect(client, 0, &error), &error);
    error = (aluno_error){0};
    assert_forked(aluno_client_open(&own, &options, &error), &error);
    assert_null(own);
    assert_int_equal(aluno_client_dispatch(client, 0), 0);
    assert_int_equal(aluno_client_wait(client, -1), 0);
    assert_int_equal(aluno_client_pending(client), 0);
    assert_int_equal(aluno_client_fd(client), -1);
    aluno_client_statistics(client, &stats);
    assert_int_equal(stats.calls, 0);
    assert_string_equal(stats.last_tls_reason, "");
    aluno_client_close(client);
}

static void *call_until_closed(void *client)
{
    aluno_error error = {0};
    while (check_health(client, &error) == ALUNO_OK)
        continue;
    return error.code == ALUNO_CANCELLED ? NULL : client;
}

/* Forks while other threads make calls: the locks that they hold stay locked in the child. */
static void fork_busy(void)
{
    aluno_client *client = school_client(&school);
    pthread_t callers[CALLERS];
    assert_served(client);
    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&callers[i], NULL, call_until_closed, client), 0);
    for (size_t i = 0; i < FORKS; i++)
        in_child(use_inherited, client);
    assert_served(client);
    aluno_client_close(client);
    for (size_t i = 0; i < CALLERS; i++) {
        void *wrong;
        pthread_join(callers[i], &wrong);
        assert_null(wrong);
    }
}

/* ---- signals and threads ---- */

static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGALRM, SIGPROF, SIGWINCH};

static uint64_t bit_of(int number)
{
    return (uint64_t)1 << (number - 1);
}

/* The signals that a thread of this process blocks. */
static uint64_t read_blocked(const char *thread)
{
    char path[300], line[256];
    unsigned long long blocked = 0;
    snprintf(path, sizeof path, "/proc/self/task/%s/status", thread);
    FILE *stream = fopen(path, "re");
    assert_non_null(stream);
    while (fgets(line, sizeof line, stream) != NULL)
        if (sscanf(line, "SigBlk: %llx", &blocked) == 1)
            break;
    fclose(stream);
    return blocked;
}

/* How many threads the process has. Each but the main one must block the signals. */
static size_t check_threads(void)
{
    size_t count = 0;
    char main_thread[16];
    snprintf(main_thread, sizeof main_thread, "%d", (int)getpid());
    DIR *folder = opendir("/proc/self/task");
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (*entry->d_name == '.')
            continue;
        count++;
        const uint64_t blocked =
            strcmp(entry->d_name, main_thread) != 0 ? read_blocked(entry->d_name) : ~0ULL;
        for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
            if ((blocked & bit_of(signals[i])) == 0)
                fail_msg("thread %s does not block signal %d", entry->d_name, signals[i]);
    }
    closedir(folder);
    return count;
}

/* The program's own signals come to its signalfd, even when the client was there first. A client has two
 * threads of its own; the others are the process's. */
static void read_signals(void)
{
    aluno_client *first = school_client(&school);
    sigset_t set;
    struct signalfd_siginfo info = {0};
    assert_served(first);
    const size_t threads = check_threads();
    aluno_client *second = school_client(&school);
    assert_served(second);
    assert_int_equal(check_threads(), threads + 2);
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&set, signals[i]);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    struct pollfd event = {.fd = signalfd(-1, &set, SFD_CLOEXEC), .events = POLLIN};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        assert_int_equal(kill(getpid(), signals[i]), 0);
        assert_int_equal(poll(&event, 1, SIGNAL_MS), 1);
        assert_int_equal(read(event.fd, &info, sizeof info), sizeof info);
        assert_int_equal(info.ssi_signo, signals[i]);
    }
    close(event.fd);
    aluno_client_close(first);
    aluno_client_close(second);
}

/* Opening a client does not change the caller's signal mask. */
static void keep_mask(void)
{
    sigset_t before, after;
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    open_and_call(NULL);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        assert_int_equal(sigismember(&before, signals[i]), sigismember(&after, signals[i]));
}

/* ---- processes of their own ---- */

static const struct {
    const char *name;
    void (*run)(void);
} roles[] = {
    {"fork_first", fork_first},
    {"fork_busy", fork_busy},
    {"read_signals", read_signals},
    {"keep_mask", keep_mask},
};

static int play(char *const arguments[])
{
    school = school_of(arguments);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(arguments[3], roles[i].name) == 0) {
            roles[i].run();
            return EXIT_SUCCESS;
        }
    return EXIT_FAILURE;
}

static void check_role(const char *name)
{
    char role[32];
    int status;
    snprintf(role, sizeof role, "%s", name);
    const pid_t process = school_spawn_self(&school, (char *[]){role, NULL});
    assert_int_equal(waitpid(process, &status, 0), process);
    if (status != 0)
        fail_msg("%s: status %#x; alunod's log has its words", name, (unsigned)status);
}

static void test_fork_before_opening(void **state)
{
    (void)state;
    check_role("fork_first");
}

static void test_inherited_client(void **state)
{
    (void)state;
    check_role("fork_busy");
}

static void test_signals(void **state)
{
    (void)state;
    check_role("read_signals");
    check_role("keep_mask");
}

static void test_dlclose(void **state)
{
    (void)state;
    const aluno_client_options options = school_client_options(&school);
    int status;
    const pid_t process = fork();
    if (process == 0) {
        execl(PLUGIN_HOST, PLUGIN_HOST, LIBALUNO, options.server, options.ca_file, options.cert_file,
              options.key_file, (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_int_equal(status, 0);
}

/* ---- stacks ---- */

static void *call_on_small_stack(void *client)
{
    static aluno_error error;
    assert_int_equal(check_health(client, &error), ALUNO_OK);
    return NULL;
}

/* client.h documents the stack that a call needs. */
static void test_small_stack(void **state)
{
    (void)state;
    pthread_attr_t small;
    pthread_t thread;
    aluno_client *client = school_client(&school);
    pthread_attr_init(&small);
    assert_int_equal(pthread_attr_setstacksize(&small, SMALL_STACK), 0);
    assert_int_equal(pthread_create(&thread, &small, call_on_small_stack, client), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&small);
    aluno_client_close(client);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_fork_before_opening, school_set_up),
        SCHOOL_TEST(test_inherited_client, school_set_up),
        SCHOOL_TEST(test_signals, school_set_up),
        SCHOOL_TEST(test_dlclose, school_set_up),
        SCHOOL_TEST(test_small_stack, school_set_up),
    };
    if (argc > 3)
        return play(argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
