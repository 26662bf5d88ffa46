/* Scripts when Lua's memory runs out: in each run the n-th allocation and all after it fail,
 * n = 1, 2, 3 …, until all succeed. No call may outlive its future: memory is overwritten before it is freed,
 * so that a use after free fails the test. */
#include "school.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct school school;

static const char script[] =
    "package.cpath = os.getenv('ALUNO_BUILD') .. '/lua-client/?.so'\n"
    "local client = require('aluno').connect {}\n"
    "local async = client:async()\n"
    "assert(client:ready())\n"
    "function start() for _ = 1, 16 do async:get {id = 1} end end\n"
    "function use()\n"
    "    local other <close> = require('aluno').connect {}\n"
    "    local ana = {name = 'Ana', age = 20, br_document = '52998224725', email = 'ana@example.com'}\n"
    "    ana.validate_only = true\n"
    "    local made, err = other:create(ana)\n"
    "    assert(made and made.name == 'Ana', err)\n"
    "    ana.age = 151\n"
    "    made, err = other:create(ana)\n"
    "    assert(not made and err.violations[1].reason == 'AGE_RANGE', err)\n"
    "    for _ in other:each {page_size = 1} do error 'nobody is there' end\n"
    "    assert(other:async():list({}):wait())\n"
    "end\n"
    "function finish()\n"
    "    collectgarbage() collectgarbage() -- once for the finalizer, once for the memory\n"
    "    local _, err = client:get {id = 1}\n"
    "    return err.reason\n"
    "end\n";

/* Lua's allocator: only so many allocations succeed. Shrinking always succeeds. */
static void *allocate(void *left, void *at, size_t size, size_t wanted)
{
    const size_t present = at != NULL ? size : 0;
    void *made = NULL;
    if (wanted > present && *(size_t *)left == 0)
        return NULL;
    if (wanted > present)
        --*(size_t *)left;
    if (wanted > 0) {
        made = malloc(wanted);
        assert_non_null(made);
        memcpy(made, at != NULL ? at : "", present < wanted ? present : wanted);
    }
    if (at != NULL)
        explicit_bzero(at, present);
    free(at);
    return made;
}

/* Runs the script's function with so many allocations. Returns Lua's status. */
static int run(const char *function, size_t most)
{
    size_t left = SIZE_MAX;
    lua_State *L = lua_newstate(allocate, &left);
    assert_non_null(L);
    luaL_openlibs(L);
    if (luaL_dostring(L, script) != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    lua_getglobal(L, function);
    left = most;
    const int status = lua_pcall(L, 0, 0, 0);
    left = SIZE_MAX;
    lua_getglobal(L, "finish");
    assert_int_equal(lua_pcall(L, 0, 1, 0), LUA_OK);
    assert_string_equal(lua_tostring(L, -1), "STUDENT_NOT_FOUND");
    lua_close(L);
    return status;
}

static void run_each(const char *function)
{
    size_t most = 0;
    for (int status; (status = run(function, most)) != LUA_OK; most++)
        assert_int_equal(status, LUA_ERRMEM);
    assert_true(most > 0);
}

static void test_calls_that_are_started(void **state)
{
    (void)state;
    run_each("start");
}

static void test_a_client_of_its_own(void **state)
{
    (void)state;
    run_each("use");
}

static int set_up(void **state)
{
    (void)state;
    school_open(&school, 100); /* seconds: each run connects once or twice */
    school_start(&school);
    const aluno_client_options options = school_client_options(&school);
    setenv("ALUNO_SERVER", options.server, true);
    setenv("ALUNO_CA", options.ca_file, true);
    setenv("ALUNO_CERT", options.cert_file, true);
    setenv("ALUNO_KEY", options.key_file, true);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_calls_that_are_started, set_up),
        SCHOOL_TEST(test_a_client_of_its_own, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
