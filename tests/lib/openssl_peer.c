/* Runs openssl s_client and s_server. At its default security level openssl itself refuses weak
 * certificates. */
#include "openssl_peer.h"

#include "pki.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEVEL "DEFAULT@SECLEVEL=0"

/* The test's own -cipher replaces ours. */
static const char *cipher_option(const char *options)
{
    return strstr(options, "-cipher") == NULL ? "-cipher " LEVEL : "";
}

void openssl_connect(uint16_t port, const char *certificate, const char *options, char *output, size_t size)
{
    char command[1024], identity[512] = "";
    if (certificate != NULL)
        snprintf(identity, sizeof identity, "-cert %s -key %s", pki_file(certificate, ".crt"),
                 pki_file(certificate, ".key"));
    snprintf(command, sizeof command,
             "openssl s_client -connect 127.0.0.1:%u -CAfile %s %s %s %s </dev/null 2>&1", port,
             pki_file("ca", ".crt"), identity, cipher_option(options), options);
    FILE *stream = popen(command, "re");
    assert_non_null(stream);
    output[fread(output, 1, size - 1, stream)] = '\0';
    pclose(stream);
}

pid_t openssl_start(uint16_t port, const char *certificate, const void *bytes, size_t size)
{
    char address[32];
    int input[2];
    pid_t client;
    posix_spawn_file_actions_t files;
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    const char *const arguments[] = {"openssl",
                                     "s_client",
                                     "-quiet",
                                     "-connect",
                                     address,
                                     "-cert",
                                     pki_file(certificate, ".crt"),
                                     "-key",
                                     pki_file(certificate, ".key"),
                                     NULL};
    assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input[0], STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    assert_int_equal(
        posix_spawnp(&client, "openssl", &files, NULL, (char *const *)(uintptr_t)arguments, environ), 0);
    posix_spawn_file_actions_destroy(&files);
    assert_int_equal(write(input[1], bytes, size), size);
    close(input[0]);
    close(input[1]);
    return client;
}

void openssl_kill(pid_t client)
{
    assert_int_equal(kill(client, SIGKILL), 0);
    assert_int_equal(waitpid(client, NULL, 0), client);
}

void openssl_listen(openssl_server *server, const char *certificate, const char *options)
{
    char command[1024], line[256];
    unsigned port = 0;
    snprintf(command, sizeof command,
             "exec openssl s_server -accept 127.0.0.1:0 -naccept 1 -rev -cert %s -key %s -Verify 1 -CAfile "
             "%s %s %s 2>&1",
             pki_file(certificate, ".crt"), pki_file(certificate, ".key"), pki_file("ca", ".crt"),
             cipher_option(options), options);
    server->output = popen(command, "re");
    assert_non_null(server->output);
    while (port == 0 && fgets(line, sizeof line, server->output) != NULL)
        (void)sscanf(line, "ACCEPT 127.0.0.1:%u", &port);
    assert_int_not_equal(port, 0);
    server->port = (uint16_t)port;
}

void openssl_end(openssl_server *server)
{
    pclose(server->output);
}
