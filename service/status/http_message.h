/* HTTP/1.1 (RFC 9112), as far as monitoring needs it: requests without a body, replies that end their
 * connection. Bytes and values, no socket. */
#ifndef ALUNOD_STATUS_HTTP_MESSAGE_H
#define ALUNOD_STATUS_HTTP_MESSAGE_H

#include "base/buffer.h"

enum http_status {
    HTTP_INCOMPLETE = 0, /* of a request: more bytes are needed */
    HTTP_OK = 200,
    HTTP_BAD_REQUEST = 400,
    HTTP_NOT_FOUND = 404,
    HTTP_METHOD_NOT_ALLOWED = 405,
    HTTP_MISDIRECTED = 421,
    HTTP_HEADERS_TOO_LARGE = 431,
    HTTP_UNAVAILABLE = 503,
    HTTP_VERSION_UNKNOWN = 505
};

struct http_request {
    char path[64]; /* without the query; "" when it is longer */
    char host[64]; /* what Host says; "" when it is absent, "?" when it is longer */
    bool is_head;  /* the reply has no body */
};

/* Parses the head of a request. HTTP_OK: *out is filled in. Otherwise the status to reply with; of these,
 * HTTP_METHOD_NOT_ALLOWED is for all but GET and HEAD. */
enum http_status http_parse(const char *bytes, size_t size, struct http_request *out);

/* Writes a whole reply. `type`: of the body. A body that is NULL says what the status is, and what to do. */
void http_write(aluno__buffer *out, enum http_status status, bool is_head, const char *type,
                const aluno__buffer *body);

#endif
