/* Folders, processes and clients for integration tests. */
#include "school.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#    define SANITIZED 1
#elif defined __has_feature
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define SANITIZED 1
#    endif
#endif
#ifndef SANITIZED
#    define SANITIZED 0
#endif

enum {
    ROUND_MS = 5,
    START_MS = 20000,
    END_MS = 30000,
    SETTLED_MS = 500,
    /* Below the kernel's range for connections, one of which could take the port while alunod is down. */
    PORT_FIRST = 12000,
    PORT_COUNT = 18000,
};

/* ---- time ---- */

int64_t school_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool school_wait(bool (*condition)(void *argument), void *argument, int64_t timeout_ms)
{
    const struct timespec pause = {.tv_nsec = ROUND_MS * 1000000L};
    const int64_t until_ms = school_now_ms() + timeout_ms;
    while (!condition(argument)) {
        if (school_now_ms() > until_ms)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

/* ---- programs ---- */

/* Starts a program that the kernel kills when this one ends; its output goes to the file. */
static pid_t spawn(const char *output, char *const arguments[])
{
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;
    char *line[32] = {"setpriv", "--pdeathsig", "KILL", "--"};
    size_t count = 4;
    for (size_t i = 0; arguments[i] != NULL && count < sizeof line / sizeof *line - 1; i++)
        line[count++] = arguments[i];
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    const int failure = posix_spawnp(&pid, line[0], &actions, NULL, line, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        fail_msg("%s: %s", arguments[0], strerror(failure));
    return pid;
}

struct child {
    pid_t pid;
    int status;
};

static bool has_ended(void *argument)
{
    struct child *child = argument;
    const pid_t ended = waitpid(child->pid, &child->status, WNOHANG);
    return ended == child->pid || (ended < 0 && errno == ECHILD);
}

/* The exit status; what does not end in time is killed. */
static int join(pid_t pid)
{
    struct child child = {.pid = pid};
    if (!school_wait(has_ended, &child, END_MS)) {
        kill(pid, SIGKILL);
        waitpid(pid, &child.status, 0);
    }
    return WIFEXITED(child.status) ? WEXITSTATUS(child.status) : 128 + WTERMSIG(child.status);
}

static char *program(const char *variable, char *fallback)
{
    char *given = getenv(variable);
    return given != NULL ? given : fallback;
}

static void make_certificate(const struct school *school, char *const arguments[])
{
    char *line[12] = {"sh", program("ALUNO_CERTS", ALUNO_CERTS)};
    for (size_t i = 0; arguments[i] != NULL; i++)
        line[i + 2] = arguments[i];
    const int status = join(spawn(school_file(school, "certs.log"), line));
    if (status != 0)
        fail_msg("aluno-certs %s ended with %d; see %s", arguments[0], status,
                 school_file(school, "certs.log"));
}

static void make_certificates(const struct school *school)
{
    char folder[sizeof school->folder + 8];
    snprintf(folder, sizeof folder, "%s/ca", school->folder);
    make_certificate(school, (char *[]){"init", folder, NULL});
    make_certificate(school, (char *[]){"server", folder, "localhost", "127.0.0.1", NULL});
    make_certificate(school, (char *[]){"client", folder, "ana", "--role", "admin", NULL});
}

/* ---- ports ---- */

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static bool is_free(uint16_t port)
{
    const struct sockaddr_in address = loopback(port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    const bool bound = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return bound;
}

static uint16_t find_port(void)
{
    unsigned at = (unsigned)getpid() * 7 % PORT_COUNT; /* tests that run side by side begin apart */
    while (!is_free((uint16_t)(PORT_FIRST + at)))
        at = (at + 1) % PORT_COUNT;
    return (uint16_t)(PORT_FIRST + at);
}

int school_dial(const struct school *school)
{
    const struct sockaddr_in address = loopback(school->port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

int school_listen_in_silence(uint16_t *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

/* ---- files ---- */

const char *school_file(const struct school *school, const char *name)
{
    static _Thread_local char texts[8][128];
    static _Thread_local size_t next;
    char *text = texts[next++ % 8];
    snprintf(text, sizeof *texts, "%s/%s", school->folder, name);
    return text;
}

static void write_options(const struct school *school)
{
    FILE *file = fopen(school_file(school, "alunod.conf"), "we");
    assert_non_null(file);
    fprintf(file, "listen = tls+tcp://127.0.0.1:%u\ndb = %s\nca = %s\ncrl = %s\ncert = %s\nkey = %s\n",
            school->port, school_file(school, "aluno.db"), school_file(school, "ca/ca.crt"),
            school_file(school, "ca/ca.crl"), school_file(school, "ca/server.crt"),
            school_file(school, "ca/server.key"));
    assert_int_equal(fclose(file), 0);
}

size_t school_count_in_log(const struct school *school, const char *text)
{
    char *line = NULL;
    size_t size = 0, count = 0;
    FILE *log = fopen(school_file(school, "alunod.log"), "re");
    if (log == NULL)
        return 0;
    while (getline(&line, &size, log) >= 0)
        count += strstr(line, text) != NULL;
    free(line);
    fclose(log);
    return count;
}

static void print_log(const struct school *school)
{
    char command[128];
    snprintf(command, sizeof command, "tail -n 60 '%s' >&2", school_file(school, "alunod.log"));
    if (system(command) != 0)
        perror("alunod.log");
}

/* ---- the school ---- */

void school_open(struct school *school, unsigned seconds)
{
    *school = (struct school){.folder = "/tmp/aluno-school-XXXXXX"};
    alarm(SANITIZED ? 2 * seconds : seconds);
    signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(school->folder) == NULL)
        fail_msg("%s: %s", school->folder, strerror(errno));
    make_certificates(school);
    school->port = find_port();
    write_options(school);
}

void school_close(struct school *school)
{
    char command[128];
    if (school->pid != 0)
        school_kill(school);
    const bool complained =
        school_count_in_log(school, "Sanitizer:") + school_count_in_log(school, "runtime error:") > 0;
    if (complained)
        print_log(school);
    snprintf(command, sizeof command, "rm -rf '%s'", school->folder);
    assert_int_equal(system(command), 0);
    alarm(0);
    if (complained)
        fail_msg("a sanitizer complained about alunod");
}

pid_t school_spawn_self(const struct school *school, char *const more_arguments[])
{
    char self[4096] = "", port[8];
    char *line[16] = {self, (char *)(uintptr_t)school->folder, port};
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        fail_msg("/proc/self/exe: %s", strerror(errno));
    snprintf(port, sizeof port, "%u", school->port);
    for (size_t i = 0; more_arguments[i] != NULL; i++)
        line[i + 3] = more_arguments[i];
    return spawn(school_file(school, "alunod.log"), line);
}

struct school school_of(char *const arguments[])
{
    struct school known = {.port = (uint16_t)strtoul(arguments[2], NULL, 10)};
    snprintf(known.folder, sizeof known.folder, "%s", arguments[1]);
    return known;
}

/* ---- the service ---- */

static bool serves(void *argument)
{
    const struct school *school = argument;
    const aluno_health_check_request request = {0};
    aluno_health_check_reply reply;
    aluno_client *client = school_client(school);
    const aluno_code code = aluno_health_check(client, &request, &reply, NULL, NULL);
    aluno_client_close(client);
    return code == ALUNO_OK && strcmp(reply.status, "SERVING") == 0;
}

void school_start(struct school *school)
{
    char preload[256] = "LD_PRELOAD=";
    if (school->preload != NULL)
        snprintf(preload, sizeof preload, "LD_PRELOAD=%s", school->preload);
    char leaks[256] = "LSAN_OPTIONS=";
    if (school->suppressions != NULL)
        snprintf(leaks, sizeof leaks, "LSAN_OPTIONS=print_suppressions=0:suppressions=%s",
                 school->suppressions);
    char *const line[] = {"env",
                          preload,
                          leaks,
                          "ASAN_OPTIONS=verify_asan_link_order=0",
                          program("ALUNOD", ALUNOD),
                          "--config",
                          (char *)(uintptr_t)school_file(school, "alunod.conf"),
                          NULL};
    assert_int_equal(school->pid, 0);
    school->pid = spawn(school_file(school, "alunod.log"), line);
    if (!school_wait(serves, school, START_MS)) {
        print_log(school);
        fail_msg("alunod does not serve");
    }
}

void school_signal(const struct school *school, int signal)
{
    assert_true(school->pid > 0);
    assert_int_equal(kill(school->pid, signal), 0);
}

void school_halt(const struct school *school)
{
    int status = 0;
    school_signal(school, SIGSTOP);
    assert_int_equal(waitpid(school->pid, &status, WUNTRACED), school->pid);
    assert_true(WIFSTOPPED(status));
}

void school_resume(const struct school *school)
{
    school_signal(school, SIGCONT);
}

int school_join(struct school *school)
{
    const int status = join(school->pid);
    school->pid = 0;
    return status;
}

void school_stop(struct school *school)
{
    school_signal(school, SIGTERM);
    const int status = school_join(school);
    if (status != 0)
        print_log(school);
    assert_int_equal(status, 0);
}

void school_kill(struct school *school)
{
    school_signal(school, SIGKILL);
    school_join(school);
}

size_t school_descriptors(const struct school *school)
{
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)school->pid);
    DIR *folder = opendir(path);
    if (folder == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count - 2; /* . and .. */
}

struct descriptors {
    const struct school *school;
    size_t most, last;
    int64_t since_ms;
};

static bool are_settled(void *argument)
{
    struct descriptors *seen = argument;
    const size_t now = school_descriptors(seen->school);
    if (now != seen->last)
        seen->since_ms = school_now_ms();
    seen->last = now;
    return school_now_ms() - seen->since_ms >= SETTLED_MS;
}

size_t school_settled_descriptors(const struct school *school)
{
    struct descriptors seen = {.school = school, .since_ms = school_now_ms()};
    assert_true(school_wait(are_settled, &seen, START_MS));
    return seen.last;
}

static bool are_few(void *argument)
{
    const struct descriptors *wanted = argument;
    return school_descriptors(wanted->school) <= wanted->most;
}

bool school_wait_descriptors(const struct school *school, size_t most, int64_t timeout_ms)
{
    struct descriptors wanted = {.school = school, .most = most};
    return school_wait(are_few, &wanted, timeout_ms);
}

/* ---- clients ---- */

aluno_client_options school_client_options(const struct school *school)
{
    static _Thread_local char server[64];
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    snprintf(server, sizeof server, "tls+tcp://127.0.0.1:%u", school->port);
    options.server = server;
    options.ca_file = school_file(school, "ca/ca.crt");
    options.cert_file = school_file(school, "ca/clients/ana.crt");
    options.key_file = school_file(school, "ca/clients/ana.key");
    return options;
}

aluno_client *school_client(const struct school *school)
{
    aluno_client *client = NULL;
    aluno_error error = {0};
    const aluno_client_options options = school_client_options(school);
    if (aluno_client_open(&client, &options, &error) != ALUNO_OK)
        fail_msg("%s: %s", error.message, error.detail);
    return client;
}

aluno_create_student_request school_student(uint32_t number)
{
    aluno_create_student_request request = {0};
    char text[64], expected[3];
    aluno_student *student = &request.student;
    request.has.student = true;
    snprintf(text, sizeof text, "Aluno Número %u", number);
    ALUNO_SET_TEXT(*student, name, text);
    ALUNO_SET(*student, age, number % 100);
    snprintf(text, sizeof text, "aluno%u@example.com", number);
    ALUNO_SET_TEXT(*student, email, text);
    snprintf(text, sizeof text, "%09u00", 100000000 + number % 800000000);
    aluno_cpf_check(text, expected);
    memcpy(text + 9, expected, 3);
    ALUNO_SET_TEXT(*student, br_document, text);
    return request;
}

bool school_is_student(const aluno_student *student, uint32_t number)
{
    const aluno_create_student_request made = school_student(number);
    const aluno_student *wanted = &made.student;
    return student->has.id && strcmp(student->name, wanted->name) == 0 && student->age == wanted->age &&
           strcmp(student->br_document, wanted->br_document) == 0 &&
           strcmp(student->email, wanted->email) == 0;
}

void school_register_long_names(aluno_client *client, uint32_t count)
{
    char name[241] = "", email[255];
    for (size_t i = 0; i < 120; i++)
        memcpy(name + 2 * i, "ã", 2);
    memset(email, 'a', sizeof email - 1);
    email[60] = '@';
    for (size_t i = 110; i < sizeof email - 1; i += 50)
        email[i] = '.';
    email[sizeof email - 1] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        aluno_create_student_request request = school_student(i);
        aluno_student stored;
        ALUNO_SET_TEXT(request.student, name, name);
        ALUNO_SET_TEXT(request.student, email, email);
        assert_int_equal(aluno_create_student(client, &request, &stored, NULL, NULL), ALUNO_OK);
    }
}

void school_each_student(aluno_client *client, void (*visit)(const aluno_student *student, void *argument),
                         void *argument)
{
    static _Thread_local aluno_list_students_reply page;
    aluno_list_students_request request = {0};
    aluno_error error;
    do {
        if (aluno_list_students(client, &request, &page, NULL, &error) != ALUNO_OK)
            fail_msg("%s: %s", error.reason, error.message);
        for (size_t i = 0; i < page.students.count; i++)
            visit(&page.students.items[i], argument);
        if (page.has.next_page_token)
            ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    } while (page.has.next_page_token);
}
