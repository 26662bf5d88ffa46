/* The two sides of a comparison alternate, so that other load on the machine affects both. The median of the
 * rounds counts. */
#include "measure.h"

#include "baseline.h"
#include "figures.h"
#include "place.h"
#include "requests.h"

#include <aluno/schema.h>

#include <stdio.h>
#include <stdlib.h>

static const struct bar no_bar = {.kind = NO_BAR};

/* ---- the service ---- */

static bool first_reply(client *c, const char *url)
{
    aluno__buffer request = {0}, reply = {0};
    request_health(&request);
    const bool answered = client_connect(c, url) && client_call(c, &request, &reply) &&
                          reply_succeeds(aluno_method_of(ALUNO_METHOD_health_check), reply.data, reply.size);
    aluno__buffer_free(&request);
    aluno__buffer_free(&reply);
    return answered;
}

bool subject_start(subject *s, const char *database, double *seconds)
{
    s->client = client_new(); /* its own start is not measured */
    if (s->client == NULL)
        return false;
    const double begun = steady_seconds();
    const bool started =
        process_start_service(&s->service, database) && first_reply(s->client, s->service.url);
    if (seconds != NULL)
        *seconds = steady_seconds() - begun;
    return started;
}

void subject_stop(subject *s)
{
    client_free(s->client);
    s->client = NULL;
    process_stop(&s->service);
}

bool measure_start(const struct scale *scale)
{
    double seconds[ROUNDS_MAX + 1], cpu[ROUNDS_MAX + 1];
    for (size_t i = 0; i <= scale->rounds; i++) {
        subject s = {.scale = scale};
        const bool started = subject_start(&s, "start.db", &seconds[i]);
        cpu[i] = started ? process_cpu(&s.service) : 0;
        subject_stop(&s);
        if (!started)
            return false;
    }
    const double middle = median(seconds + 1, scale->rounds);
    report("start to first reply", middle * 1e3, "ms", (struct bar){AT_MOST, 10},
           "least %.2f ms, %.2f ms CPU; with a new database %.2f ms", seconds[1] * 1e3,
           median(cpu + 1, scale->rounds) * 1e3, seconds[0] * 1e3);
    return true;
}

bool measure_connect(const subject *s)
{
    double seconds[ROUNDS_MAX];
    const double used = process_cpu(&s->service);
    for (size_t i = 0; i < s->scale->rounds; i++) {
        client *c = client_new();
        const double begun = steady_seconds();
        const bool answered = c != NULL && first_reply(c, s->service.url);
        seconds[i] = steady_seconds() - begun;
        client_free(c);
        if (!answered)
            return false;
    }
    const double middle = median(seconds, s->scale->rounds);
    const double cpu = (process_cpu(&s->service) - used) / (double)s->scale->rounds;
    report("connect to first reply", middle * 1e3, "ms", no_bar, "least %.2f ms, %.2f ms CPU", *seconds * 1e3,
           cpu * 1e3);
    return true;
}

void measure_memory(const subject *s, const char *when, double bar_mib)
{
    const struct bar bar = {bar_mib > 0 ? AT_MOST : NO_BAR, bar_mib};
    report(when, process_memory(&s->service), "MiB", bar, "VmRSS");
}

/* ---- creating ---- */

