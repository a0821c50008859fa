// One pass over the rows that match counts the values of all fields that are asked: a million rows
// are read once, whatever the number of facets.
#include "store/sqlite/facets.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <tuple>
#include <unordered_map>

#include "base/text.h"
#include "model/alert.h"
#include "store/sqlite/alert_lists.h"
#include "store/sqlite/change.h"
#include "store/sqlite/store.h"
#include "store/sqlite/triage_filter.h"

namespace tanggap::store {
namespace {

using sqlite::AlertFilter;
using sqlite::Database;
using sqlite::Row;
using sqlite::SqlValue;

/// How the values of a field are found and told.
enum class Way {
    Kind,    ///< what the row is
    Level,   ///< a number with a name
    Outcome, ///< likewise
    Text,
    Account, ///< its id, told by name
    Many,    ///< nearly as many values as rows: SQLite sorts them, on the disk where need be
    Rules,   ///< a table of its own
    Labels,  ///< likewise
};
struct Facet {
    std::string_view field;
    Way way;
    std::string_view alerts;  ///< column
    std::string_view reports; ///< column; empty: they have none
};
constexpr std::array kFacets{
    Facet{"kind", Way::Kind, "'alert'", "'report'"},
    Facet{"severity", Way::Level, "a.severity", "r.severity"},
    Facet{"status", Way::Text, "a.status", "r.place"},
    Facet{"assignee", Way::Account, "a.assignee", "r.assignee"},
    Facet{"organisation", Way::Text, "a.organisation", "r.organisation"},
    Facet{"technique", Way::Text, "a.technique", ""},
    Facet{"source_country", Way::Text, "a.source_country", ""},
    Facet{"asset", Way::Text, "a.asset_name", ""},
    Facet{"outcome", Way::Outcome, "a.outcome", ""},
    Facet{"sensor", Way::Text, "a.sensor", ""},
    Facet{"source", Way::Many, "a.source", ""},
    Facet{"target", Way::Many, "a.target", ""},
    Facet{"rule", Way::Rules, "", ""},
    Facet{"label", Way::Labels, "", ""},
};

/// Counts values; the same again costs no look.
class Tally {
public:
    void add(std::string_view value, std::uint64_t count)
    {
        if (last_ == nullptr || last_->first != value) {
            const auto known = counts_.find(value);
            last_ = known != counts_.end() ? &*known : &*counts_.emplace(value, 0).first;
        }
        last_->second += count;
    }
    FacetValues values() const { return {counts_.begin(), counts_.end()}; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const
        {
            return std::hash<std::string_view>()(text);
        }
    };
    using Counts = std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>>;

    Counts counts_;
    Counts::value_type* last_ = nullptr; ///< of counts_, whose elements stay where they are
};

/// The facets that are asked, with what is counted so far.
class Facets {
public:
    Facets(Database& database, std::size_t top) : database_(database), top_(top) {}

    base::Status ask(std::span<const std::string> fields)
    {
        for (const std::string& field : fields) {
            const auto* const known = std::ranges::find(kFacets, field, &Facet::field);
            if (known == kFacets.end()) {
                return base::invalid(
                    "alerts have no facet " + base::quoted(field) +
                    "; use severity, status, assignee, label, rule, technique, source,"
                    " source_country, target, asset, organisation, outcome, sensor or kind");
            }
            asked_.push_back({.facet = known, .tally = {}});
        }
        return {};
    }

    base::Status count_alerts(const AlertFilter& filter)
    {
        TRY_STATUS(count_rows("alerts a", "a.number", &Facet::alerts, filter));
        for (Asked& each : asked_) {
            if (each.facet->way == Way::Many) {
                TRY_STATUS(count_many(each, filter));
            } else if (each.facet->way == Way::Rules) {
                TRY_STATUS(count_beside("rule_id", "FROM alert_rules", each.tally));
            } else if (each.facet->way == Way::Labels) {
                TRY_STATUS(count_beside("label", "FROM alert_labels", each.tally));
            }
        }
        return {};
    }

    base::Status count_reports(const AlertFilter& filter)
    {
        return count_rows("reports r", "r.sequence", &Facet::reports, filter);
    }

    base::Result<std::vector<FacetValues>> tell()
    {
        std::vector<FacetValues> told;
        for (Asked& each : asked_) {
            FacetValues values = each.tally.values();
            if (each.facet->way == Way::Account) {
                TRY(values, by_name(values));
            }
            std::ranges::sort(values, [](const auto& a, const auto& b) {
                return std::tie(b.second, a.first) < std::tie(a.second, b.first);
            });
            values.resize(std::min(values.size(), top_));
            for (auto& [value, count] : values) {
                value = named(each.facet->way, std::move(value));
            }
            told.push_back(std::move(values));
        }
        return told;
    }

private:
    struct Asked {
        const Facet* facet;
        Tally tally;
    };

