/* A change that submits itself again until no segment is missing. Each time it takes one step: it reads a
 * segment, or stores the rows of one first byte, or finishes the segment. A step is taken again when its
 * transaction had to be undone, so the next step is known only once it is durable. */
#include "search_builder.h"

#include "search_index.h"
#include "search_segment.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { STEP_READ = -1, STEP_FINISH = UINT8_MAX + 1 }; /* between them: the byte whose rows are stored */

struct search_builder {
    struct store_change change; /* first: the store returns it */
    struct store_writer *writer;
    atomic_bool stopping;
    pthread_mutex_t lock; /* a change may start it while another thread reports its last step */
    bool is_running, is_wanted_again;
    int64_t from; /* segments before it are indexed */
    int step, next_step;
    bool is_stale; /* what it read of the segment */
    struct segment segment;
};

static aluno_code read_missing(struct search_builder *builder, struct store_session *session)
{
    int64_t number;
    const aluno_code code = search_index_missing(session, builder->from, &number, NULL);
    if (code != ALUNO_OK || number < 0)
        return code;
    builder->from = number;
    builder->next_step = 0;
    return segment_read(session, number, &builder->segment, NULL);
}

static aluno_code finish_segment(struct search_builder *builder, struct store_session *session)
{
    builder->next_step = STEP_READ;
    return segment_finish(session, &builder->segment, NULL);
}

/* The first byte from `byte` on that an entry begins with. */
static int next_byte(const struct segment *segment, int byte)
{
    while (byte < STEP_FINISH && !segment->begins[byte])
        byte++;
    return byte;
}

static aluno_code write_byte(struct search_builder *builder, struct store_session *session)
{
    const int byte = next_byte(&builder->segment, builder->step);
    builder->next_step = byte < STEP_FINISH ? byte + 1 : STEP_FINISH;
    return byte < STEP_FINISH ? segment_write(session, &builder->segment, (uint8_t)byte, NULL) : ALUNO_OK;
}

static bool apply(struct store_change *change, struct store_session *session)
{
    struct search_builder *builder = (struct search_builder *)(void *)change;
    aluno_code code;
    if (builder->is_stale)
        builder->step = STEP_READ;
    builder->is_stale = false;
    if (builder->step == STEP_READ)
        code = read_missing(builder, session);
    else if (builder->step == STEP_FINISH)
        code = finish_segment(builder, session);
    else
        code = write_byte(builder, session);
    if (code != ALUNO_OK)
        builder->next_step = builder->step;
    return code == ALUNO_OK;
}

/* Returns whether it has been started since it began. */
static bool end(struct search_builder *builder)
{
    builder->step = builder->next_step = STEP_READ;
    segment_free(&builder->segment);
    pthread_mutex_lock(&builder->lock);
    const bool goes_on = builder->is_wanted_again;
    builder->is_running = goes_on;
    builder->is_wanted_again = false;
    pthread_mutex_unlock(&builder->lock);
    return goes_on;
}

static void submit(struct search_builder *builder)
{
    bool done = false;
    while (!done)
        done = (!atomic_load(&builder->stopping) &&
                writer_submit(builder->writer, &builder->change, NULL) == ALUNO_OK) ||
               !end(builder);
}

/* After a failure, which the store has logged, the next start tries again. */
static void finish(struct store_change *change, const aluno_error *commit_error)
{
    struct search_builder *builder = (struct search_builder *)(void *)change;
    const bool went_on = commit_error == NULL && builder->next_step != builder->step;
    builder->step = builder->next_step;
    if (went_on || end(builder))
        submit(builder);
}

struct search_builder *search_builder_new(void)
{
    struct search_builder *builder = calloc(1, sizeof *builder);
    if (builder == NULL)
        return NULL;
    pthread_mutex_init(&builder->lock, NULL);
    builder->change = (struct store_change){.apply = apply, .done = finish};
    builder->step = builder->next_step = STEP_READ;
    return builder;
}

void search_builder_set_writer(struct search_builder *builder, struct store_writer *writer)
{
    builder->writer = writer;
}

void search_builder_start(struct search_builder *builder)
{
    pthread_mutex_lock(&builder->lock);
    const bool is_running = builder->is_running;
    builder->is_running = true;
    builder->is_wanted_again = is_running;
    pthread_mutex_unlock(&builder->lock);
    if (!is_running)
        submit(builder);
}

void search_builder_restart(struct search_builder *builder)
{
    if (builder != NULL)
        builder->is_stale = true;
}

void search_builder_stop(struct search_builder *builder)
{
    if (builder != NULL)
        atomic_store(&builder->stopping, true);
}

void search_builder_free(struct search_builder *builder)
{
    if (builder == NULL)
        return;
    segment_free(&builder->segment);
    pthread_mutex_destroy(&builder->lock);
    free(builder);
}
