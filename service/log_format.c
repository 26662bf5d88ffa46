/* Formats lines. A line that is too long ends before the first token (a character or more) that does not fit,
 * and is well-formed nevertheless. */
#include "log_format.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <utf8proc.h>

enum { TAIL = 3 }; /* the closing quote, the closing brace, the newline */

static const char *const level_names[] = {"debug", "info", "warn", "error"};

/* Appends bytes all or none. */
static void append(struct log_text *line, const char *bytes, size_t size)
{
    line->full = line->full || line->size + size > sizeof line->text - TAIL;
    if (line->full)
        return;
    memcpy(line->text + line->size, bytes, size);
    line->size += size;
}

static void append_text(struct log_text *line, const char *text)
{
    append(line, text, strlen(text));
}

static void append_time(struct log_text *line, enum log_form form, int64_t unix_ms)
{
    const time_t seconds = (time_t)(unix_ms / 1000);
    const bool is_local = form == LOG_WORDS;
    struct tm parts;
    char date[40], text[48];
    if (is_local)
        localtime_r(&seconds, &parts);
    else
        gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, is_local ? "%H:%M:%S" : "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text, sizeof text, "%s.%03d%s", date, (int)(unix_ms % 1000), is_local ? "" : "Z");
    append_text(line, text);
}

/* ---- characters ---- */

/* False for controls, format characters (which may change the direction of text) and line separators. */
static bool is_visible(utf8proc_int32_t character)
{
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    default:
        return true;
    }
}

/* Printable ASCII that needs no escape. */
static bool is_plain(char byte)
{
    return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
}

/* JSON has UTF-16's escapes: two of them beyond U+FFFF. */
static void escape_character(char out[16], enum log_form form, utf8proc_int32_t character)
{
    const unsigned code = (unsigned)character;
    if (form == LOG_OBJECT && code > 0xffff)
        snprintf(out, 16, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
    else
        snprintf(out, 16, "\\u%04x", code);
}

static void escape_byte(char out[16], enum log_form form, unsigned char byte)
{
    if (form == LOG_OBJECT)
        snprintf(out, 16, "\\ufffd"); /* JSON has no bytes */
    else
        snprintf(out, 16, "\\x%02x", byte);
}

/* Appends one character, escaped unless it is harmless between quotes. Returns how many bytes it takes. */
static size_t append_character(struct log_text *line, enum log_form form, const char *text)
{
    if (is_plain(*text)) {
        append(line, text, 1);
        return 1;
    }
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    utf8proc_int32_t character;
    const utf8proc_ssize_t size = utf8proc_iterate(bytes, -1, &character);
    char escape[16];

    if (size <= 0)
        escape_byte(escape, form, *bytes);
    else if (character == '\n')
        snprintf(escape, sizeof escape, "\\n");
    else if (character == '"' || character == '\\')
        snprintf(escape, sizeof escape, "\\%c", (char)character);
    else if (!is_visible(character))
        escape_character(escape, form, character);
    else {
        append(line, text, (size_t)size);
        return (size_t)size;
    }
    append_text(line, escape);
    return size <= 0 ? 1 : (size_t)size;
}

/* ---- values ---- */

static void append_quoted(struct log_text *line, enum log_form form, const char *value)
{
    append(line, "\"", 1);
    const bool is_open = !line->full;
    while (*value != '\0' && !line->full)
        value += append_character(line, form, value);
    if (is_open)
        line->text[line->size++] = '"';
}

/* Quotes all but plain ASCII. */
static void append_value(struct log_text *line, const char *value)
{
    const char *at = value;
    while (*at > ' ' && *at <= '~' && *at != '"' && *at != '=' && *at != '\\')
        at++;
    if (*value != '\0' && *at == '\0')
        append_text(line, value);
    else
        append_quoted(line, LOG_LOGFMT, value);
}

static void append_pair(struct log_text *line, enum log_form form, const char *key, const char *value)
{
    const size_t before = line->size;
    append_text(line, form == LOG_OBJECT ? ",\"" : " ");
    append_text(line, key);
    append_text(line, form == LOG_OBJECT ? "\":" : "=");
    const size_t begun = line->size;
    if (form == LOG_OBJECT)
        append_quoted(line, form, value);
    else
        append_value(line, value);
    if (line->size == begun)
        line->size = before; /* the value did not fit */
}

/* ---- lines ---- */

static void append_head(struct log_text *line, enum log_form form, int64_t unix_ms, enum log_level level)
{
    static const struct {
        const char *before_time, *before_level, *after_level;
    } heads[] = {
        [LOG_LOGFMT] = {"", " ", " msg="},
        [LOG_WORDS] = {"", " ", " "},
        [LOG_OBJECT] = {"{\"time\":\"", "\",\"level\":\"", "\",\"msg\":"},
    };
    append_text(line, heads[form].before_time);
    append_time(line, form, unix_ms);
    append_text(line, heads[form].before_level);
    append_text(line, level_names[level]);
    append_text(line, heads[form].after_level);
}

/* Aligned, since people read it. */
static void append_words(struct log_text *line, enum log_level level, const char *message)
{
    append(line, "     ", 5 - strlen(level_names[level]));
    while (*message != '\0' && !line->full)
        message += append_character(line, LOG_WORDS, message);
}

void log_format(struct log_text *out, enum log_form form, int64_t unix_ms, enum log_level level,
                const char *message, va_list pairs)
{
    out->size = 0;
    out->full = false;
    append_head(out, form, unix_ms, level);
    if (form == LOG_WORDS)
        append_words(out, level, message);
    else
        append_quoted(out, form, message);
    for (const char *key; (key = va_arg(pairs, const char *)) != NULL;) {
        const char *value = va_arg(pairs, const char *);
        if (value != NULL)
            append_pair(out, form, key, value);
    }
    if (form == LOG_OBJECT)
        out->text[out->size++] = '}';
    out->text[out->size++] = '\n';
}
