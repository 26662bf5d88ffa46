/* Two tables as text. */
#include "option_help.h"

#include <ctype.h>

const char *option_variable(const struct option_row *row, char name[64])
{
    snprintf(name, 64, "ALUNOD_%s", row->name);
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
    return name;
}

static void write_row(FILE *to, const struct option_row *row)
{
    char flag[64], variable[64] = "";
    snprintf(flag, sizeof flag, "--%s %s", row->name, row->metavariable);
    if (row->kind != SWITCH && row->result == 0) /* of no command */
        option_variable(row, variable);
    fprintf(to, "  %-34s %-30s %s", flag, variable, row->doc);
    if (row->is_required)
        fputs(" (required)", to);
    if (row->fallback != NULL)
        fprintf(to, " (default %s)", row->fallback);
    fputc('\n', to);
}

void option_help_write(FILE *to, const struct option_row *rows, size_t row_count,
                       const struct option_command *commands, size_t command_count)
{
    fputs("Usage: alunod --ca FILE --cert FILE --key FILE [OPTION]...\n"
          "       alunod COMMAND [OPTION]...\n"
          "Serves a school's student registry over mutual TLS.\n\n",
          to);
    for (size_t i = 0; i < command_count; i++)
        fprintf(to, "  %-8s %-4s  %s\n", commands[i].name, commands[i].operand, commands[i].doc);
    fputc('\n', to);
    for (size_t i = 0; i < row_count; i++)
        write_row(to, &rows[i]);
    fputs(
        "\nThe second column is the environment's variable. A flag wins over the environment, that over the\n"
        "--config file, that over the default.\n",
        to);
}
