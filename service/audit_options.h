/* The audit's options, from those of alunod. */
#ifndef ALUNOD_AUDIT_OPTIONS_H
#define ALUNOD_AUDIT_OPTIONS_H

#include "audit/audit.h"
#include "audit/folder.h"
#include "options.h"

/* The folder is written to `folder`, which the result points to. */
struct audit_options audit_options_of(const struct options *given, audit_path folder);

#endif
