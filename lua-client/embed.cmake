# Writes OUTPUT, a C file with the table of embedded.h, from SCRIPTS, Lua files by their paths below FOLDER. A module
# has the name of its path: prompt/form.lua is aluno.prompt.form; but those of module/ are what scripts know:
# module/csv.lua is aluno.csv, and module/aluno.lua is aluno.
# Run as: cmake -DOUTPUT=embedded.c -DFOLDER=lua "-DSCRIPTS=module/aluno.lua;commands/help.lua" -P embed.cmake
set(arrays "")
set(rows "")
foreach(script IN LISTS SCRIPTS)
    string(REGEX REPLACE "^module/|\\.lua$" "" path ${script})
    string(REPLACE "/" "." module "aluno.${path}")
    string(MAKE_C_IDENTIFIER ${path} name)
    if(path STREQUAL "aluno")
        set(module "aluno")
    endif()
    file(READ ${FOLDER}/${script} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND arrays "static const char source_${name}[] = {${bytes}};\n")
    string(APPEND rows
        "    {\"${module}\", \"@aluno/${script}\", source_${name}, sizeof source_${name}},\n")
endforeach()
file(WRITE ${OUTPUT} "/* Generated from lua-client/lua. */
#include \"embedded.h\"

${arrays}
const embedded_script embedded_scripts[] = {
${rows}    {NULL, NULL, NULL, 0},
};
")
