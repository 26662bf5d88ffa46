/* Runs calls on the threads that execute.h says. */
#include "execute.h"

#include "audit/event.h"
#include "base/clock.h"
#include "dispatch.h"
#include "handlers/erase.h"
#include "ledger.h"
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

static void submit_read(struct execution *execution, enum limit limit)
{
    struct call *call = &execution->call;
    struct limits *limits = &call->service->limits;
    aluno_error error;
    execution->task.run = run_task;
    if (readers_submit(call->service->readers, &call->caller.account->searches, &execution->task,
                       (size_t)limits->most[limit]))
        return;
    account_refuse(limits, limit, &error);
    dispatch_fail(call, &error);
    finish(execution);
}

/* ---- lookups: reads of one student by id, run together ---- */

static bool is_lookup(const struct call *call)
{
    return call->method->id == ALUNO_METHOD_get_student &&
           ((const aluno_get_student_request *)call->request)->has.id;
}

/* Reads what the calls will ask for. It gives up after a while, or at the first deadline: lookups have few
 * threads. */
static aluno_code fetch(struct reader_task *first, struct store_session *session)
{
    enum { WAIT_MS = 500 };
    int64_t ids[STORE_FETCH_MAX], deadline_ms = aluno__clock_deadline(WAIT_MS);
    size_t count = 0;
    for (struct reader_task *task = first; task != NULL; task = task->next) {
        const struct call *call = &EXECUTION_OF(task, task)->call;
        ids[count++] = ((const aluno_get_student_request *)call->request)->id;
        deadline_ms = call->deadline_ms < deadline_ms ? call->deadline_ms : deadline_ms;
    }
    store_session_until(session, deadline_ms);
    return student_fetch(session, ids, count, NULL);
}

/* Where the students cannot be read together, each call reads by itself, with the time that it has. */
static void run_lookups(struct reader_task *first)
{
    struct store *students = EXECUTION_OF(task, first)->call.service->store;
    struct store_session *session = store_session_acquire(students);
    const bool is_fetched = fetch(first, session) == ALUNO_OK;
    struct reader_task *next;
    for (struct reader_task *task = first; task != NULL; task = next) {
        struct execution *execution = EXECUTION_OF(task, task);
        next = task->next; /* the execution may be used again when it has finished */
        if (is_fetched) {
            dispatch_run(&execution->call, session);
            finish(execution);
        } else {
            submit_read(execution, LIMIT_certificate_calls);
        }
    }
    store_session_release(students, session);
}

/* How many calls a certificate may have has been checked by then. */
static void submit_lookup(struct execution *execution)
{
    struct call *call = &execution->call;
    execution->task.run = run_lookups;
    readers_submit(call->service->lookups, &call->caller.account->lookups, &execution->task, SIZE_MAX);
}

/* ---- watches ---- */

static void answer_watch(struct watch *watch)
{
    struct execution *execution = EXECUTION_OF(watch, watch);
    watches_leave(execution->call.service->watches, watch);
    finish(execution);
}

static void note_wait(struct execution *execution)
{
    if (!execution->has_waited && execution->waits != NULL)
        execution->waits(execution);
    execution->has_waited = true;
}

/* The service's bound, and a moment before the deadline, so that the reply is in time. */
static int64_t watch_end(const struct call *call)
{
    const aluno_watch_students_request *request = call->request;
    const int64_t asked_ms = request->has.wait_ms ? request->wait_ms : 0;
    const int64_t most_ms = call->service->limits.most[LIMIT_watch_ms],
                  in_time_ms = call->timeout_ms - call->timeout_ms / 10;
    int64_t wait_ms = asked_ms < most_ms ? asked_ms : most_ms;
    wait_ms = wait_ms < in_time_ms ? wait_ms : in_time_ms;
    return call->arrived_us / 1000 + wait_ms;
}

static void run_watch(struct reader_task *task)
{
    struct execution *execution = EXECUTION_OF(task, task);
    struct call *call = &execution->call;
    struct watches *watches = call->service->watches;
    watches_begin_run(watches, &execution->watch);
    struct store_session *session = store_session_acquire(call->service->store);
    dispatch_run(call, session);
    store_session_release(call->service->store, session);
    if (call->must_wait)
        note_wait(execution);
    if (!call->must_wait || !watches_wait(watches, &execution->watch, watch_end(call)))
        answer_watch(&execution->watch);
}

static void submit_watch(struct watch *watch)
{
    struct execution *execution = EXECUTION_OF(watch, watch);
    execution->task.run = run_watch;
    readers_submit(execution->call.service->readers, &watch->account->watching, &execution->task, SIZE_MAX);
}

static void begin_watch(struct execution *execution)
{
    struct call *call = &execution->call;
    const aluno_watch_students_request *request = call->request;
    bool later;
    aluno_error error;
    execution->has_waited = false;
    execution->is_watch = true;
    account_begin_watch(call->caller.account);
    execution->watch = (struct watch){.account = call->caller.account,
                                      .gone = call->caller.gone,
                                      .id = request->has.watch_id ? request->watch_id : NULL,
                                      .run = submit_watch,
                                      .answer = answer_watch};
    if (watches_enter(call->service->watches, &execution->watch, &later, &error) != ALUNO_OK) {
        account_refuse_watch(call->caller.account);
        execution->is_watch = false;
        dispatch_fail(call, &error);
        finish(execution);
    } else if (!later) {
        submit_watch(&execution->watch);
    }
}

/* ---- changes ---- */

static bool apply_change(struct store_change *change, struct store_session *session)
{
    return dispatch_run(&EXECUTION_OF(change, change)->call, session);
}

static void finish_change(struct store_change *change, const aluno_error *commit_error)
{
    struct execution *execution = EXECUTION_OF(change, change);
    aluno_error unsettled;
    if (commit_error != NULL)
        dispatch_fail(&execution->call, ledger_commit_error(&execution->call, commit_error, &unsettled));
    if (execution->call.method->id == ALUNO_METHOD_erase_student) {
        watch_pages_forget(execution->call.service->watch_pages);
        erase_end(&execution->call);
    }
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

/* Health, and the contract's description, need no store, and are answered while it does not. */
static bool reads_store(const struct call *call)
{
    return audit_is_about_students(call->method);
}

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
        if (service->is_remote && is_lookup(&execution->call))
            submit_lookup(execution);
        else if (service->is_remote && reads_store(&execution->call))
            submit_read(execution, LIMIT_certificate_calls);
        else
            run_read(execution);
        break;
    case ALUNO_SCANS:
        if (execution->call.method->id == ALUNO_METHOD_watch_students)
            begin_watch(execution);
        else if (is_cheap_page(&execution->call) && !service->is_remote)
            run_cheap_page(execution);
        else
            submit_read(execution, LIMIT_certificate_searches);
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
