/* The page for people: one HTML document without scripts, in Portuguese with English beside it. */
#ifndef ALUNOD_STATUS_PAGE_H
#define ALUNOD_STATUS_PAGE_H

#include "base/buffer.h"
#include "status/facts.h"
#include "status/history.h"

#define PAGE_TYPE "text/html; charset=utf-8"

void page_write(aluno__buffer *out, const struct facts *facts, const struct history *history);

#endif
