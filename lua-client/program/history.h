/* The file that keeps command lines from one session to the next: $XDG_STATE_HOME/aluno/history, by default
 * below ~/.local/state. UTF-8, a command a line, the newest last; for its owner alone. */
#ifndef ALUNO_HISTORY_H
#define ALUNO_HISTORY_H

#include <stdio.h>

#include <histedit.h>

/* Bounds *lines, which is new, and adds the lines kept. Cuts a file that has grown far beyond the bound. */
void history_file_load(History *lines);

/* Adds a line, whole, whatever other sessions do at the time. Without a home folder nothing is kept. */
void history_file_append(const char *line);

#endif
