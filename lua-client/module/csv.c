/* CSV as RFC 4180 has it and spreadsheets write it: quotes, line ends inside them, CRLF, LF or CR.
 *
 * The whole row being read is in one buffer, which bounds it to RECORD_MAX. Of a broken row (an open quote
 * takes in all that follows) only the first line is lost: reading goes on behind it. */
#include "cp1252.h"
#include "functions.h"

#include <aluno/aluno.h>

#include <stdlib.h>

#define PARSER_METATABLE "aluno.csv_parser"

enum { RECORD_MAX = 1 << 20, END = -1, SOURCE = 1 /* its user value */ };

typedef enum encoding { AUTO, UTF8, CP1252 } encoding;
static const char *const encoding_names[] = {"auto", "utf-8", "cp1252", NULL};

typedef struct parser {
    char *bytes; /* read from the source and not consumed yet */
    size_t capacity;
    char *record;      /* in `bytes`: where the row begins */
    size_t at, length; /* in the record: the next byte, and where the bytes end */
    lua_Integer line;  /* where the row begins */
    lua_Integer lines; /* that it spans */
    int columns;       /* of the row before */
    char separator;
    encoding encoding; /* AUTO until the first byte that is not ASCII */
    bool neutralised;
    bool ended; /* the source has no more */
} parser;

/* A column's text; quotes in it are still doubled. */
typedef struct field {
    size_t from, to; /* in the record */
    bool doubled;
} field;

/* ---- bytes ---- */

static void append(lua_State *L, parser *p, const char *chunk, size_t length)
{
    if (length == 0)
        return;
    if (p->length > 0)
        memmove(p->bytes, p->record, p->length);
    p->record = p->bytes;
    if (p->length + length > p->capacity) {
        const size_t capacity = p->length + length + p->capacity;
        char *bytes = realloc(p->bytes, capacity);
        if (bytes == NULL)
            luaL_error(L, "out of memory");
        p->bytes = p->record = bytes;
        p->capacity = capacity;
    }
    memcpy(p->record + p->length, chunk, length);
    p->length += length;
}

/* Reads the next chunk of the source; false when there is none. */
static bool fill(lua_State *L, parser *p)
{
    if (p->ended)
        return false;
    lua_getiuservalue(L, 1, SOURCE);
    lua_call(L, 0, 1);
    size_t length = 0;
    const char *chunk = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    if (chunk == NULL && !lua_isnil(L, -1))
        luaL_error(L, "the source of CSV must return text or nil, not a %s", luaL_typename(L, -1));
    p->ended = chunk == NULL;
    if (chunk != NULL)
        append(L, p, chunk, length);
    lua_pop(L, 1);
    return !p->ended;
}

/* The byte at p->at, or END: of the source, or of what a row may hold. */
static int peek(lua_State *L, parser *p)
{
    if (p->at >= RECORD_MAX)
        return END;
    while (p->at == p->length)
        if (!fill(L, p))
            return END;
    return (unsigned char)p->record[p->at];
}

static bool skip(lua_State *L, parser *p, char wanted)
{
    const bool found = peek(L, p) == wanted;
    p->at += found;
    return found;
}

/* The row begins here. */
static void begin(parser *p)
{
    if (p->at > 0) /* before the first byte there is no record */
        p->record += p->at;
    p->length -= p->at;
    p->at = 0;
    p->lines = 0;
}

/* Skips CRLF, LF or CR; false when there is none. */
static bool skip_line_end(lua_State *L, parser *p)
{
    if (skip(L, p, '\r'))
        skip(L, p, '\n');
    else if (!skip(L, p, '\n'))
        return false;
    p->lines++;
    return true;
}

/* ---- columns ---- */

static void read_plain(lua_State *L, parser *p, field *column)
{
    column->from = p->at;
    int byte;
    while ((byte = peek(L, p)) != END && byte != (unsigned char)p->separator && byte != '\r' && byte != '\n')
        p->at++;
    column->to = p->at;
}

/* Begins behind the opening quote. Returns false when no quote closes it. */
static bool read_quoted(lua_State *L, parser *p, field *column)
{
    column->from = p->at;
    for (;;) {
        const int byte = peek(L, p);
        if (byte == END)
            return false;
        p->at++;
        p->lines += byte == '\n';
        if (byte != '"')
            continue;
        column->to = p->at - 1;
        if (!skip(L, p, '"'))
            return true;
        column->doubled = true;
    }
}

static void push_raw(lua_State *L, const parser *p, const field *column)
{
    const char *text = p->record + column->from;
    const char *const end = p->record + column->to;
    if (!column->doubled) {
        lua_pushlstring(L, text, (size_t)(end - text));
        return;
    }
    luaL_Buffer single;
    luaL_buffinit(L, &single);
    for (; text < end; text += 1 + (*text == '"'))
        luaL_addchar(&single, *text);
    luaL_pushresult(&single);
}

static bool is_ascii(const char *text, size_t length)
{
    unsigned char bits = 0;
    for (size_t i = 0; i < length; i++)
        bits |= (unsigned char)text[i];
    return bits < 0x80;
}

/* Converts the text on top of the stack to UTF-8. The first text that is not ASCII decides a file's encoding,
 * since text in Windows-1252 is hardly ever valid UTF-8. Returns false when the text is not in the encoding.
 */
