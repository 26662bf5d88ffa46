/* Runs a fuzz target over each file of a folder, so that the corpus is an ordinary test: driver FOLDER. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* The file's bytes, in memory of just their size; NULL when it cannot be read. The caller frees them. */
static uint8_t *read_file(const char *path, size_t *size)
{
    struct stat facts;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    uint8_t *bytes = NULL;
    if (fstat(fileno(file), &facts) == 0 && S_ISREG(facts.st_mode)) {
        *size = (size_t)facts.st_size;
        bytes = malloc(*size > 0 ? *size : 1);
        if (bytes != NULL && fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(file);
    return bytes;
}

static int run_file(const char *folder, const char *name)
{
    char path[4096];
    size_t size;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    uint8_t *bytes = read_file(path, &size);
    if (bytes == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return -1;
    }
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return 0;
}

/* Returns how many files were run, or -1. */
static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return -1;
    int count = 0;
    for (struct dirent *entry; count >= 0 && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            count = run_file(path, entry->d_name) == 0 ? count + 1 : -1;
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    const int count = argc == 2 ? run_folder(argv[1]) : -1;
    if (count <= 0) {
        fprintf(stderr, "usage: %s FOLDER (with the files of a corpus)\n", argv[0]);
        return 1;
    }
    printf("%d files\n", count);
    return 0;
}
