/* A program that loads libaluno as a plug-in would: plugin_host LIBRARY SERVER CA CERT KEY. It opens a
 * client, makes a call, closes the client and unloads the library, twice, and lives on for longer than any
 * thread of the library sleeps. */
#include <aluno/aluno.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 2, LINGER_US = 700000 };

/* dlsym gives an object pointer: ISO C converts it to a function's only by its bytes. */
static bool find(void *library, const char *name, void *function, size_t size)
{
    void *const symbol = dlsym(library, name);
    memcpy(function, &symbol, size);
    if (symbol == NULL)
        fprintf(stderr, "%s\n", dlerror());
    return symbol != NULL;
}

static bool call(void *library, const aluno_client_options *options)
{
    aluno_code (*open)(aluno_client **, const aluno_client_options *, aluno_error *);
    aluno_code (*check)(aluno_client *, const aluno_health_check_request *, aluno_health_check_reply *,
                        const aluno_call_options *, aluno_error *);
    void (*close)(aluno_client *);
    const aluno_health_check_request request = {0};
    aluno_health_check_reply reply = {0};
    aluno_client *client;
    aluno_error error = {0};
    if (!find(library, "aluno_client_open", &open, sizeof open) ||
        !find(library, "aluno_health_check", &check, sizeof check) ||
        !find(library, "aluno_client_close", &close, sizeof close))
        return false;
    if (open(&client, options, &error) != ALUNO_OK) {
        fprintf(stderr, "open: %s %s\n", error.reason, error.detail);
        return false;
    }
    const bool served = check(client, &request, &reply, NULL, &error) == ALUNO_OK;
    if (!served)
        fprintf(stderr, "health: %s %s\n", error.reason, error.detail);
    close(client);
    return served;
}

int main(int argc, char *argv[])
{
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    if (argc != 6)
        return EXIT_FAILURE;
    options.server = argv[2];
    options.ca_file = argv[3];
    options.cert_file = argv[4];
    options.key_file = argv[5];
    for (int i = 0; i < ROUNDS; i++) {
        void *const library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return EXIT_FAILURE;
        }
        if (!call(library, &options) || dlclose(library) != 0)
            return EXIT_FAILURE;
        usleep(LINGER_US);
    }
    return EXIT_SUCCESS;
}
