/* The measurements. Each prints its lines of the report and returns false, having told why, when it could not
 * be made. */
#ifndef ALUNO_BENCH_MEASURE_H
#define ALUNO_BENCH_MEASURE_H

#include "client.h"
#include "process.h"

#include <stdint.h>

/* How much is measured. */
struct scale {
    size_t rounds;   /* of each comparison, its two sides in turn; at most ROUNDS_MAX */
    size_t reads;    /* calls a round */
    size_t creates;  /* calls a round, against */
    size_t inserts;  /* by SQLite alone */
    size_t pages;    /* calls a round */
    size_t lone;     /* calls with nothing else in flight */
    size_t hammered; /* calls a round, beside a client that hammers */
};

enum { ROUNDS_MAX = 32 };

/* A running service with a client connected to it. */
typedef struct subject {
    const struct scale *scale;
    process service;
    client *client;
    uint32_t students; /* created so far */
} subject;

/* Starts the service and connects; `seconds`, unless NULL, receives the time from the start to the first
 * reply. */
bool subject_start(subject *s, const char *database, double *seconds);
void subject_stop(subject *s);

/* Start to first reply, with a new database and with one that is there. */
bool measure_start(const struct scale *scale);

/* Connecting to a service that runs, to the first reply. */
bool measure_connect(const subject *s);

/* Resident memory; `when` names the moment. */
void measure_memory(const subject *s, const char *when, double bar_mib);

/* Durable creates against SQLite alone. */
bool measure_create(subject *s);

/* CPU of a read by id against an echo over the same transport. A student must have been created. */
bool measure_get(const subject *s);

/* CPU and rate of pages of 100 students. */
bool measure_page(const subject *s);

/* How long a read takes when nothing else is going on. */
bool measure_latency(const subject *s);

/* How long a read takes while another client hammers. A student must have been created. */
bool measure_hammer(const subject *s);

#endif
