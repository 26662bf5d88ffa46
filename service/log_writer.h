/* The log's way to stderr: a bounded queue and one thread that writes. stderr may be a pipe that nobody reads
 * or a disk that is full. No other thread waits for it: a line that does not fit is dropped and counted. The
 * line in which writing goes on has the count. */
#ifndef ALUNOD_LOG_WRITER_H
#define ALUNOD_LOG_WRITER_H

#include "log_format.h"

/* Formats the line that reports how many were dropped. */
typedef void log_writer_report(struct log_text *out, uint64_t dropped);

/* Starts the thread; false when there is none to be had. */
bool log_writer_start(log_writer_report *report);

/* Queues a line, which ends with a newline. Before log_writer_start it is written at once. */
void log_writer_put(const struct log_text *line);

/* How many lines were dropped since the start. */
uint64_t log_writer_dropped(void);

/* Waits until all is written, at most timeout_ms, and not while stderr fails. Async-signal-safe. */
void log_writer_flush(int timeout_ms);

#endif
