# Writes OUTPUT, a C file with the table of embedded.h, from SCRIPTS, files by their paths below FOLDER. A module has
# the name of its path: repl/form.lua is repl.form, and repl/init.lua is repl. A module from a shell script or a style
# sheet is its text.
# Each begins with `local require = ...`, on its first line: the files know each other by a require of their own.
# Run as: cmake -DOUTPUT=embedded.c -DFOLDER=lua "-DSCRIPTS=aluno/init.lua;repl/form.lua" -P embed.cmake
string(HEX "local require = ... " begin)
string(HEX "return [==[\n" text_begin)
string(HEX "]==]" text_end)
set(arrays "")
set(rows "")
foreach(script IN LISTS SCRIPTS)
    string(REGEX REPLACE "(/init)?\\.(lua|sh|css)$" "" path ${script})
    string(REPLACE "/" "." module ${path})
    string(MAKE_C_IDENTIFIER ${script} name)
    file(READ ${FOLDER}/${script} bytes HEX)
    if(NOT script MATCHES "\\.lua$")
        set(bytes ${text_begin}${bytes}${text_end})
    endif()
    set(bytes ${begin}${bytes})
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND arrays "static const char source_${name}[] = {${bytes}};\n")
    string(APPEND rows
        "    {\"${module}\", \"@${script}\", source_${name}, sizeof source_${name}},\n")
endforeach()
file(WRITE ${OUTPUT} "/* Generated from lua-client/lua. */
#include \"embedded.h\"

${arrays}
const embedded_script embedded_scripts[] = {
${rows}    {NULL, NULL, NULL, 0},
};
")
