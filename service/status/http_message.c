/* Parsing and writing. */
#include "status/http_message.h"

#include "status/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- requests ---- */

/* The end of the empty line after the headers; NULL: it has not come. */
static const char *end_of_head(const char *bytes, size_t size)
{
    const char *end = memmem(bytes, size, "\r\n\r\n", 4);
    const char *bare = memmem(bytes, size, "\n\n", 2); /* RFC 9112, 2.2: a line may end without CR */
    return end == NULL || (bare != NULL && bare < end) ? bare : end;
}

/* Copies the path of a target: "/metrics" of "/metrics?x=y" and of "http://localhost:9300/metrics". */
static void copy_path(char *out, size_t size, const char *target, size_t length)
{
    static const char scheme[] = "http://";
    if (length >= strlen(scheme) && memcmp(target, scheme, strlen(scheme)) == 0) {
        const char *const path = memchr(target + strlen(scheme), '/', length - strlen(scheme));
        length = path != NULL ? length - (size_t)(path - target) : 0;
        target = path != NULL ? path : "";
    }
    const char *const query = memchr(target, '?', length);
    const size_t used = query != NULL ? (size_t)(query - target) : length;
    snprintf(out, size, "%.*s", used < size ? (int)used : 0, target);
}

/* The value of the first header of that name, which has its colon, in the lines before `end`; NULL when there
 * is none. */
static const char *find_header(const char *line, const char *end, const char *name, size_t *length)
{
    const size_t size = strlen(name);
    for (const char *next; line < end; line = next + 1) {
        next = memchr(line, '\n', (size_t)(end - line));
        next = next != NULL ? next : end;
        if ((size_t)(next - line) < size || strncasecmp(line, name, size) != 0)
            continue;
        const char *value = line + size;
        while (value < next && *value == ' ')
            value++;
        *length = (size_t)(next - value) - (next > value && next[-1] == '\r');
        return value;
    }
    return NULL;
}

static void copy_host(char *out, size_t size, const char *headers, const char *end)
{
    size_t length = 0;
    const char *host = find_header(headers, end, "Host:", &length);
    if (length >= size) {
        host = "?";
        length = 1;
    }
    snprintf(out, size, "%.*s", (int)length, host != NULL ? host : "");
}

enum http_status http_parse(const char *bytes, size_t size, struct http_request *out)
{
    *out = (struct http_request){.is_head = false};
    const char *const end = end_of_head(bytes, size);
    if (end == NULL)
        return HTTP_INCOMPLETE;
    size_t line = (size_t)((const char *)memchr(bytes, '\n', size) - bytes);
    line -= line > 0 && bytes[line - 1] == '\r';
    const char *const target = memchr(bytes, ' ', line);
    const char *const version = memrchr(bytes, ' ', line);
    if (memchr(bytes, '\0', (size_t)(end - bytes)) != NULL || target == NULL || version <= target + 1)
        return HTTP_BAD_REQUEST;
    const size_t method = (size_t)(target - bytes), rest = line - (size_t)(version - bytes);
    if (rest < strlen(" HTTP/1.") + 1 || memcmp(version, " HTTP/", strlen(" HTTP/")) != 0)
        return HTTP_BAD_REQUEST;
    if (memcmp(version, " HTTP/1.", strlen(" HTTP/1.")) != 0)
        return HTTP_VERSION_UNKNOWN;
    copy_path(out->path, sizeof out->path, target + 1, (size_t)(version - target) - 1);
    copy_host(out->host, sizeof out->host, version, end);
    out->is_head = method == 4 && memcmp(bytes, "HEAD", 4) == 0;
    return out->is_head || (method == 3 && memcmp(bytes, "GET", 3) == 0) ? HTTP_OK : HTTP_METHOD_NOT_ALLOWED;
}

/* ---- replies ---- */

static const char *words_of(enum http_status status)
{
    switch (status) {
    case HTTP_OK:
        return "OK";
    case HTTP_NOT_FOUND:
        return "Not Found";
    case HTTP_METHOD_NOT_ALLOWED:
        return "Method Not Allowed";
    case HTTP_MISDIRECTED:
        return "Misdirected Request";
    case HTTP_HEADERS_TOO_LARGE:
        return "Request Header Fields Too Large";
    case HTTP_UNAVAILABLE:
        return "Service Unavailable";
    case HTTP_VERSION_UNKNOWN:
        return "HTTP Version Not Supported";
    default:
        return "Bad Request";
    }
}

static const char *remedy_of(enum http_status status)
{
    return status == HTTP_MISDIRECTED ? "Its Host is not this machine's: localhost, 127.0.0.1 or [::1].\n"
                                      : "";
}

void http_write(aluno__buffer *out, enum http_status status, bool is_head, const char *type,
                const aluno__buffer *body)
{
    char own[160];
    const int own_size =
        snprintf(own, sizeof own, "%d %s\n%s", (int)status, words_of(status), remedy_of(status));
    const void *const bytes = body != NULL ? (const void *)body->data : own;
    const size_t size = body != NULL ? body->size : (size_t)own_size;
    text_print(out, "HTTP/1.1 %d %s\r\n", (int)status, words_of(status));
    if (status == HTTP_METHOD_NOT_ALLOWED)
        text_print(out, "Allow: GET, HEAD\r\n");
    text_print(out,
               "Content-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\nCache-Control: no-store\r\n"
               "X-Content-Type-Options: nosniff\r\n"
               "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n",
               type, size);
    if (!is_head)
        aluno__buffer_append(out, bytes, size);
}
