/* The AuditEvent of a call. */
#ifndef ALUNOD_AUDIT_EVENT_H
#define ALUNOD_AUDIT_EVENT_H

#include "call.h"

/* Whether the method is one on students. */
bool audit_is_about_students(const aluno_method_desc *method);

/* Whether calls of the method are recorded: those on students and on the audit, by any role. */
bool audit_is_about(const aluno_method_desc *method);

/* The field with which the method's own request says what the data are for; NULL: it has none. */
const aluno_field_desc *audit_purpose_field(const aluno_method_desc *method);

/* Encodes the event of a call, as it has ended or is about to, into the call's outcome->record: ids and
 * names of fields, never a value; and into ->alike, if it is a refusal that may be merged with others. The
 * reply is read from call->reply, unless it is NULL. */
void audit_event_write(struct call *call);

#endif
