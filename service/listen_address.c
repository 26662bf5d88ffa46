/* Takes the address apart, and tries it. nng has one error for an unknown host and for an address of another
 * host. */
#include "listen_address.h"

#include "protocol/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static const char scheme[] = "tls+tcp://";

/* Copies the host, without the brackets of an IPv6 address, and returns the port; NULL when there is none. */
static const char *split(const char *url, char *host, size_t size)
{
    const char *const address = url + (strncmp(url, scheme, strlen(scheme)) == 0 ? strlen(scheme) : 0);
    const char *const colon = strrchr(address, ':'), *const bracket = strrchr(address, ']');
    const bool has_port = colon != NULL && (bracket == NULL || colon > bracket);
    const bool is_bracketed = *address == '[' && bracket != NULL;
    const char *const begin = address + is_bracketed;
    const size_t length = is_bracketed ? (size_t)(bracket - begin)
                          : has_port   ? (size_t)(colon - begin)
                                       : strlen(begin);
    snprintf(host, size, "%.*s", (int)length, begin);
    return has_port ? colon + 1 : NULL;
}

uint16_t listen_address_port(const char *url)
{
    char host[256];
    const char *const port = split(url, host, sizeof host);
    const size_t digits = port == NULL ? 0 : strspn(port, "0123456789");
    const bool is_number = digits > 0 && digits <= 5 && port[digits] == '\0';
    return is_number && atoi(port) <= UINT16_MAX ? (uint16_t)atoi(port) : 0;
}

bool listen_address_has_port(const char *url)
{
    return listen_address_port(url) != 0;
}

bool listen_address_names_loopback(const char *address)
{
    char host[256];
    struct in_addr v4;
    struct in6_addr v6;
    (void)split(address, host, sizeof host);
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    return strcasecmp(host, "localhost") == 0 ||
           (inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6));
}

bool listen_address_is_loopback(const char *address)
{
    return listen_address_has_port(address) && listen_address_names_loopback(address);
}

/* ---- binding ---- */

/* An option's URL and the addresses to which it resolves. */
struct place {
    const char *option, *url;
    struct addrinfo *addresses; /* nng takes the first */
};

static aluno_code refuse(const struct place *place, const char *why, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s %s: %s", place->option, place->url, why);
}

static aluno_code resolve(struct place *place, aluno_error *error)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    char host[256] = "", why[320];
    const char *const port = split(place->url, host, sizeof host);
    const int failure = getaddrinfo(*host == '\0' ? NULL : host, port, &hints, &place->addresses);
    if (failure == 0)
        return ALUNO_OK;
    snprintf(why, sizeof why, "the host \"%s\" is not known: %s", host, gai_strerror(failure));
    return refuse(place, why, error);
}

static aluno_code refuse_binding(const struct place *place, int problem, aluno_error *error)
{
    switch (problem) {
    case EADDRINUSE:
        return refuse(place, "is in use: another program listens there", error);
    case EADDRNOTAVAIL:
        return refuse(place, "this machine does not have that address; 0.0.0.0 is all that it has", error);
    case EACCES:
        return refuse(place, "is not permitted: a port below 1024 needs CAP_NET_BIND_SERVICE", error);
    default:
        return refuse(place, strerror(problem), error);
    }
}

/* 0, or errno. */
static int bind_to(const struct addrinfo *address, int *fd)
{
    const int on = 1;
    *fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0)
        return errno;
    (void)setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(*fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
}

static void close_socket(int fd)
{
    if (fd >= 0)
        close(fd);
}

aluno_code listen_address_check(const char *option, const char *url, bool *in_use, aluno_error *error)
{
    struct place place = {.option = option, .url = url};
    int fd;
    if (resolve(&place, error) != ALUNO_OK)
        return ALUNO_INVALID_ARGUMENT;
    const int problem = bind_to(place.addresses, &fd);
    close_socket(fd);
    freeaddrinfo(place.addresses);
    *in_use = problem == EADDRINUSE;
    return problem == 0 || *in_use ? ALUNO_OK : refuse_binding(&place, problem, error);
}

aluno_code listen_address_open(int *fd, const char *option, const char *address, aluno_error *error)
{
    struct place place = {.option = option, .url = address};
    if (resolve(&place, error) != ALUNO_OK)
        return ALUNO_INVALID_ARGUMENT;
    int problem = bind_to(place.addresses, fd);
    freeaddrinfo(place.addresses);
    if (problem == 0 && listen(*fd, SOMAXCONN) != 0)
        problem = errno;
    if (problem == 0)
        return ALUNO_OK;
    close_socket(*fd);
    return refuse_binding(&place, problem, error);
}
