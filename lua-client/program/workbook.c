/* A workbook with one sheet, written row by row in constant memory.
 *
 *   local book, problem = workbook.create(path, "Alunos", {"nome", "idade"})    -- the headings
 *   book:row {"Ana", 9}       -- texts stay texts, whatever they look like; numbers are numbers
 *   book:close()              -- true | nil, problem; without it no file is written */
#include "workbook.h"

#include <stdbool.h>

#ifdef ALUNO_XLSX_WRITE

#    include <xlsxwriter.h>

#    define WORKBOOK_METATABLE "aluno.workbook"

enum { COLUMN_WIDTH = 24 };

typedef struct book {
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *heading, *text;
    lxw_row_t row;
    lxw_col_t last; /* column */
} book;

static book *check_book(lua_State *L)
{
    book *self = luaL_checkudata(L, 1, WORKBOOK_METATABLE);
    luaL_argcheck(L, self->workbook != NULL, 1, "the workbook is closed");
    return self;
}

/* nil, the problem's words */
static int fail(lua_State *L, lxw_error error)
{
    lua_pushnil(L);
    lua_pushstring(L, lxw_strerror(error));
    return 2;
}

static lxw_error write_cell(lua_State *L, book *self, int index, lxw_col_t column, lxw_format *format)
{
    if (!lua_toboolean(L, index))
        return LXW_NO_ERROR;
    if (lua_type(L, index) == LUA_TNUMBER)
        return worksheet_write_number(self->sheet, self->row, column, lua_tonumber(L, index), NULL);
    return worksheet_write_string(self->sheet, self->row, column, luaL_checkstring(L, index), format);
}

/* Writes the list on top of the stack as the next row. */
static lxw_error write_row(lua_State *L, book *self, lxw_format *format)
{
    const lua_Integer count = luaL_len(L, -1);
    lxw_error error = LXW_NO_ERROR;
    for (lua_Integer i = 1; i <= count && error == LXW_NO_ERROR; i++) {
        lua_geti(L, -1, i);
        error = write_cell(L, self, -1, (lxw_col_t)(i - 1), format);
        lua_pop(L, 1);
    }
    self->row++;
    return error;
}

/* book:row(cells) -> true | nil, problem. A cell that is false is empty. */
static int add_row(lua_State *L)
{
    book *self = check_book(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    const lxw_error error = write_row(L, self, self->text);
    if (error != LXW_NO_ERROR)
        return fail(L, error);
    lua_pushboolean(L, true);
    return 1;
}

/* book:close() -> true | nil, problem */
static int close_book(lua_State *L)
{
    book *self = luaL_checkudata(L, 1, WORKBOOK_METATABLE);
    if (self->workbook == NULL)
        return 0;
    if (self->row > 1)
        worksheet_autofilter(self->sheet, 0, 0, self->row - 1, self->last);
    const lxw_error error = workbook_close(self->workbook);
    self->workbook = NULL;
    if (error != LXW_NO_ERROR)
        return fail(L, error);
    lua_pushboolean(L, true);
    return 1;
}

/* Discards a workbook that was not closed. The collector must not write a file that nobody expects. */
static int discard_book(lua_State *L)
{
    book *self = luaL_checkudata(L, 1, WORKBOOK_METATABLE);
    if (self->workbook != NULL)
        lxw_workbook_free(self->workbook);
    self->workbook = NULL;
    return 0;
}

/* create(path, sheet, headings) -> book | nil, problem */
static int create(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1), *name = luaL_checkstring(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    book *self = lua_newuserdatauv(L, sizeof *self, 0);
    *self = (book){.row = 0};
    luaL_setmetatable(L, WORKBOOK_METATABLE);
    self->workbook = workbook_new_opt(path, &options);
    if (self->workbook == NULL)
        return fail(L, LXW_ERROR_MEMORY_MALLOC_FAILED);
    self->sheet = workbook_add_worksheet(self->workbook, name);
    self->heading = workbook_add_format(self->workbook);
    self->text = workbook_add_format(self->workbook);
    if (self->sheet == NULL || self->heading == NULL || self->text == NULL)
        return fail(L, LXW_ERROR_MEMORY_MALLOC_FAILED);
    format_set_bold(self->heading);
    format_set_num_format(self->text, "@");
    const lua_Integer columns = luaL_len(L, 3);
    self->last = (lxw_col_t)(columns > 0 ? columns - 1 : 0);
    worksheet_set_column(self->sheet, 0, self->last, COLUMN_WIDTH, NULL);
    worksheet_freeze_panes(self->sheet, 1, 0);
    lua_pushvalue(L, 3);
    const lxw_error error = write_row(L, self, self->heading);
    lua_pop(L, 1);
    return error == LXW_NO_ERROR ? 1 : fail(L, error);
}

int luaopen_aluno_workbook(lua_State *L)
{
    static const luaL_Reg methods[] = {{"row", add_row}, {"close", close_book}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"create", create}, {NULL, NULL}};
    luaL_newmetatable(L, WORKBOOK_METATABLE);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, discard_book);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    lua_pushboolean(L, true);
    lua_setfield(L, -2, "available");
    return 1;
}

#else

int luaopen_aluno_workbook(lua_State *L)
{
    lua_newtable(L);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "available");
    return 1;
}

#endif
