# Writes OUTPUT, a C file with the table of embedded.h, from the Lua files in SCRIPTS.
# Run as: cmake -DOUTPUT=embedded.c -DSCRIPTS=lua/aluno.lua;lua/form.lua -P embed.cmake
set(arrays "")
set(rows "")
foreach(script IN LISTS SCRIPTS)
    get_filename_component(name ${script} NAME_WE)
    if(name STREQUAL "aluno")
        set(module "aluno")
    else()
        set(module "aluno.${name}")
    endif()
    file(READ ${script} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND arrays "static const char source_${name}[] = {${bytes}};\n")
    string(APPEND rows
        "    {\"${module}\", \"@aluno/${name}.lua\", source_${name}, sizeof source_${name}},\n")
endforeach()
file(WRITE ${OUTPUT} "/* Generated from lua-client/lua. */
#include \"embedded.h\"

${arrays}
const embedded_script embedded_scripts[] = {
${rows}    {NULL, NULL, NULL, 0},
};
")
