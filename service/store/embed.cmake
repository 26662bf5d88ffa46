# Writes the .sql files of a folder into a C file, in the order of their names, as NAMEs and NAME_count, which HEADER
# declares: cmake -DFOLDER= -DOUTPUT= -DHEADER= -DNAME= -P embed.cmake
file(GLOB scripts ${FOLDER}/*.sql)
list(SORT scripts)

set(arrays "")
set(names "")
foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WE)
    file(READ ${script} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND arrays "static const char sql_${name}[] = {${bytes}'\\0'};\n")
    list(APPEND names "sql_${name}")
endforeach()
list(LENGTH names count)
list(JOIN names ", " names)

file(WRITE ${OUTPUT} "/* Made by embed.cmake from the folder migrations. */
#include \"${HEADER}\"

${arrays}
const char *const ${NAME}s[] = {${names}};
const int ${NAME}_count = ${count};
")
