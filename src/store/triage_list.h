// The queue: what waits for people, of every kind, in one order. And what was decided before on the
// same thing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/alert.h"
#include "model/alert_state.h"
#include "policy/policy.h"
#include "query/query.h"
#include "store/activity.h"

namespace tanggap::store {

/// What people decided about a listed alert, with names for ids.
struct AlertStanding {
    model::AlertState state;
    std::string assignee; ///< name of the account; empty: nobody
    std::uint64_t version = 0;
};

enum class TriageSort { PriorityDesc, LastSeenDesc, FirstSeenDesc, EventsDesc };

struct TriagePageRequest {
    const query::Node* filter = nullptr; ///< of query::triage_scope(); null: all
    TriageSort sort = TriageSort::PriorityDesc;
    std::size_t limit = 50;
    std::string after; ///< TriagePage::next; empty: first page
    base::Time now;
    policy::Filter visible; ///< what the asker sees; by default nothing
};

/// A question to the queue beside its list.
struct TriageQuestion {
    const query::Node* filter = nullptr; ///< of query::triage_scope(); null: all
    base::Time now;
    policy::Filter visible; ///< what the asker sees; by default nothing
};

/// One row. A second kind will be a second member here and a second arm in its SQL.
struct TriageRow {
    model::Alert alert; ///< as AlertPage::alerts
    AlertStanding standing;
};

struct TriagePage {
    std::vector<TriageRow> rows;
    std::string next; ///< empty: no more
    std::uint64_t total = 0;
    bool total_is_lower_bound = false; ///< counting stops at limits::kListTotalMax
};

base::Result<TriagePage> list_triage(Snapshot& snapshot, const TriagePageRequest& request);

/// How many match, at most `count_max`.
base::Result<std::uint64_t> count_triage(Snapshot& snapshot, const TriageQuestion& question,
                                         std::size_t count_max);
/// How many that match came into the queue after `since`: made, or back by themselves.
base::Result<std::uint64_t> count_triage_news(Snapshot& snapshot, const TriageQuestion& question,
                                              base::Time since, std::size_t count_max);
/// Value → count, of one field; beside those of alert_facet: assignee (names), label.
base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
triage_facet(Snapshot& snapshot, std::string_view field, const TriageQuestion& question,
             std::size_t top);

/// Numbers of the alerts that match and were there at `as_of`, newest first.
/// Errors: Exhausted above `count_max`.
base::Result<std::vector<std::uint64_t>> find_matching_alerts(Snapshot& snapshot,
                                                              const TriageQuestion& question,
                                                              base::Time as_of,
                                                              std::size_t count_max);

base::Result<AlertStanding> find_standing(Snapshot& snapshot, std::uint64_t number);

/// Settled alerts of one target that share a rule with `alert`, newest first, and how many there
/// are among the target's newest limits::kPrecedentsSearched.
struct Precedents {
    std::vector<TriageRow> rows;
    std::uint64_t total = 0;
};
base::Result<Precedents> find_precedents(Snapshot& snapshot, const model::Alert& alert,
                                         std::size_t limit, const policy::Filter& visible);

} // namespace tanggap::store
