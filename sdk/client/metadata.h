/* A request's metadata: deadline, request id, trace context, language and program. */
#ifndef ALUNO_CLIENT_METADATA_H
#define ALUNO_CLIENT_METADATA_H

#include "settings.h"

/* Fills in the metadata of a call of that method. Its timeout_ms is the call's whole time. */
aluno_code aluno__metadata_init(aluno_request_metadata *metadata, const aluno__settings *settings,
                                const aluno_method_desc *method, const aluno_call_options *options,
                                aluno_error *error);

#endif