    static bool has_table(const Asked& asked)
    {
        return asked.facet->way == Way::Rules || asked.facet->way == Way::Labels;
    }

    /// One pass over a kind of rows. Alerts whose rules or labels are counted next are remembered.
    base::Status count_rows(std::string_view from, std::string_view number,
                            std::string_view Facet::* column, const AlertFilter& filter)
    {
        std::vector<Tally*> counted;
        std::string columns(number);
        for (Asked& each : asked_) {
            const std::string_view of_kind = each.facet->*column;
            if (each.facet->way != Way::Many && !of_kind.empty()) {
                columns.append(", ").append(of_kind);
                counted.push_back(&each.tally);
            }
        }
        const bool remember =
            column == &Facet::alerts && std::ranges::any_of(asked_, &Facets::has_table);
        if (counted.empty() && !remember) {
            return {};
        }
        std::string rest("FROM ");
        rest.append(from).append(" WHERE ").append(filter.sql);
        return database_.walk(columns, rest, filter.values, [&](const Row& row) {
            for (std::size_t i = 0; i < counted.size(); ++i) {
                counted[i]->add(row.text(i + 1), 1);
            }
            if (remember) {
                const auto at = static_cast<std::size_t>(row.integer(0));
                if (at >= matching_.size()) {
                    matching_.resize(std::max(at + 1, matching_.size() * 2));
                }
                matching_[at] = true;
            }
        });
    }

    base::Status count_many(Asked& asked, const AlertFilter& filter)
    {
        // The `+` keeps SQLite from walking an index of the column with a look at each row.
        const std::string column =
            (filter.everything ? "" : "+") + std::string(asked.facet->alerts);
        const std::string sorted =
            "FROM (SELECT " + column + " AS v, count(*) AS n FROM alerts a WHERE " + filter.sql +
            " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT " + std::to_string(top_) + ")";
        return database_.walk("v, n", sorted, filter.values, [&](const Row& row) {
            asked.tally.add(row.text(0), static_cast<std::uint64_t>(row.integer(1)));
        });
    }

    /// The values that a table beside has of alerts that match.
    base::Status count_beside(std::string_view value, std::string_view from, Tally& tally)
    {
        const std::string columns = std::string(value) + ", number";
        return database_.walk(columns, from, {}, [&](const Row& row) {
            const auto at = static_cast<std::size_t>(row.integer(1));
            if (at < matching_.size() && matching_[at]) {
                tally.add(row.text(0), 1);
            }
        });
    }

    static std::string named(Way way, std::string value)
    {
        if (way != Way::Level && way != Way::Outcome) {
            return value;
        }
        int number = 0;
        std::from_chars(value.data(), value.data() + value.size(), number);
        return std::string(way == Way::Level ? model::name_of(static_cast<model::Level>(number))
                                             : model::name_of(static_cast<model::Outcome>(number)));
    }

    /// An account that is gone counts as nobody.
    base::Result<FacetValues> by_name(const FacetValues& ids)
    {
        Tally names;
        TRY(sqlite::Statement * find,
            database_.prepared("SELECT name FROM users WHERE id = ?", "t", "t"));
        for (const auto& [id, count] : ids) {
            std::string name;
            TRY([[maybe_unused]] const bool known,
                one_row(find->bind(id), [&] { name = find->text(0); }));
            names.add(name, count);
        }
        return names.values();
    }

    Database& database_;
    std::size_t top_;
    std::vector<Asked> asked_;
    std::vector<bool> matching_; ///< alerts by number
};

} // namespace

base::Result<std::vector<FacetValues>>
sqlite::count_facets(Database& database, std::span<const std::string> fields,
                     const AlertFilter& alerts, const AlertFilter* reports, std::size_t top)
{
    Facets facets(database, top);
    TRY_STATUS(facets.ask(fields));
    TRY_STATUS(facets.count_alerts(alerts));
    if (reports != nullptr) {
        TRY_STATUS(facets.count_reports(*reports));
    }
    return facets.tell();
}

base::Result<std::vector<FacetValues>> triage_facets(Snapshot& snapshot,
                                                     std::span<const std::string> fields,
                                                     const TriageQuestion& question,
                                                     std::size_t top)
{
    Database& database = database_of(snapshot);
    TRY(const AlertFilter alerts, sqlite::queue_filter(database, TriageKind::Alert, question));
    TRY(const AlertFilter reports, sqlite::queue_filter(database, TriageKind::Report, question));
    return sqlite::count_facets(database, fields, alerts, &reports, top);
}

base::Result<std::vector<FacetValues>>
sqlite::SqliteCaseStore::alert_facets(std::span<const std::string> fields, const query::Node* node,
                                      std::size_t top, base::Time now,
                                      const policy::Filter& visible)
{
    const auto reader = connections_->reader();
    TRY(const AlertFilter alerts, visible_alerts(*reader, node, now, visible));
    return count_facets(*reader, fields, alerts, nullptr, top);
}

} // namespace tanggap::store
