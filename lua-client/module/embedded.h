/* The Lua files of lua/, built into the program so that it is one file. embed.cmake writes the table. */
#ifndef ALUNO_EMBEDDED_H
#define ALUNO_EMBEDDED_H

#include <stddef.h>

typedef struct embedded_script {
    const char *module; /* what `require` calls it; NULL ends the table */
    const char *chunk;  /* what a traceback calls it */
    const char *source;
    size_t size;
} embedded_script;

extern const embedded_script embedded_scripts[];

#endif
