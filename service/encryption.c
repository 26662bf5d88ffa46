/* Runs age with the files as its standard input and output. */
#include "encryption.h"

#include "child.h"
#include "path.h"
#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHECK_MS = 10000 };

static const char missing[] = "the program age is missing; install the package: apt-get install age";

/* ---- running it ---- */

/* Returns age's error without its prefix and advice: "no identity matched any of the recipients". */
static const char *problem_in(char *said)
{
    static const char prefix[] = "age: error: ";
    said[strcspn(said, "\n")] = '\0';
    if (strncmp(said, prefix, sizeof prefix - 1) == 0)
        return said + sizeof prefix - 1;
    return *said != '\0' ? said : "age was ended";
}

static aluno_code run(const struct child *how, aluno_reason reason, const char *name, aluno_error *error)
{
    char said[512];
    switch (child_run(how, said, sizeof said)) {
    case CHILD_SUCCEEDED:
        return ALUNO_OK;
    case CHILD_NOT_FOUND:
        return aluno__error_set(error, reason, "%s: %s", name, missing);
    case CHILD_NOT_STARTED:
        return aluno__error_set(error, reason, "%s: age cannot be started: %s", name, strerror(errno));
    default:
        return aluno__error_set(error, reason, "%s: %s", name, problem_in(said));
    }
}

/* ---- encryption ---- */

static size_t count_commas(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == ',';
    return count;
}

/* The words of the command: age --encrypt -r … -R FILE. They point into *list, a copy of the list; the caller
 * frees both. NULL without memory. */
static char **make_command(const struct encryption_recipients *to, char **list)
{
    static char program[] = "age", encrypt[] = "--encrypt", one[] = "-r", file[] = "-R";
    const char *given = to->list != NULL ? to->list : "";
    char **words = calloc(2 * count_commas(given) + 7, sizeof *words), *rest;
    size_t count = 0;
    *list = strdup(given);
    if (words == NULL || *list == NULL) {
        free(words);
        return NULL;
    }
    words[count++] = program;
    words[count++] = encrypt;
    for (char *each = strtok_r(*list, ",", &rest); each != NULL; each = strtok_r(NULL, ",", &rest)) {
        words[count++] = one;
        words[count++] = each;
    }
    if (to->file != NULL) {
        words[count++] = file;
        words[count++] = to->file;
    }
    return words;
}

static aluno_code encrypt(const struct encryption_recipients *to, struct child *how, aluno_reason reason,
                          const char *name, aluno_error *error)
{
    char *list;
    char **const words = make_command(to, &list);
    how->argv = words;
    const aluno_code code = words != NULL ? run(how, reason, name, error)
                                          : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    free(words);
    free(list);
    return code;
}

aluno_code encryption_write(const struct encryption_recipients *to, int from, int out, const char *name,
                            const atomic_bool *stop, aluno_error *error)
{
    struct child how = {.in = from, .out = out, .stop = stop};
    return encrypt(to, &how, ALUNO_REASON_BACKUP_FAILED, name, error);
}

/* Encrypts nothing, to nowhere. */
aluno_code encryption_check(const struct encryption_recipients *to, aluno_error *error)
{
    struct child how = {.in = -1, .out = -1, .most_ms = CHECK_MS};
    return encrypt(to, &how, ALUNO_REASON_OPTION_INVALID,
                   to->list != NULL ? "--backup-recipient" : "--backup-recipients", error);
}

/* age reports a wrong letter in a recipient by itself. */
bool encryption_is_list(const char *text)
{
    static const char start[] = "age1", letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    for (;; text++) {
        const size_t length = strspn(text, letters);
        if (length < sizeof start || strncmp(text, start, sizeof start - 1) != 0)
            return false;
        text += length;
        if (*text != ',')
            return *text == '\0';
    }
}

/* ---- decryption ---- */

bool encryption_is_of(const char *file)
{
    static const char binary[] = "age-encryption.org/", armored[] = "-----BEGIN AGE ENCRYPTED FILE-----";
    char begin[sizeof armored] = "";
    return path_read_at(file, 0, begin, sizeof binary - 1) &&
           (strcmp(begin, binary) == 0 ||
            (path_read_at(file, 0, begin, sizeof armored - 1) && strcmp(begin, armored) == 0));
}

static aluno_code refuse_identity(const char *identity, const char *problem, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--identity %s: %s", identity, problem);
}

static aluno_code check_identity(const char *identity, aluno_error *error)
{
    struct stat facts;
    if (stat(identity, &facts) != 0)
        return refuse_identity(identity, strerror(errno), error);
    if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return refuse_identity(identity, "other users may use it: chmod go= it", error);
    return ALUNO_OK;
}

aluno_code encryption_read(const char *identity, const char *file, int out, aluno_error *error)
{
    char *const argv[] = {(char[]){"age"}, (char[]){"--decrypt"}, (char[]){"-i"}, (char *)(uintptr_t)identity,
                          NULL};
    aluno_code code = check_identity(identity, error);
    if (code != ALUNO_OK)
        return code;
    const int from = open(file, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: %s", file, strerror(errno));
    const struct child how = {.argv = argv, .in = from, .out = out};
    code = run(&how, ALUNO_REASON_BACKUP_FAILED, file, error);
    close(from);
    return code;
}
