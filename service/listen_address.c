/* Takes the address apart, and tries it. nng has one error for an unknown host and for an address of another
 * host. */
#include "listen_address.h"

#include "protocol/error.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char scheme[] = "tls+tcp://";

/* Copies the host, without the brackets of an IPv6 address, and returns the port; NULL when there is none. */
static const char *split(const char *url, char *host, size_t size)
{
    const char *const address = url + (strncmp(url, scheme, strlen(scheme)) == 0 ? strlen(scheme) : 0);
    const char *const colon = strrchr(address, ':'), *const bracket = strrchr(address, ']');
    if (colon == NULL || (bracket != NULL && colon < bracket))
        return NULL;
    const bool is_bracketed = *address == '[' && bracket != NULL;
    const char *const begin = address + is_bracketed, *const end = is_bracketed ? bracket : colon;
    snprintf(host, size, "%.*s", (int)(end - begin), begin);
    return colon + 1;
}

bool listen_address_has_port(const char *url)
{
    char host[256];
    const char *const port = split(url, host, sizeof host);
    const size_t digits = port == NULL ? 0 : strspn(port, "0123456789");
    return digits > 0 && digits <= 5 && port[digits] == '\0' && atoi(port) >= 1 && atoi(port) <= 65535;
}

/* 0, or errno. */
static int try_binding(const struct addrinfo *address)
{
    const int on = 1;
    const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const int problem = bind(fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    close(fd);
    return problem;
}

static aluno_code refuse(aluno_error *error, const char *url, const char *why)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--listen %s: %s", url, why);
}

static aluno_code refuse_binding(aluno_error *error, const char *url, int problem)
{
    switch (problem) {
    case EADDRNOTAVAIL:
        return refuse(error, url, "this machine does not have that address; 0.0.0.0 is all that it has");
    case EACCES:
        return refuse(error, url, "is not permitted: a port below 1024 needs CAP_NET_BIND_SERVICE");
    default:
        return refuse(error, url, strerror(problem));
    }
}

aluno_code listen_address_check(const char *url, bool *in_use, aluno_error *error)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *addresses;
    char host[256] = "", why[320];
    const char *const port = split(url, host, sizeof host);
    const int failure = getaddrinfo(*host == '\0' ? NULL : host, port, &hints, &addresses);
    if (failure != 0) {
        snprintf(why, sizeof why, "the host \"%s\" is not known: %s", host, gai_strerror(failure));
        return refuse(error, url, why);
    }
    const int problem = try_binding(addresses); /* nng takes the first as well */
    freeaddrinfo(addresses);
    *in_use = problem == EADDRINUSE;
    return problem == 0 || *in_use ? ALUNO_OK : refuse_binding(error, url, problem);
}
