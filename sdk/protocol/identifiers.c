/* UUIDs (RFC 9562, in lower case) and W3C trace contexts: their rules, and new ones. */
#include "identifiers.h"

#include "base/clock.h"
#include "rule.h"

#include <aluno/values.h>

#include <stdio.h>
#include <sys/random.h>

/* ---- UUIDs ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether the text begins with the shape, in which x stands for a lower-case hexadecimal digit. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *shape != '\0'; text++, shape++) {
        const bool fits = *shape == 'x' ? is_digit(*text) || (*text >= 'a' && *text <= 'f') : *text == *shape;
        if (!fits)
            return false;
    }
    return true;
}

bool aluno__uuid_is_valid(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return strlen(text) == sizeof shape - 1 && has_shape(text, shape);
}

/* The milliseconds are the first 12 digits. sscanf would take longer than all else that a change checks. */
int64_t aluno__uuid_time(const char *text)
{
    enum { TIME_END = 13, VERSION = 14 }; /* where its digits end, where the version is */
    int64_t time = 0;
    if (!aluno__uuid_is_valid(text) || text[VERSION] != '7')
        return -1;
    for (int i = 0; i < TIME_END; i++)
        if (text[i] != '-')
            time = time << 4 | (text[i] <= '9' ? text[i] - '0' : (text[i] | 0x20) - 'a' + 10);
    return time;
}

bool aluno__rule_uuid(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    for (char *c = text; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'F')
            *c = (char)(*c - 'A' + 'a');
    return aluno__uuid_is_valid(text) || aluno__rule_refuse(violation, ALUNO_REASON_UUID_SYNTAX);
}

/* A UUID of version 7 (RFC 9562): the time, then random bits. Such ids grow, so that the service's ledger of
 * them stays compact; random ones would touch a page of its index for each change. */
bool aluno_request_id_new(char out[37])
{
    uint8_t b[16];
    const uint64_t ms = (uint64_t)aluno__clock_unix_ms();
    if (getrandom(b, sizeof b, 0) != sizeof b)
        return false;
    for (size_t i = 0; i < 6; i++)
        b[i] = (uint8_t)(ms >> (40 - 8 * i));
    b[6] = (uint8_t)((b[6] & 0x0F) | 0x70);
    b[8] = (uint8_t)((b[8] & 0x3F) | 0x80);
    snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return true;
}

/* ---- trace contexts: w3.org/TR/trace-context-1: version, trace id, span id, flags ---- */

/* A version above 00 may have more after the flags and a dash; version ff is invalid. */
static bool is_traceparent(const char *text)
{
    static const char shape[] = "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
    enum { TRACE_AT = 3, SPAN_AT = 36, SPAN_DIGITS = 16, END = sizeof shape - 1 };
    if (!has_shape(text, shape) || strncmp(text, "ff", 2) == 0)
        return false;
    const bool ends_well = text[END] == '\0' || (text[END] == '-' && strncmp(text, "00", 2) != 0);
    return ends_well && strspn(text + TRACE_AT, "0") < ALUNO_TRACE_ID_DIGITS &&
           strspn(text + SPAN_AT, "0") < SPAN_DIGITS;
}

bool aluno__trace_id(const char *traceparent, char out[ALUNO_TRACE_ID_DIGITS + 1])
{
    if (!is_traceparent(traceparent))
        return false;
    memcpy(out, traceparent + strlen("00-"), ALUNO_TRACE_ID_DIGITS);
    out[ALUNO_TRACE_ID_DIGITS] = '\0';
    return true;
}

bool aluno__rule_traceparent(const aluno_field_desc *field, char *text, aluno__rule_violation *violation)
{
    (void)field;
    return is_traceparent(text) || aluno__rule_refuse(violation, ALUNO_REASON_TRACEPARENT_SYNTAX);
}