/* Runs one round of creates and stores its rate. */
static bool create_round(subject *s, double *rate)
{
    const size_t count = s->scale->creates;
    aluno__buffer *requests = calloc(count, sizeof *requests);
    if (requests == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        request_create(&requests[i], s->students++);
    const workload work = {.calls = count,
                           .in_flight = CLIENT_IN_FLIGHT_MAX,
                           .requests = requests,
                           .request_count = count,
                           .accept = reply_succeeds,
                           .user = aluno_method_of(ALUNO_METHOD_create_student)};
    const double begun = steady_seconds();
    const bool done = client_run(s->client, &work);
    *rate = (double)count / (steady_seconds() - begun);
    for (size_t i = 0; i < count; i++)
        aluno__buffer_free(&requests[i]);
    free(requests);
    return done;
}

static bool insert_round(baseline *alone, const struct scale *scale, size_t round, double *rate)
{
    const double begun = steady_seconds();
    const bool done = baseline_insert(alone, (uint32_t)(round * scale->inserts), scale->inserts);
    *rate = (double)scale->inserts / (steady_seconds() - begun);
    return done;
}

bool measure_create(subject *s)
{
    double service[ROUNDS_MAX], sqlite[ROUNDS_MAX];
    const size_t rounds = s->scale->rounds;
    baseline *alone = baseline_open(place_file("baseline.db"));
    bool done = alone != NULL;
    const double cpu = process_cpu(&s->service);
    for (size_t i = 0; done && i < rounds; i++)
        done = create_round(s, &service[i]) && insert_round(alone, s->scale, i, &sqlite[i]);
    baseline_close(alone);
    if (!done)
        return false;
    const double used = (process_cpu(&s->service) - cpu) / (double)(rounds * s->scale->creates);
    const double rate = median(service, rounds), rate_alone = median(sqlite, rounds);
    report("CreateStudent, 64 in flight", rate / rate_alone, "x", (struct bar){AT_LEAST, 3},
           "%.0f/s, %.1f us CPU; SQLite, an insert a transaction: %.0f/s", rate, used * 1e6, rate_alone);
    return true;
}

/* ---- reading ---- */

/* Repeats one request, checks that every reply is equal to `expected` and stores the cost of a call. */
static bool repeat(client *c, const process *server, const aluno__buffer *request,
                   const aluno__buffer *expected, size_t calls, double *cpu, double *rate)
{
    const workload work = {.calls = calls,
                           .in_flight = CLIENT_IN_FLIGHT_MAX,
                           .requests = request,
                           .request_count = 1,
                           .accept = reply_equals,
                           .user = expected};
    const double begun = steady_seconds(), used = process_cpu(server);
    const bool done = client_run(c, &work);
    *cpu = (process_cpu(server) - used) / (double)calls;
    *rate = (double)calls / (steady_seconds() - begun);
    return done;
}

/* Makes a call and checks its reply. All later replies must be equal to it. */
static bool ask(client *c, aluno_method_id method, const aluno__buffer *request, aluno__buffer *reply)
{
    return client_call(c, request, reply) &&
           reply_succeeds(aluno_method_of(method), reply->data, reply->size);
}

/* The mean of request and reply: an echo transfers as many bytes as a call. */
static void fill_echo(aluno__buffer *out, const aluno__buffer *request, const aluno__buffer *reply)
{
    static const uint8_t byte = 0xc0;
    for (size_t i = 0; i < (request->size + reply->size) / 2; i++)
        aluno__buffer_append(out, &byte, 1);
}

static bool compare_get(const subject *s, client *to_echo, const process *echo, const aluno__buffer *request,
                        const aluno__buffer *reply, const aluno__buffer *payload)
{
    double service[ROUNDS_MAX], yardstick[ROUNDS_MAX], rate[ROUNDS_MAX], rate_echo[ROUNDS_MAX];
    const size_t rounds = s->scale->rounds, calls = s->scale->reads;
    for (size_t i = 0; i < rounds; i++)
        if (!repeat(s->client, &s->service, request, reply, calls, &service[i], &rate[i]) ||
            !repeat(to_echo, echo, payload, payload, calls, &yardstick[i], &rate_echo[i]))
            return false;
    const double cost = median(service, rounds), cost_echo = median(yardstick, rounds);
    report("GetStudent, 64 in flight", cost / cost_echo, "x", (struct bar){AT_MOST, 1.4},
           "CPU %.2f us (least %.2f), %.0f/s; echo of %zu bytes: %.2f us (%.2f), %.0f/s", cost * 1e6,
           *service * 1e6, median(rate, rounds), payload->size, cost_echo * 1e6, *yardstick * 1e6,
           median(rate_echo, rounds));
    return true;
}

bool measure_get(const subject *s)
{
    aluno__buffer request = {0}, reply = {0}, payload = {0};
    process echo = {.pid = 0};
    client *to_echo = client_new();
    request_get(&request, 1);
    bool done = to_echo != NULL && ask(s->client, ALUNO_METHOD_get_student, &request, &reply) &&
                process_start_echo(&echo) && client_connect(to_echo, echo.url);
    if (done) {
        fill_echo(&payload, &request, &reply);
        done = compare_get(s, to_echo, &echo, &request, &reply, &payload);
    }
    client_free(to_echo);
    process_stop(&echo);
    aluno__buffer_free(&request);
    aluno__buffer_free(&reply);
    aluno__buffer_free(&payload);
    return done;
}

bool measure_page(const subject *s)
{
    double cpu[ROUNDS_MAX], rate[ROUNDS_MAX];
    aluno__buffer request = {0}, reply = {0};
    request_page(&request);
    bool done = ask(s->client, ALUNO_METHOD_list_students, &request, &reply);
    for (size_t i = 0; done && i < s->scale->rounds; i++)
        done = repeat(s->client, &s->service, &request, &reply, s->scale->pages, &cpu[i], &rate[i]);
    if (done)
        report("ListStudents, 64 in flight", median(rate, s->scale->rounds), "/s", no_bar,
               "%.1f us CPU; a page of %zu bytes", median(cpu, s->scale->rounds) * 1e6, reply.size);
    aluno__buffer_free(&request);
    aluno__buffer_free(&reply);
    return done;
}

bool measure_latency(const subject *s)
{
    aluno__buffer request = {0}, reply = {0};
    const size_t calls = s->scale->lone;
    double *seconds = calloc(calls, sizeof *seconds);
    request_get(&request, 1);
    bool done = seconds != NULL && ask(s->client, ALUNO_METHOD_get_student, &request, &reply);
    const workload work = {.calls = calls,
                           .in_flight = 1,
                           .requests = &request,
                           .request_count = 1,
                           .accept = reply_equals,
                           .user = &reply,
                           .seconds = seconds};
    done = done && client_run(s->client, &work);
    if (done) {
        const double middle = median(seconds, calls);
        report("GetStudent, 1 in flight", middle * 1e6, "us", no_bar, "99 %% within %.0f us, least %.0f us",
               percentile(seconds, calls, 0.99) * 1e6, *seconds * 1e6);
    }
    free(seconds);
    aluno__buffer_free(&request);
    aluno__buffer_free(&reply);
    return done;
}
