/* The measurements. Each prints its lines of the report. On failure it prints why and returns false. */
#ifndef ALUNO_BENCH_MEASURE_H
#define ALUNO_BENCH_MEASURE_H

#include "client.h"
#include "process.h"

#include <stdint.h>

/* The size of the measurements. */
struct scale {
    size_t rounds;   /* of each comparison; at most ROUNDS_MAX */
    size_t reads;    /* calls per round */
    size_t creates;  /* calls per round, compared with */
    size_t inserts;  /* inserts by SQLite alone */
    size_t pages;    /* calls per round */
    size_t lone;     /* calls with nothing else in flight */
    size_t hammered; /* calls per round, during the hammer's */
};

enum { ROUNDS_MAX = 32 };

/* A running service with a client connected to it. */
typedef struct subject {
    const struct scale *scale;
    process service;
    client *client;
    uint32_t students; /* created so far */
} subject;

/* Starts the service and connects. Stores the time from the start to the first reply in *seconds, unless it
 * is NULL. */
bool subject_start(subject *s, const char *database, double *seconds);
void subject_stop(subject *s);

/* Start to first reply, with a new and with an existing database. */
bool measure_start(const struct scale *scale);

/* Connecting to a running service, up to the first reply. */
bool measure_connect(const subject *s);

/* Resident memory; `when` names the moment. */
void measure_memory(const subject *s, const char *when, double bar_mib);

/* Durable creates against SQLite alone. */
bool measure_create(subject *s);

/* CPU of a read by id against an echo over the same transport. A student must have been created. */
bool measure_get(const subject *s);

/* CPU and rate of pages of 100 students. */
bool measure_page(const subject *s);

/* The latency of a read on an idle service. */
bool measure_latency(const subject *s);

/* The latency of a read while the hammer runs. A student must have been created. */
bool measure_hammer(const subject *s);

#endif
