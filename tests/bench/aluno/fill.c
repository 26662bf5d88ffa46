/* Creates the students that the other loads read. */
#include "client.h"
#include "load.h"
#include "made_message.h"

enum { BATCH = 100, IN_FLIGHT = 16 };

static void on_created(void *user, const aluno_result *result)
{
    (void)user;
    if (result->code != ALUNO_OK)
        client_fail("fill", result->error);
}

static void start_batch(aluno_client *client, int64_t first, int64_t last)
{
    static aluno_batch_create_students_request request;
    aluno_error error;
    request.has.students = true;
    request.students.count = 0;
    for (int64_t i = first; i <= last; i++)
        made_message((uint64_t)i, &request.students.items[request.students.count++]);
    if (aluno_start_batch_create_students(client, &request, NULL, on_created, NULL, NULL, &error) != ALUNO_OK)
        client_fail("fill", &error);
}

void load_fill(window *w, const job *j)
{
    const aluno_client_options options = client_options(j);
    aluno_client *client = client_opened(&options);
    (void)w;
    for (int64_t first = 1; first <= j->students; first += BATCH) {
        const int64_t last = first + BATCH - 1 < j->students ? first + BATCH - 1 : j->students;
        start_batch(client, first, last);
        while (aluno_client_pending(client) >= IN_FLIGHT)
            aluno_client_wait(client, -1);
    }
    while (aluno_client_pending(client) > 0)
        aluno_client_wait(client, -1);
    aluno_client_close(client);
}
