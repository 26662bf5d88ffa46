/* Fuzzes the service's options file, read as the service reads it: from a file, into options. */
#include "fuzz.h"

#include "options.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int file = -1;
static char path[64];

static char *no_environment(const char *name)
{
    (void)name;
    return NULL;
}

static void write_file(const uint8_t *data, size_t size)
{
    if (file < 0) {
        file = memfd_create("options", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    fuzz_check(pwrite(file, data, size, 0) == (ssize_t)size);
    fuzz_check(ftruncate(file, (off_t)size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "alunod", flag[] = "--config";
    char *const argv[] = {name, flag, path, NULL};
    struct options options;
    char problem[512] = "";
    write_file(data, size);
    const enum options_result result =
        options_read(&options, 3, argv, no_environment, problem, sizeof problem);
    fuzz_check((result == OPTIONS_WRONG) == (problem[0] != '\0'));
    fuzz_check(strchr(problem, '\n') == NULL);
    options_free(&options);
    return 0;
}
