#include "store/sqlite/triage_filter.h"

#include <algorithm>
#include <iterator>

#include "store/sqlite/alert_lists.h"
#include "store/sqlite/report_triage.h"
#include "store/sqlite/visibility.h"

namespace tanggap::store::sqlite {
namespace {

base::Status hide_reports(Database& database, const policy::Filter& visible, AlertFilter& filter)
{
    if (visible.span != policy::Filter::Span::NotRestricted) {
        filter = {.sql = "0", .values = {}};
        return {};
    }
    TRY(const std::uint64_t hidden, count_hidden(database, visible, policy::Kind::Report));
    if (hidden == 0) {
        return {};
    }
    HiddenIds ids = hidden_ids(visible, policy::Kind::Report);
    filter.sql = "(" + filter.sql + ") AND r.id NOT IN (" + ids.sql + ")";
    std::ranges::move(ids.values, std::back_inserter(filter.values));
    filter.everything = false;
    return {};
}

} // namespace

base::Result<AlertFilter> queue_filter(Database& database, TriageKind kind,
                                       const TriageQuestion& question)
{
    if (kind == TriageKind::Report) {
        TRY(AlertFilter reports, compile_queued_reports(question.filter, question.now));
        TRY_STATUS(hide_reports(database, question.visible_reports, reports));
        return reports;
    }
    return visible_alerts(database, question.filter, question.now, question.visible);
}

} // namespace tanggap::store::sqlite
