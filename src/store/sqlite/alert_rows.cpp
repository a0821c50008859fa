#include "store/sqlite/alert_rows.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "query/query.h"

namespace tanggap::store::sqlite {
namespace {

using Json = nlohmann::json;

/// Titles come from rules, of which there are thousands; foreign rule files must not grow it
/// freely.
constexpr std::size_t kTitlesCachedMax = 20'000;

model::Level level_of(std::int64_t value)
{
    return static_cast<model::Level>(value);
}

Json to_json(const model::AlertRule& rule)
{
    return {{"id", rule.rule_id},
            {"title", rule.title},
            {"title_id", rule.title_id},
            {"level", static_cast<int>(rule.level)},
            {"detections", rule.detections}};
}

Json to_json(const model::PriorityFactor& factor)
{
    return {{"name", factor.name}, {"value", factor.value}, {"factor", factor.factor}};
}

Json to_json(const model::MatchReason& reason)
{
    return {{"selection", reason.selection},
            {"field", reason.field},
            {"event_field", reason.event_field},
            {"value", reason.value},
            {"pattern", reason.pattern}};
}

template <class Items>
Json array_of(const Items& items)
{
    Json array = Json::array();
    for (const auto& item : items) {
        array.push_back(to_json(item));
    }
    return array;
}

/// What only the detail page shows. Foreign bytes that are no UTF-8 are replaced, never refused.
std::string details_of(const model::Alert& alert)
{
    const Json document{
        {"rules", array_of(alert.rules)},           {"factors", array_of(alert.factors)},
        {"reasons", array_of(alert.first_reasons)}, {"summary", alert.summary},
        {"technique_name", alert.technique_name},   {"confidence", alert.confidence}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void read_details(const Json& document, model::Alert& alert)
{
    alert.summary = document.at("summary").get<std::string>();
    alert.technique_name = document.at("technique_name").get<std::string>();
    alert.confidence = document.at("confidence").get<double>();
    for (const Json& rule : document.at("rules")) {
        alert.rules.push_back({.rule_id = rule.at("id").get<std::string>(),
                               .title = rule.at("title").get<std::string>(),
                               .title_id = rule.at("title_id").get<std::string>(),
                               .level = level_of(rule.at("level").get<int>()),
                               .detections = rule.at("detections").get<std::uint64_t>()});
    }
    for (const Json& factor : document.at("factors")) {
        alert.factors.push_back({.name = factor.at("name").get<std::string>(),
                                 .value = factor.at("value").get<std::string>(),
                                 .factor = factor.at("factor").get<double>()});
    }
    for (const Json& reason : document.at("reasons")) {
        alert.first_reasons.push_back({.selection = reason.at("selection").get<std::string>(),
                                       .field = reason.at("field").get<std::string>(),
                                       .event_field = reason.at("event_field").get<std::string>(),
                                       .value = reason.at("value").get<std::string>(),
                                       .pattern = reason.at("pattern").get<std::string>()});
    }
}

void read_numbers(const Statement& row, model::Alert& alert)
{
    alert.number = row.natural(0);
    alert.severity = level_of(row.integer(1));
    alert.priority = static_cast<int>(row.integer(2));
    alert.last_seen = {row.integer(3)};
    alert.first_seen = {row.integer(4)};
    alert.events = row.natural(5);
    alert.detections = row.natural(6);
    alert.recurs_of = row.natural(7);
    alert.asset_value = static_cast<int>(row.integer(8));
    alert.outcomes = {.succeeded = row.natural(9),
                      .unknown = row.natural(10),
                      .failed = row.natural(11),
                      .blocked = row.natural(12)};
    alert.created_at = {row.integer(13)};
    alert.updated_at = {row.integer(14)};
}

} // namespace

base::Result<model::Alert> read_row(const Statement& row)
{
    model::Alert alert;
    read_numbers(row, alert);
    alert.status = row.text(15);
    alert.key = {.source = row.text(21), .technique = row.text(16), .target = row.text(22)};
    alert.source_country = row.text(17);
    alert.sensor = row.text(18);
    alert.organisation = row.text(19);
    alert.asset_name = row.text(20);
    alert.asset_id = row.text(23);
    TRY(alert.id, base::parse_uuid(row.text(24)));
    alert.title = row.text(25);
    alert.title_id = row.text(26);
    return alert;
}

base::Result<model::Alert> read_whole(const Statement& row)
{
    TRY(auto alert, read_row(row));
    try {
        read_details(Json::parse(row.text(kAlertColumnTypes.size())), alert);
    } catch (const Json::exception& broken) {
        return base::corrupt("details of " + model::alert_number_text(alert.number) +
                             " in the case database: " + broken.what());
    }
    return alert;
}

base::Result<model::AlertState> read_state(Database& database, std::uint64_t number)
{
    TRY(Statement * row,
        database.prepared(
            "SELECT status, state_since, accepted_at, close_reason, assignee, case_id,"
            " merged_into, snoozed_until, priority_set, baseline_events,"
            " baseline_per_hour, baseline_at FROM alerts WHERE number = ?",
            "i", "tiitttiiiiii"));
    model::AlertState state;
    std::string status;
    TRY(const bool found, one_row(row->bind(number), [&] {
            status = row->text(0);
            state.since = {row->integer(1)};
            state.accepted_at = {row->integer(2)};
            state.close_reason = row->text(3);
            state.assignee = row->text(4);
            state.case_id = row->text(5);
            state.merged_into = row->natural(6);
            state.snoozed_until = {row->integer(7)};
            state.priority = static_cast<int>(row->integer(8));
            state.baseline = {.events = row->natural(9),
                              .events_per_hour = row->natural(10),
                              .at = {row->integer(11)}};
        }));
    if (!found) {
        return base::not_found("no alert " + model::alert_number_text(number));
    }
    TRY(state.status, model::parse_alert_status(status));
    TRY(Statement * labels,
        database.prepared("SELECT label FROM alert_labels WHERE number = ? ORDER BY label", "i",
                          "t"));
    TRY_STATUS(each_row(labels->bind(number), [&]() -> base::Status {
        state.labels.push_back(labels->text(0));
        return {};
    }));
    return state;
}

std::int64_t source_bits(std::string_view source)
{
    const auto range = query::parse_address_range(source);
    if (!range) {
        return kNoSourceBits;
    }
    return address_bits(range->first);
}

bool is_mapped(const std::array<std::uint8_t, 16>& address)
{
    constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.begin());
}

std::int64_t address_bits(const std::array<std::uint8_t, 16>& address)
{
    const bool mapped = is_mapped(address);
    std::uint64_t bits = 0;
    for (std::size_t at = mapped ? 12 : 0; at < (mapped ? 16U : 8U); ++at) {
        bits = bits << 8U | address[at];
    }
    return static_cast<std::int64_t>(bits);
}

base::Result<std::int64_t> AlertWriter::title_ref(const model::Alert& alert)
{
    const auto key = std::pair(alert.title, alert.title_id);
    if (const auto known = titles_.find(key); known != titles_.end()) {
        return known->second;
    }
    TRY(Statement * insert,
        database_.prepared("INSERT INTO alert_titles (title, title_id) VALUES (?, ?)"
                           " ON CONFLICT DO NOTHING",
                           "tt"));
    TRY_STATUS(insert->bind(alert.title, alert.title_id).run());
    TRY(Statement * find,
        database_.prepared("SELECT ref FROM alert_titles WHERE title = ? AND title_id = ? LIMIT 1",
                           "tt", "i"));
    std::int64_t ref = 0;
    TRY(const bool found,
        one_row(find->bind(alert.title, alert.title_id), [&] { ref = find->integer(0); }));
    if (!found) {
        return base::internal("alert title was not written");
    }
    if (titles_.size() >= kTitlesCachedMax) {
        titles_.clear();
    }
    titles_.emplace(key, ref);
    return ref;
}

base::Status AlertWriter::write_row(const model::Alert& alert, std::int64_t title)
{
    // The key, the number and the id of an alert never change: their indexes are left alone. What
    // people decided (alert_state.h) is theirs: a priority they set stays.
    TRY(Statement * upsert,
        database_.prepared(
            "INSERT INTO alerts (number, severity, priority, outcome, last_seen, first_seen, "
            "events,"
            " detections, recurs_of, source_bits, title_ref, status, technique, source_country,"
            " sensor, organisation, asset_name, source, target, asset_id, asset_value, succeeded,"
            " unknown, failed, blocked, created_at, updated_at, uuid, computed_priority)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT (number) DO UPDATE SET severity = excluded.severity,"
            " priority = CASE WHEN priority_set < 0 THEN excluded.priority ELSE priority END,"
            " computed_priority = excluded.computed_priority, outcome = excluded.outcome,"
            " last_seen = excluded.last_seen, first_seen = excluded.first_seen,"
            " events = excluded.events, detections = excluded.detections,"
            " recurs_of = excluded.recurs_of, title_ref = excluded.title_ref,"
            " source_country = excluded.source_country,"
            " sensor = excluded.sensor, organisation = excluded.organisation,"
            " asset_name = excluded.asset_name, asset_id = excluded.asset_id,"
            " asset_value = excluded.asset_value, succeeded = excluded.succeeded,"
            " unknown = excluded.unknown, failed = excluded.failed, blocked = excluded.blocked,"
            " updated_at = excluded.updated_at",
            "iiiiiiiiiiitttttttttiiiiiiiti"));
    const model::OutcomeCounts& outcomes = alert.outcomes;
    return upsert
        ->bind(alert.number, static_cast<int>(alert.severity), alert.priority,
               static_cast<int>(outcomes.group()), alert.last_seen.ns, alert.first_seen.ns,
               alert.events, alert.detections, alert.recurs_of, source_bits(alert.key.source),
               title, alert.status, alert.key.technique, alert.source_country, alert.sensor,
               alert.organisation, alert.asset_name, alert.key.source, alert.key.target,
               alert.asset_id, alert.asset_value, outcomes.succeeded, outcomes.unknown,
               outcomes.failed, outcomes.blocked, alert.created_at.ns, alert.updated_at.ns,
               alert.id.text(), alert.priority)
        .run();
}

base::Status AlertWriter::write_rules(const model::Alert& alert)
{
    TRY(Statement * link, database_.prepared("INSERT INTO alert_rules (rule_id, number)"
                                             " VALUES (?, ?) ON CONFLICT DO NOTHING",
                                             "ti"));
    TRY(Statement * name, database_.prepared("INSERT INTO rule_titles (rule_id, title, title_id)"
                                             " VALUES (?, ?, ?) ON CONFLICT (rule_id) DO UPDATE"
                                             " SET title = excluded.title,"
                                             " title_id = excluded.title_id",
                                             "ttt"));
    for (const model::AlertRule& rule : alert.rules) {
        TRY_STATUS(link->bind(rule.rule_id, alert.number).run());
        const auto known = rule_titles_.find(rule.rule_id);
        if (known != rule_titles_.end() && known->second == rule.title) {
            continue;
        }
        TRY_STATUS(name->bind(rule.rule_id, rule.title, rule.title_id).run());
        if (rule_titles_.size() >= kTitlesCachedMax) {
            rule_titles_.clear();
        }
        rule_titles_[rule.rule_id] = rule.title;
    }
    return {};
}

base::Status AlertWriter::write(const model::Alert& alert)
{
    TRY(const std::int64_t title, title_ref(alert));
    TRY_STATUS(write_row(alert, title));
    TRY_STATUS(write_rules(alert));
    TRY(Statement * details,
        database_.prepared("INSERT INTO alert_details (number, document) VALUES (?, ?)"
                           " ON CONFLICT (number) DO UPDATE SET document = excluded.document",
                           "it"));
    return details->bind(alert.number, details_of(alert)).run();
}

void AlertWriter::forget()
{
    titles_.clear();
    rule_titles_.clear();
}

} // namespace tanggap::store::sqlite
