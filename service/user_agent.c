/* Removes from a user agent what must not be logged. */
#include "user_agent.h"

#include <string.h>

enum { VERSION_DIGITS = 8 }; /* a date at most */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char clean(char c, bool masks_digits)
{
    if ((c >= 0 && c < ' ') || c == '\x7f' || c == '@')
        return '_';
    return masks_digits && is_digit(c) ? '#' : c;
}

const char *user_agent_clean(const aluno_request_metadata *metadata, char out[USER_AGENT_SIZE])
{
    const char *const text = metadata->user_agent;
    size_t digits = 0, length = 0;
    if (!metadata->has.user_agent || *text == '\0')
        return NULL;
    for (const char *c = text; *c != '\0'; c++)
        digits += is_digit(*c);
    for (; length < USER_AGENT_SIZE - 1 && text[length] != '\0'; length++)
        out[length] = clean(text[length], digits > VERSION_DIGITS);
    out[length] = '\0';
    return out;
}
