/* The command line of `aluno`: its options, up to the first word that is none. */
#ifndef ALUNO_ARGUMENTS_H
#define ALUNO_ARGUMENTS_H

#include <stdbool.h>

typedef struct arguments {
    const char *code;    /* of -e; NULL without it */
    const char *format;  /* of the output; NULL: the command decides */
    const char *fields;  /* the output's columns; NULL: the command decides */
    bool keep_going;     /* input that is no terminal goes on after an error */
    bool restricted;     /* a script has nothing that reaches the machine */
    const char *seconds; /* that a script may run, as they were written; NULL: without end */
    double max_time;     /* the same as a number */
    bool help;
    int next; /* the index of the first word that is no option */
} arguments;

/* Reads the options; those of the connection and the language go to the environment, where aluno.connect
 * looks. -1 to go on, else the code to exit with: what is wrong has been told. */
int arguments_read(int argc, char **argv, arguments *given);

/* Writes how the program is called, and the options. */
void arguments_print_usage(void);
void arguments_print_options(void);

/* Says on stderr what is wrong with the command line, and where help is. Returns EXIT_USAGE. */
int arguments_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The user's language, and a text in it. A printf format is chosen by arguments_in_english: the compiler then
 * checks both. */
bool arguments_in_english(void);
const char *arguments_in_words(const char *en, const char *pt);

#endif
