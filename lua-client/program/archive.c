/* XML in ZIP archives, for hostile files too: what an archive inflates to is bounded, and so are the depth of
 * elements, which takes memory, and the length of a tag, which takes time by its square; a document type (and
 * with it every entity) is refused; and Lua's errors do not cross expat's frames.
 *
 *   local archive <close>, problem = archive.open(path)
 *   local entry, problem = archive:entry(name, handlers)
 *   entry:feed()      -- true; nil at the end; nil, problem
 *
 * The handlers are start(name, attributes), finish(name) and text(text). */
#include "archive.h"

#include <stdbool.h>

#ifdef ALUNO_XLSX_READ

#    include <expat.h>
#    include <stdint.h>
#    include <string.h>
#    include <zip.h>

#    define ARCHIVE_METATABLE "aluno.archive"
#    define ENTRY_METATABLE   "aluno.archive.entry"

enum { CHUNK = 16384, INFLATED_MAX = 128 << 20, TAG_MAX = 1 << 20, DEPTH_MAX = 256 };

typedef struct archive {
    zip_t *zip;
    lua_Integer inflated, most; /* bytes of all entries so far; how many they may be */
} archive;

typedef struct entry {
    archive *archive;
    zip_file_t *file;
    XML_Parser parser;
    lua_State *L;        /* while it is fed */
    bool has_raised;     /* a handler's error is on the stack */
    const char *refusal; /* what in it ends it; NULL for nothing */
    size_t depth;        /* of elements that are open */
    size_t unparsed;     /* bytes since the last event, at least */
} entry;

/* ---- expat's events ---- */

/* The name without its namespace's prefix. */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

/* Pushes the handler of that name; false when there is none, or when one has raised. The handlers' table is
 * the entry's user value, which entry_feed has put at index 2. */
static bool push_handler(entry *self, const char *name)
{
    if (self->has_raised || !lua_checkstack(self->L, 8))
        return false;
    lua_getfield(self->L, 2, name);
    if (!lua_isnil(self->L, -1))
        return true;
    lua_pop(self->L, 1);
    return false;
}

/* Calls the handler below its arguments; an error stays on the stack and ends parsing. */
static void call_handler(entry *self, int arguments)
{
    if (lua_pcall(self->L, arguments, 0, 0) == LUA_OK)
        return;
    self->has_raised = true;
    XML_StopParser(self->parser, XML_FALSE);
}

/* Pushing raises when memory runs out, so that it is done in a protected call: element(handler, name,
 * attributes…) */
static int push_element(lua_State *L)
{
    const char **attributes = lua_touserdata(L, 3);
    lua_settop(L, 2);
    lua_pushstring(L, local_name(lua_touserdata(L, 2)));
    lua_replace(L, 2);
    lua_newtable(L);
    for (size_t i = 0; attributes != NULL && attributes[i] != NULL; i += 2) {
        lua_pushstring(L, attributes[i + 1]);
        lua_setfield(L, -2, local_name(attributes[i]));
    }
    lua_call(L, 2, 0);
    return 0;
}

static void call_with_element(entry *self, const char *handler, const char *name, const char **attributes)
{
    if (!push_handler(self, handler))
        return;
    lua_pushcfunction(self->L, push_element);
    lua_insert(self->L, -2);
    lua_pushlightuserdata(self->L, (void *)(uintptr_t)name);
    lua_pushlightuserdata(self->L, attributes);
    call_handler(self, 3);
}

static void refuse(entry *self, const char *problem)
{
    self->refusal = problem;
    XML_StopParser(self->parser, XML_FALSE);
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
    entry *self = user;
    self->unparsed = 0;
    if (++self->depth > DEPTH_MAX)
        refuse(self, "too large");
    else
        call_with_element(self, "start", name, attributes);
}

static void XMLCALL on_end(void *user, const char *name)
{
    entry *self = user;
    self->unparsed = 0;
    self->depth--;
    call_with_element(self, "finish", name, NULL);
}

typedef struct piece {
    const char *text;
    size_t length;
} piece;

static int push_text(lua_State *L)
{
    const piece *text = lua_touserdata(L, 2);
    lua_pushlstring(L, text->text, text->length);
    lua_replace(L, 2);
    lua_call(L, 1, 0);
    return 0;
}

static void XMLCALL on_text(void *user, const char *text, int length)
{
    entry *self = user;
    piece all = {text, (size_t)length};
    self->unparsed = 0;
    if (!push_handler(self, "text"))
        return;
    lua_pushcfunction(self->L, push_text);
    lua_insert(self->L, -2);
    lua_pushlightuserdata(self->L, &all);
    call_handler(self, 2);
}

/* No workbook has a document type: only what wants its entities to grow. */
static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public,
                               int has_internal)
{
    (void)name, (void)system, (void)public, (void)has_internal;
    refuse(user, "DOCTYPE");
}

/* ---- entries ---- */

