/* bench-aluno: load for alunod through the SDK. job.h has the arguments. */
#include "load.h"

#include <aluno/aluno.h>

#include <stdlib.h>
#include <string.h>

int main(int argc, char *argv[])
{
    static const struct {
        const char *operation;
        void (*run)(window *w, const job *j);
    } loads[] = {{"connect", load_connect}, {"reconnect", load_reconnect}, {"fill", load_fill}};
    static window w;
    job j;
    if (!job_read(&j, argc, argv))
        return 2;
    void (*run)(window *, const job *) = j.calls == 0 ? load_sync : load_async;
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
        if (strcmp(loads[i].operation, j.operation) == 0)
            run = loads[i].run;
    aluno_use_one_thread();
    window_open(&w, &j);
    run(&w, &j);
    window_print(&w);
    return EXIT_SUCCESS;
}
