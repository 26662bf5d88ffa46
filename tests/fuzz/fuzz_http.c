/* Fuzzes the status page's parser of HTTP: a head that is whole stays so whatever follows. */
#include "fuzz.h"

#include "status/http_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_request request;
    const enum http_status status = http_parse((const char *)data, size, &request);
    if (status != HTTP_OK)
        return 0;
    fuzz_check(strlen(request.path) < sizeof request.path && strlen(request.host) < sizeof request.host);
    return 0;
}