static bool decode(lua_State *L, parser *p)
{
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    if (is_ascii(text, length))
        return true;
    if (p->encoding == AUTO)
        p->encoding = aluno_utf8_valid(text, length) ? UTF8 : CP1252;
    if (p->encoding == UTF8)
        return aluno_utf8_valid(text, length);
    luaL_Buffer decoded;
    char *to = luaL_buffinitsize(L, &decoded, CP1252_WORST * length);
    luaL_pushresultsize(&decoded, cp1252_to_utf8(text, length, to));
    lua_remove(L, -2);
    return true;
}

/* Removes the quote that csv.lua's writer puts before text that a spreadsheet would evaluate as a formula. */
static void restore(lua_State *L)
{
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    const size_t quotes = strspn(text, "'");
    if (quotes == 0 || quotes == length || strchr("=+-@\t\r", text[quotes]) == NULL)
        return;
    lua_pushlstring(L, text + 1, length - 1);
    lua_remove(L, -2);
}

/* Pushes the column at p->at. Returns NULL, or the name of a reason. */
static const char *push_column(lua_State *L, parser *p)
{
    field column = {0};
    if (!skip(L, p, '"'))
        read_plain(L, p, &column);
    else if (!read_quoted(L, p, &column))
        return "CSV_QUOTE";
    push_raw(L, p, &column);
    if (!decode(L, p))
        return "TEXT_NOT_UTF8";
    if (p->neutralised)
        restore(L);
    return NULL;
}

/* ---- rows ---- */

/* Reads the row that begins here into the table on top of the stack. Returns NULL, or the name of a reason.
 */
static const char *read_columns(lua_State *L, parser *p)
{
    const char *problem;
    p->columns = 0;
    do {
        problem = push_column(L, p);
        if (problem != NULL)
            return problem;
        lua_rawseti(L, -2, ++p->columns);
    } while (skip(L, p, p->separator));
    if (p->at >= RECORD_MAX)
        return "TEXT_TOO_LONG";
    return skip_line_end(L, p) || peek(L, p) == END ? NULL : "CSV_QUOTE";
}

/* Skips the first line of a broken row: the lines after it may be rows of their own. */
static void skip_line(lua_State *L, parser *p)
{
    p->at = 0;
    while (!skip_line_end(L, p) && peek(L, p) != END) {
        p->at++;
        begin(p);
    }
}

static int fail(lua_State *L, parser *p, const char *problem)
{
    lua_settop(L, 1);
    skip_line(L, p);
    lua_pushnil(L);
    lua_pushstring(L, problem);
    lua_pushinteger(L, p->line++);
    return 3;
}

/* parser:read() -> row (a list of texts), its line | nil at the end | nil, the name of a reason, line. Empty
 * lines are no rows. */
static int read_row(lua_State *L)
{
    parser *p = luaL_checkudata(L, 1, PARSER_METATABLE);
    lua_settop(L, 1);
    for (begin(p); skip_line_end(L, p); begin(p))
        p->line++;
    if (peek(L, p) == END)
        return 0;
    lua_createtable(L, p->columns, 0);
    const char *problem = read_columns(L, p);
    if (problem != NULL)
        return fail(L, p, problem);
    lua_pushinteger(L, p->line);
    p->line += p->lines;
    return 2;
}

/* parser:encoding() -> "utf-8", "cp1252", or "auto" while there was nothing but ASCII */
static int get_encoding(lua_State *L)
{
    const parser *p = luaL_checkudata(L, 1, PARSER_METATABLE);
    lua_pushstring(L, encoding_names[p->encoding]);
    return 1;
}

static int collect(lua_State *L)
{
    parser *p = luaL_checkudata(L, 1, PARSER_METATABLE);
    free(p->bytes);
    p->bytes = p->record = NULL;
    p->capacity = p->at = p->length = 0;
    p->ended = true;
    return 0;
}

static void set_class(lua_State *L)
{
    static const luaL_Reg methods[] = {{"read", read_row}, {"encoding", get_encoding}, {NULL, NULL}};
    if (luaL_newmetatable(L, PARSER_METATABLE)) {
        luaL_newlib(L, methods);
        lua_setfield(L, -2, "__index");
        lua_pushcfunction(L, collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
}

/* csv_parser(source, separator, encoding, neutralised) -> parser. `source` returns the next chunk of the
 * text, nil after the last; encoding is "auto", "utf-8" or "cp1252". */
static int new_parser(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    size_t length;
    const char *separator = luaL_checklstring(L, 2, &length);
    luaL_argcheck(L, length == 1 && strchr("\"\r\n", *separator) == NULL, 2,
                  "a separator is one ASCII character");
    const encoding given = (encoding)luaL_checkoption(L, 3, "auto", encoding_names);
    parser *p = lua_newuserdatauv(L, sizeof *p, SOURCE);
    *p = (parser){.line = 1, .separator = *separator, .encoding = given, .neutralised = lua_toboolean(L, 4)};
    set_class(L);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, SOURCE);
    return 1;
}

const luaL_Reg csv_functions[] = {{"csv_parser", new_parser}, {NULL, NULL}};
