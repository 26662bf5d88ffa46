/* UUIDs from text. */
#include "uuid.h"

#include <string.h>

static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/* The value of a hexadecimal digit, or -1. */
static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool uuid_parse(const char *text, uint8_t out[UUID_SIZE])
{
    size_t digits = 0;
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        const int value = digit(text[i]);
        if (shape[i] == '-' ? text[i] != '-' : value < 0)
            return false;
        if (shape[i] == '-')
            continue;
        out[digits / 2] = (uint8_t)(digits % 2 == 0 ? value << 4 : out[digits / 2] | value);
        digits++;
    }
    return text[sizeof shape - 1] == '\0';
}

void uuid_write(const uint8_t bytes[UUID_SIZE], char out[UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        const unsigned shift = at % 2 == 0 ? 4 : 0;
        out[i] = shape[i] == '-' ? '-' : digits[bytes[at / 2] >> shift & 15];
        at += shape[i] != '-';
    }
    out[sizeof shape - 1] = '\0';
}

static void uuid_bytes(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    uint8_t bytes[UUID_SIZE];
    const char *text = (const char *)sqlite3_value_text(arguments[0]);
    if (text != NULL && uuid_parse(text, bytes))
        sqlite3_result_blob(context, bytes, sizeof bytes, SQLITE_TRANSIENT);
}

int uuid_define(sqlite3 *db)
{
    return sqlite3_create_function_v2(db, "uuid_bytes", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                      uuid_bytes, NULL, NULL, NULL);
}
