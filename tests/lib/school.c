/* The school's folder: certificates, options, and the checks of its logs at the end. */
#include "school_internal.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* `origin`: where certificates.sh may copy them from, or "" to make new ones. */
static void make_certificates(const struct school *school, const char *origin)
{
    char folder[sizeof school->folder + 8], variable[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/ca", school->folder);
    snprintf(variable, sizeof variable, "CERTIFICATES=%s", origin != NULL ? origin : "");
    char *const line[] = {"env", variable, "sh", CERTIFICATES_SH, "school", folder, NULL};
    const int status = school_wait_process(school_spawn(school_file(school, "certs.log"), line));
    if (status != 0)
        fail_msg("certificates.sh ended with %d; see %s", status, school_file(school, "certs.log"));
}

/* ---- begin and end ---- */

static void make_folder(struct school *school)
{
    *school = (struct school){.folder = "/tmp/aluno-school-XXXXXX"};
    if (mkdtemp(school->folder) == NULL)
        fail_msg("%s: %s", school->folder, strerror(errno));
}

static void choose_options(struct school *school)
{
    school->port = school_find_port();
    write_options(school);
}

void school_open(struct school *school, unsigned seconds)
{
    alarm(IS_SANITIZED ? 2 * seconds : seconds);
    signal(SIGPIPE, SIG_IGN);
    make_folder(school);
    make_certificates(school, getenv("CERTIFICATES"));
    choose_options(school);
}

void school_open_stranger(struct school *school)
{
    make_folder(school);
    make_certificates(school, "");
    choose_options(school);
}

void school_open_second(struct school *school, const struct school *other)
{
    make_folder(school);
    assert_int_equal(symlink(school_file(other, "ca"), school_file(school, "ca")), 0);
    choose_options(school);
}

/* Whether leftovers.sh finds a CPF or an e-mail address in the school's logs. It prints them. */
static bool has_personal_data(const struct school *school)
{
    char command[512];
    snprintf(command, sizeof command, "sh '" LEFTOVERS "' '%s' >&2", school->folder);
    return system(command) != 0;
}

void school_close(struct school *school)
{
    char command[128];
    if (school->pid != 0)
        school_kill(school);
    const bool personal = has_personal_data(school);
    const bool complained =
        school_count_in_log(school, "Sanitizer:") + school_count_in_log(school, "runtime error:") > 0;
    if (complained)
        school_print_log(school);
    snprintf(command, sizeof command, "rm -rf '%s'", school->folder);
    assert_int_equal(system(command), 0);
    alarm(0);
    if (complained)
        fail_msg("a sanitizer complained about alunod");
    if (personal)
        fail_msg("a CPF or an e-mail address is in a log");
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
    return school_spawn(school_file(school, "alunod.log"), line);
}

struct school school_of(char *const arguments[])
{
    struct school known = {.port = (uint16_t)strtoul(arguments[2], NULL, 10)};
    snprintf(known.folder, sizeof known.folder, "%s", arguments[1]);
    return known;
}

int school_set_up(void **state)
{
    struct school *school = *state;
    school_open(school, 55);
    school_start(school);
    return 0;
}

int school_tear_down(void **state)
{
    struct school *school = *state;
    if (school->pid != 0) {
        school_resume(school);
        school_stop(school);
    }
    school_close(school);
    return 0;
}
