/* Runs openssl s_client over a socket pair and speaks SP through it. */
#include "peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ANSWER_MS = 10000,
    HEADER_SIZE = 12, /* a frame's length and SP's request id */
};

void peer_send(const struct peer *peer, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    while (size > 0) {
        const ssize_t sent = send(peer->fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += sent;
        size -= (size_t)sent;
    }
}

/* Returns the bytes received; fewer than `size` when the connection ends. */
static size_t peer_receive(const struct peer *peer, void *bytes, size_t size)
{
    size_t got = 0;
    while (got < size) {
        struct pollfd readable = {.fd = peer->fd, .events = POLLIN};
        if (poll(&readable, 1, ANSWER_MS) != 1)
            fail_msg("neither a reply nor the end of the connection");
        const ssize_t received = recv(peer->fd, (char *)bytes + got, size - got, 0);
        if (received <= 0)
            break;
        got += (size_t)received;
    }
    return got;
}

struct peer peer_open(const struct school *school)
{
    static const unsigned char greeting[] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
    unsigned char answer[sizeof greeting];
    char address[32];
    int ends[2];
    struct peer peer;
    posix_spawn_file_actions_t actions;
    snprintf(address, sizeof address, "127.0.0.1:%u", school->port);
    char *const line[] = {"setpriv",  "--pdeathsig",
                          "KILL",     "openssl",
                          "s_client", "-quiet",
                          "-connect", address,
                          "-CAfile",  (char *)(uintptr_t)school_file(school, "ca/ca.crt"),
                          "-cert",    (char *)(uintptr_t)school_file(school, "ca/clients/ana.crt"),
                          "-key",     (char *)(uintptr_t)school_file(school, "ca/clients/ana.key"),
                          NULL};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1, 0);
    assert_int_equal(posix_spawnp(&peer.pid, line[0], &actions, NULL, line, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    peer.fd = ends[0];
    peer_send(&peer, greeting, sizeof greeting);
    assert_int_equal(peer_receive(&peer, answer, sizeof answer), sizeof answer);
    assert_memory_equal(answer, "\0SP\0\0\x31\0\0", sizeof answer);
    return peer;
}

void peer_close(const struct peer *peer)
{
    close(peer->fd);
    kill(peer->pid, SIGKILL);
    waitpid(peer->pid, NULL, 0);
}

void peer_send_length(const struct peer *peer, uint64_t length)
{
    const uint32_t halves[] = {htonl((uint32_t)(length >> 32)), htonl((uint32_t)length)};
    peer_send(peer, halves, sizeof halves);
}

void peer_send_request(const struct peer *peer, const void *body, size_t size)
{
    static const unsigned char request_id[] = {0x80, 0, 0, 7};
    peer_send_length(peer, sizeof request_id + size);
    peer_send(peer, request_id, sizeof request_id);
    peer_send(peer, body, size);
}

void peer_expect(const struct peer *peer, const char *text)
{
    unsigned char header[HEADER_SIZE], body[4096];
    uint32_t length;
    assert_int_equal(peer_receive(peer, header, sizeof header), sizeof header);
    memcpy(&length, header + 4, sizeof length);
    const size_t size = ntohl(length) - 4;
    assert_true(size <= sizeof body);
    assert_int_equal(peer_receive(peer, body, size), size);
    if (memmem(body, size, text, strlen(text)) == NULL)
        fail_msg("the reply does not contain %s", text);
}

void peer_expect_end(const struct peer *peer)
{
    unsigned char byte;
    assert_int_equal(peer_receive(peer, &byte, 1), 0);
}
