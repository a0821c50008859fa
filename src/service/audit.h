// The audit log as an administrator reads it.
#pragma once

#include "service/principal.h"
#include "store/audit.h"

namespace tanggap::service {

/// Who may read the log need not see the objects: of those hidden from the asker the record says
/// who did what and when, not what it was before and after, nor why. Errors: Denied.
base::Result<store::ActivityPage> list_audit(store::Changes& changes, const Principal& principal,
                                             const store::ActivityFilter& filter, std::size_t limit,
                                             std::uint64_t before);

/// One at a time: it reads every record. Errors: Denied, Exhausted.
base::Result<store::AuditReport> verify_audit(store::Changes& changes, const Principal& principal);

} // namespace tanggap::service
