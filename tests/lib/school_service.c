/* alunod as a process: starting and ending it, its log and its descriptors. */
#include "school_internal.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { START_MS = 20000, SETTLED_MS = 500 };

/* ---- its log ---- */

size_t school_count_in_log(const struct school *school, const char *text)
{
    char *line = NULL;
    size_t size = 0, count = 0;
    FILE *log = fopen(school_file(school, "alunod.log"), "re");
    if (log == NULL)
        return 0;
    while (getline(&line, &size, log) >= 0) {
        const char *times = strstr(line, " times=");
        if (strstr(line, text) != NULL)
            count += times == NULL ? 1 : strtoul(times + strlen(" times="), NULL, 10);
    }
    free(line);
    fclose(log);
    return count;
}

void school_print_log(const struct school *school)
{
    char command[128];
    snprintf(command, sizeof command, "tail -n 60 '%s' >&2", school_file(school, "alunod.log"));
    if (system(command) != 0)
        perror("alunod.log");
}

/* ---- its life ---- */

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

void school_launch(struct school *school)
{
    char preload[256] = "LD_PRELOAD=";
    if (school->preload != NULL)
        snprintf(preload, sizeof preload, "LD_PRELOAD=%s", school->preload);
    char *const line[] = {"env",
                          preload,
                          "ASAN_OPTIONS=verify_asan_link_order=0",
                          school_program("ALUNOD", ALUNOD),
                          "--config",
                          (char *)(uintptr_t)school_file(school, "alunod.conf"),
                          NULL};
    assert_int_equal(school->pid, 0);
    school->pid = school_spawn(school_file(school, "alunod.log"), line);
}

void school_start(struct school *school)
{
    school_launch(school);
    if (!school_wait(serves, school, START_MS)) {
        school_print_log(school);
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
    const int status = school_wait_process(school->pid);
    school->pid = 0;
    return status;
}

void school_stop(struct school *school)
{
    school_signal(school, SIGTERM);
    const int status = school_join(school);
    if (status != 0)
        school_print_log(school);
    assert_int_equal(status, 0);
}

void school_kill(struct school *school)
{
    school_signal(school, SIGKILL);
    school_join(school);
}

/* ---- its descriptors ---- */

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
