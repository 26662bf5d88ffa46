/* A ring of bytes. The thread writes whole lines, as many as a pipe takes atomically (PIPE_BUF), so that a
 * process that ends leaves no half of a line. A line after a pause is written at once. */
#include "log_writer.h"

#include "base/clock.h"
#include "base/thread.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum {
    QUEUE_SIZE = 256 * 1024,
    CHUNK = sizeof((struct log_text *)0)->text,
    GATHER_MS = 2,   /* between two writes, unless there is a chunk */
    RETRY_MS = 1000, /* while stderr fails */
};

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    log_writer_report *report; /* NULL: not started */
    char bytes[QUEUE_SIZE];
    size_t first, used;
    int64_t written_ms;      /* when the thread last wrote */
    atomic_size_t unwritten; /* bytes in the queue and in the thread's hands */
    atomic_ullong dropped;   /* lines that are not reported yet; while there are any, no line is queued */
    atomic_ullong ever_dropped;
    atomic_bool failing; /* the last write failed */
} queue = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* ---- writing ---- */

/* False when stderr fails otherwise than for now. */
static bool write_all(const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t written = write(STDERR_FILENO, bytes, size);
        if (written >= 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (errno == EAGAIN) {
            (void)poll(&(struct pollfd){.fd = STDERR_FILENO, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static unsigned long long count_lines(const struct log_text *lines)
{
    unsigned long long count = 0;
    for (size_t i = 0; i < lines->size; i++)
        count += lines->text[i] == '\n';
    return count;
}

/* ---- the queue, under the mutex ---- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void copy_in(const struct log_text *line)
{
    const size_t at = (queue.first + queue.used) % QUEUE_SIZE;
    const size_t until_wrap = smaller(line->size, QUEUE_SIZE - at);
    memcpy(queue.bytes + at, line->text, until_wrap);
    memcpy(queue.bytes, line->text + until_wrap, line->size - until_wrap);
    queue.used += line->size;
}

/* Moves whole lines out of the queue, as many as fit. */
static void take_lines(struct log_text *out)
{
    const size_t most = smaller(queue.used, sizeof out->text);
    const size_t until_wrap = smaller(most, QUEUE_SIZE - queue.first);
    memcpy(out->text, queue.bytes + queue.first, until_wrap);
    memcpy(out->text + until_wrap, queue.bytes, most - until_wrap);
    const char *end = memrchr(out->text, '\n', most);
    out->size = end == NULL ? 0 : (size_t)(end + 1 - out->text);
    queue.first = (queue.first + out->size) % QUEUE_SIZE;
    queue.used -= out->size;
}

/* Lines that follow others closely are written together: a wake-up costs more than a line. */
static void gather(void)
{
    const struct timespec until = aluno__clock_timespec(queue.written_ms + GATHER_MS);
    while (queue.used < CHUNK && pthread_cond_timedwait(&queue.changed, &queue.mutex, &until) == 0)
        continue;
}

/* Waits for lines, or for dropped ones that can be reported. */
static void wait_for_work(void)
{
    while (queue.used == 0 && atomic_load(&queue.dropped) == 0)
        pthread_cond_wait(&queue.changed, &queue.mutex);
    if (queue.used == 0 && atomic_load(&queue.failing)) {
        const struct timespec until = aluno__clock_timespec(aluno__clock_ms() + RETRY_MS);
        (void)pthread_cond_timedwait(&queue.changed, &queue.mutex, &until);
    }
    if (queue.used > 0)
        gather();
}

static void drop(unsigned long long lines)
{
    atomic_fetch_add(&queue.dropped, lines);
    atomic_fetch_add(&queue.ever_dropped, lines);
}

/* ---- the thread ---- */

/* Takes what is queued or, once that is written, the report of what was dropped after it. Returns how many
 * lines the log would lack without it. */
static unsigned long long take_next(struct log_text *out)
{
    unsigned long long lines;
    pthread_mutex_lock(&queue.mutex);
    queue.written_ms = aluno__clock_ms();
    wait_for_work();
    if (queue.used > 0) {
        take_lines(out);
        lines = count_lines(out);
    } else {
        lines = atomic_load(&queue.dropped);
        queue.report(out, lines);
        atomic_fetch_add(&queue.unwritten, out->size);
        atomic_fetch_sub(&queue.dropped, lines);
    }
    pthread_mutex_unlock(&queue.mutex);
    return lines;
}

static void write_next(void)
{
    struct log_text chunk;
    const unsigned long long lines = take_next(&chunk);
    const bool written = write_all(chunk.text, chunk.size);
    atomic_store(&queue.failing, !written);
    if (!written)
        drop(lines);
    atomic_fetch_sub(&queue.unwritten, chunk.size);
}

static void *run(void *unused)
{
    for (;;)
        write_next();
    return unused;
}

bool log_writer_start(log_writer_report *report)
{
    pthread_t thread;
    aluno__cond_init(&queue.changed);
    queue.report = report;
    if (aluno__thread_start(&thread, run, NULL) == 0)
        return pthread_detach(thread) == 0;
    queue.report = NULL;
    return false;
}

/* ---- for all threads ---- */

void log_writer_put(const struct log_text *line)
{
    if (queue.report == NULL) {
        (void)write_all(line->text, line->size);
        return;
    }
    pthread_mutex_lock(&queue.mutex);
    const bool fits = atomic_load(&queue.dropped) == 0 && queue.used + line->size <= QUEUE_SIZE;
    const bool wakes = fits && (queue.used == 0 || (queue.used < CHUNK && queue.used + line->size >= CHUNK));
    if (fits) {
        copy_in(line);
        atomic_fetch_add(&queue.unwritten, line->size);
    } else {
        drop(1);
    }
    pthread_mutex_unlock(&queue.mutex);
    if (wakes)
        pthread_cond_signal(&queue.changed);
}

uint64_t log_writer_dropped(void)
{
    return atomic_load(&queue.ever_dropped);
}

void log_writer_flush(int timeout_ms)
{
    while (timeout_ms-- > 0 && (atomic_load(&queue.unwritten) > 0 ||
                                (atomic_load(&queue.dropped) > 0 && !atomic_load(&queue.failing))))
        (void)poll(NULL, 0, 1);
}
