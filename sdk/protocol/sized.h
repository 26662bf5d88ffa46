/* Structs that begin with their own size, so that programs built with older or newer headers than the
 * library's can pass them. */
#ifndef ALUNO_PROTOCOL_SIZED_H
#define ALUNO_PROTOCOL_SIZED_H

#include <aluno/error.h>

/* Copies the program's struct over *own, which keeps its defaults in the members that the program does not
 * know. OPTION_INVALID, naming the struct: its size was not set, or it sets a member that the library does
 * not know. */
aluno_code aluno__sized_read(void *own, size_t own_size, const void *given, const char *name,
                             aluno_error *error);

/* Copies *own to the program's struct, as far as the program knows it. Its `size` becomes what was written.
 */
void aluno__sized_write(void *out, const void *own, size_t own_size);

#endif
