-- For luacheck, which the style stage of tests/run.sh runs.
std = "lua54"
max_line_length = 130
exclude_files = {"**/*.meta.lua"} -- declarations for editors, which never run
self = false -- a method need not use its object
ignore = {"613"} -- texts that tests compare may end a line with spaces

-- A script of the program `aluno` has the module as a global; the tests of its internals change it, too.
read_globals = {"aluno"}
files["tests/lua"] = {globals = {"aluno", "holder", "sample"}}

-- --restricted replaces globals of Lua.
files["**/restricted.lua"] = {globals = {"load", "require", "string"}}

-- A fuzz target in Lua has what fuzz_lua.c gives it.
files["tests/fuzz"] = {read_globals = {"fuzz"}}
