/* Runs calls on the threads that execute.h says. */
#include "execute.h"

#include "dispatch.h"
#include "handlers/erase.h"
#include "nng/threads.h"
#include "reply.h"

#define EXECUTION_OF(member, at)                                                                             \
    ((struct execution *)(void *)((char *)(at)-offsetof(struct execution, member)))

static void finish(struct execution *execution)
{
    dispatch_close(&execution->call);
    execution->done(execution);
}

/* ---- reads ---- */

static void run_read(struct execution *execution)
{
    struct store *students = execution->call.service->store;
    struct store_session *session = store_session_acquire(students);
    dispatch_run(&execution->call, session);
    store_session_release(students, session);
    finish(execution);
}

static void run_task(struct reader_task *task)
{
    run_read(EXECUTION_OF(task, task));
}

/* A page in the order of ids: its rows lie one after another in the table, and there is nothing to search. */
static bool is_cheap_page(const struct call *call)
{
    const aluno_list_students_request *page = call->request;
    return call->method->id == ALUNO_METHOD_list_students && !page->has.query && !page->has.order_by &&
           !page->has.show_deleted;
}

static void run_cheap_page(struct execution *execution)
{
    execution->task.run = run_task;
    if (!execution->is_busy || !readers_offer(execution->call.service->readers, &execution->task))
        run_read(execution);
}

static void submit_scan(struct execution *execution)
{
    struct call *call = &execution->call;
    struct limits *limits = &call->service->limits;
    aluno_error error;
    execution->task.run = run_task;
    if (readers_submit(call->service->readers, &call->caller.account->searches, &execution->task,
                       (size_t)limits->most[LIMIT_certificate_searches]))
        return;
    account_refuse(limits, LIMIT_certificate_searches, &error);
    dispatch_fail(call, &error);
    finish(execution);
}

/* ---- changes ---- */

static bool apply_change(struct store_change *change, struct store_session *session)
{
    return dispatch_run(&EXECUTION_OF(change, change)->call, session);
}

static void finish_change(struct store_change *change, const aluno_error *commit_error)
{
    struct execution *execution = EXECUTION_OF(change, change);
    if (commit_error != NULL)
        dispatch_fail(&execution->call, commit_error);
    if (execution->call.method->id == ALUNO_METHOD_erase_student)
        erase_end(&execution->call);
    finish(execution);
}

/* Changes that are undone often enough to be worth a savepoint: a batch fails as a whole when one student
 * does. */
static bool is_tentative(const struct call *call)
{
    return call->is_dry_run || call->method->id == ALUNO_METHOD_batch_create_students;
}

/* A hop to another thread and back takes as long as the disk. nng's other callbacks run meanwhile. */
static bool make_change(struct execution *execution)
{
    struct store *students = execution->call.service->store;
    if (store_is_changing(students) || !aluno__nng_lend_thread())
        return false;
    const bool is_made = store_make(students, &execution->change);
    aluno__nng_take_thread_back();
    return is_made;
}

static void submit_change(struct execution *execution)
{
    aluno_error error;
    execution->change = (struct store_change){
        .is_tentative = is_tentative(&execution->call), .apply = apply_change, .done = finish_change};
    if (make_change(execution))
        return;
    if (store_submit(execution->call.service->store, &execution->change, &error) != ALUNO_OK)
        finish_change(&execution->change, &error);
}

/* ---- which thread ---- */

void execute(struct execution *execution, struct service *service, const struct caller *caller,
             const uint8_t *bytes, size_t size, void (*done)(struct execution *execution))
{
    execution->done = done;
    if (!dispatch_open(&execution->call, &execution->outcome, service, caller, bytes, size)) {
        finish(execution);
        return;
    }
    switch (execution->call.method->effect) {
    case ALUNO_READS:
        run_read(execution);
        break;
    case ALUNO_SCANS:
        if (is_cheap_page(&execution->call))
            run_cheap_page(execution);
        else
            submit_scan(execution);
        break;
    case ALUNO_MUTATES:
        submit_change(execution);
        break;
    }
}

void execution_free(struct execution *execution)
{
    outcome_free(&execution->outcome);
}
