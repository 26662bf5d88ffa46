/* Without --audit-dir the audit is next to the database, or in the working directory when that is remote. */
#include "audit_options.h"

#include "store/database.h"

struct audit_options audit_options_of(const struct options *given, audit_path folder)
{
    if (given->audit_dir != NULL)
        snprintf(folder, sizeof(audit_path), "%s", given->audit_dir);
    else
        snprintf(folder, sizeof(audit_path), "%s-audit", store_is_remote(given->db) ? "aluno" : given->db);
    return (struct audit_options){
        .folder = folder, .segment_bytes = given->audit_segment_bytes, .keep_ms = given->audit_keep_ms};
}