static void close_entry(entry *self)
{
    if (self->file != NULL)
        zip_fclose(self->file);
    if (self->parser != NULL)
        XML_ParserFree(self->parser);
    self->file = NULL;
    self->parser = NULL;
}

static int entry_close(lua_State *L)
{
    close_entry(luaL_checkudata(L, 1, ENTRY_METATABLE));
    return 0;
}

/* Ends the entry -> nil, problem */
static int fail(lua_State *L, entry *self, const char *problem)
{
    lua_pushnil(L);
    lua_pushstring(L, problem);
    close_entry(self);
    return 2;
}

/* entry:feed() -> true, while there may be more | nil at the end | nil, problem */
static int entry_feed(lua_State *L)
{
    entry *self = luaL_checkudata(L, 1, ENTRY_METATABLE);
    char chunk[CHUNK];
    lua_settop(L, 1);
    if (self->parser == NULL)
        return 0;
    lua_getiuservalue(L, 1, 2);
    const zip_int64_t length = zip_fread(self->file, chunk, sizeof chunk);
    if (length < 0)
        return fail(L, self, zip_file_strerror(self->file));
    self->archive->inflated += length;
    if (self->archive->inflated > self->archive->most)
        return fail(L, self, "too large");
    self->unparsed += (size_t)length;
    if (self->unparsed > TAG_MAX)
        return fail(L, self, "too large");
    self->L = L;
    const enum XML_Status status = XML_Parse(self->parser, chunk, (int)length, length == 0);
    if (self->has_raised) {
        close_entry(self);
        return lua_error(L);
    }
    if (self->refusal != NULL)
        return fail(L, self, self->refusal);
    if (status != XML_STATUS_OK)
        return fail(L, self, XML_ErrorString(XML_GetErrorCode(self->parser)));
    if (length == 0) {
        close_entry(self);
        return 0;
    }
    lua_pushboolean(L, true);
    return 1;
}

/* archive:entry(name, handlers) -> entry | nil, problem; the problem is nil when there is no such entry */
static int open_entry(lua_State *L)
{
    archive *owner = luaL_checkudata(L, 1, ARCHIVE_METATABLE);
    const char *name = luaL_checkstring(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    luaL_argcheck(L, owner->zip != NULL, 1, "the archive is closed");
    if (zip_name_locate(owner->zip, name, ZIP_FL_NOCASE) < 0)
        return 0;
    entry *self = lua_newuserdatauv(L, sizeof *self, 2);
    *self = (entry){.archive = owner};
    luaL_setmetatable(L, ENTRY_METATABLE);
    lua_pushvalue(L, 1); /* the archive lives as long */
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, 3);
    lua_setiuservalue(L, -2, 2);
    self->file = zip_fopen(owner->zip, name, ZIP_FL_NOCASE);
    if (self->file == NULL)
        return fail(L, self, zip_strerror(owner->zip));
    self->parser = XML_ParserCreate(NULL);
    if (self->parser == NULL)
        return fail(L, self, "out of memory");
    XML_SetUserData(self->parser, self);
    XML_SetElementHandler(self->parser, on_start, on_end);
    XML_SetCharacterDataHandler(self->parser, on_text);
    XML_SetStartDoctypeDeclHandler(self->parser, on_doctype);
    return 1;
}

/* ---- archives ---- */

static int archive_close(lua_State *L)
{
    archive *self = luaL_checkudata(L, 1, ARCHIVE_METATABLE);
    if (self->zip != NULL)
        zip_discard(self->zip);
    self->zip = NULL;
    return 0;
}

/* open(path[, most]) -> archive | nil, problem */
static int open_archive(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    const lua_Integer most = luaL_optinteger(L, 2, INFLATED_MAX);
    archive *self = lua_newuserdatauv(L, sizeof *self, 0);
    *self = (archive){.most = most};
    luaL_setmetatable(L, ARCHIVE_METATABLE);
    int code;
    self->zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (self->zip != NULL)
        return 1;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    lua_pushnil(L);
    lua_pushstring(L, zip_error_strerror(&error));
    zip_error_fini(&error);
    return 2;
}

static void make_class(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction close)
{
    luaL_newmetatable(L, name);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__close");
    lua_pop(L, 1);
}

int luaopen_aluno_archive(lua_State *L)
{
    static const luaL_Reg archive_methods[] = {{"entry", open_entry}, {"close", archive_close}, {NULL, NULL}};
    static const luaL_Reg entry_methods[] = {{"feed", entry_feed}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"open", open_archive}, {NULL, NULL}};
    make_class(L, ARCHIVE_METATABLE, archive_methods, archive_close);
    make_class(L, ENTRY_METATABLE, entry_methods, entry_close);
    luaL_newlib(L, functions);
    lua_pushboolean(L, true);
    lua_setfield(L, -2, "available");
    return 1;
}

#else

int luaopen_aluno_archive(lua_State *L)
{
    lua_newtable(L);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "available");
    return 1;
}

#endif
