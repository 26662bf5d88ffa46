/* Runs certificates.sh. */
#include "pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[] = "/tmp/aluno-pki-XXXXXX";
static pid_t maker;

static void run(const char *command)
{
    if (system(command) != 0) {
        fprintf(stderr, "failed: %s\n", command);
        abort();
    }
}

static void clean(void)
{
    char command[128];
    if (getpid() != maker)
        return;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    run(command);
}

void pki_make(void)
{
    char command[512];
    if (maker != 0)
        return;
    if (mkdtemp(folder) == NULL)
        abort();
    maker = getpid();
    atexit(clean);
    snprintf(command, sizeof command, "sh '%s' pki %s", CERTIFICATES_SH, folder);
    run(command);
}

int pki_set_up(void **state)
{
    (void)state;
    pki_make();
    return 0;
}

const char *pki_file(const char *name, const char *suffix)
{
    static char texts[16][128];
    static size_t next;
    char *text = texts[next++ % 16];
    snprintf(text, sizeof *texts, "%s/%s%s", folder, name, suffix);
    return text;
}
