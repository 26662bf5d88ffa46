/* The limit of open files. Each connection takes one. */
#ifndef ALUNOD_DESCRIPTORS_H
#define ALUNOD_DESCRIPTORS_H

#include <stddef.h>

/* Raises the limit to what that many connections need, as far as it may be raised. */
void descriptors_allow(size_t connections);

/* How many of that many connections the limit allows when it is raised. */
size_t descriptors_for_connections(size_t connections);

#endif
