#include "app/hunt/tamper.h"

#include <charconv>

#include <fmt/format.h>

namespace tanggap::app::hunting {
namespace {

using RulePtr = std::shared_ptr<const model::RuleInfo>;

RulePtr make_rule(std::string id, std::string title, std::string title_id, model::Level level)
{
    auto rule = std::make_shared<model::RuleInfo>();
    rule->id = std::move(id);
    rule->title = std::move(title);
    rule->title_id = std::move(title_id);
    rule->author = "Tanggap";
    rule->level = level;
    rule->tags = {"attack.defense_evasion", "attack.t1070.001"};
    rule->techniques = {"T1070.001"};
    return rule;
}

struct Rules {
    RulePtr cleared = make_rule("5c2c2d10-6f5b-4a54-9f6e-0d7d6a0b1c01", "An event log was cleared",
                                "Log peristiwa dikosongkan", model::Level::High);
    RulePtr holes =
        make_rule("5c2c2d10-6f5b-4a54-9f6e-0d7d6a0b1c02", "Records are missing inside an event log",
                  "Ada catatan yang hilang di dalam log peristiwa", model::Level::Medium);
    RulePtr filtered =
        make_rule("5c2c2d10-6f5b-4a54-9f6e-0d7d6a0b1c03",
                  "An event log holds only some of its records, as after an export",
                  "Log peristiwa hanya berisi sebagian catatan, seperti hasil ekspor",
                  model::Level::Informational);
    RulePtr backwards =
        make_rule("5c2c2d10-6f5b-4a54-9f6e-0d7d6a0b1c04", "Time goes backwards inside an event log",
                  "Waktu berjalan mundur di dalam log peristiwa", model::Level::Low);
};

const Rules& rules()
{
    static const Rules kRules;
    return kRules;
}

/// Services write side by side: a few seconds back are nothing.
constexpr base::Duration kBackwardsMin = std::chrono::minutes{1};

} // namespace

std::uint32_t LogMarks::log_of(std::string_view host, std::string_view channel)
{
    for (std::size_t i = logs_.size(); i > 0; --i) {
        if (logs_[i - 1].host == host && logs_[i - 1].channel == channel) {
            return static_cast<std::uint32_t>(i - 1);
        }
        constexpr std::size_t kLookBack = 16;
        if (logs_.size() - i >= kLookBack) {
            break; // a name twice in the list does no harm
        }
    }
    logs_.push_back({std::string(host), std::string(channel)});
    return static_cast<std::uint32_t>(logs_.size() - 1);
}

void LogMarks::take(const model::Event& event, std::uint64_t record)
{
    if (event.dataset != "windows.event") {
        return;
    }
    std::string_view channel;
    std::string_view host;
    std::string_view code;
    std::string_view id_text;
    for (const auto& field : event.fields) {
        const std::string_view name = field.name;
        if (name == "winlog.channel") {
            channel = field.value.text;
        } else if (name == "host.name") {
            host = field.value.text;
        } else if (name == "event.code") {
            code = field.value.text;
        } else if (name == "winlog.record_id") {
            id_text = field.value.text;
        }
    }
    std::uint64_t id = 0;
    std::from_chars(id_text.data(), id_text.data() + id_text.size(), id);
    if (channel.empty()) {
        return;
    }
    const bool cleared =
        (code == "1102" && channel == "Security") || (code == "104" && channel == "System");
    if (id == 0 && !cleared) {
        return;
    }
    const auto log = log_of(host, channel);
    if (id != 0) {
        marks_.push_back({.log = log, .id = id, .time = event.time, .record = record});
    }
    if (cleared) {
        const auto which = event.text("winlog.user_data.Channel");
        const auto user = event.text("winlog.user_data.SubjectUserName");
        cleared_.push_back({.log = log,
                            .time = event.time,
                            .record = record,
                            .which = std::string(which.empty() ? channel : which),
                            .user = std::string(user)});
    }
}

void TamperCheck::take(const LogMarks& marks, const std::shared_ptr<const std::string>& file,
                       std::uint64_t records_before, std::vector<Finding>& findings)
{
    file_ = file;
    std::vector<LogState*> states;
    for (const auto& log : marks.logs()) {
        const auto found = logs_.find({log.host, log.channel});
        if (found == logs_.end() && logs_.size() >= kLogsMax) {
            states.push_back(nullptr); // a made-up file: no log has ten thousand channels
            continue;
        }
        states.push_back(&logs_[{log.host, log.channel}]);
    }
    for (const auto& mark : marks.marks()) {
        if (states[mark.log] != nullptr) {
            follow(*states[mark.log], mark, records_before + mark.record);
        }
    }
    for (const auto& cleared : marks.cleared()) {
        findings.push_back(finding(rules().cleared, marks.logs()[cleared.log], cleared.time,
                                   records_before + cleared.record,
                                   fmt::format("{} was cleared{}", cleared.which,
                                               cleared.user.empty() ? "" : " by " + cleared.user),
                                   cleared.user));
    }
}

void TamperCheck::follow(LogState& state, const LogMarks::Mark& mark, std::uint64_t record)
{
    if (state.records++ == 0) {
        state.first_id = mark.id;
    } else if (mark.id <= state.last_id) {
        ++state.unordered; // an export with the newest first, or several files in one
    } else {
        const std::uint64_t missing = mark.id - state.last_id - 1;
        if (missing > 0) {
            ++state.holes;
            state.missing += missing;
        }
        if (missing > state.hole_size) {
            state.hole_size = missing;
            state.hole_after = state.last_id;
            state.hole_record = record;
            state.hole_from = state.last_time;
            state.hole_to = mark.time;
        }
        const base::Duration back = state.last_time - mark.time;
        if (back >= kBackwardsMin) {
            ++state.backwards;
            if (back > state.back_most) {
                state.back_most = back;
                state.back_record = record;
                state.back_time = mark.time;
            }
        }
    }
    state.last_id = mark.id;
    state.last_time = mark.time;
}

void TamperCheck::end_file(std::vector<Finding>& findings)
{
    for (const auto& [name, state] : logs_) {
        const LogMarks::Log log{.host = name.first, .channel = name.second};
        if (state.unordered * 10 > state.records) {
            continue; // not in the order of its numbers: nothing can be told
        }
        if (state.holes > 0) {
            // A log of which most is missing was filtered on its way, as exports are.
            const bool filtered = state.missing > state.records || state.holes * 4 > state.records;
            findings.push_back(finding(
                filtered ? rules().filtered : rules().holes, log, state.hole_to, state.hole_record,
                fmt::format("{} records are missing in {} places; the most, {}, behind record {} "
                            "between {} and {}",
                            state.missing, state.holes, state.hole_size, state.hole_after,
                            base::format_rfc3339(state.hole_from),
                            base::format_rfc3339(state.hole_to)),
                {}));
        }
        if (state.backwards > 0) {
            findings.push_back(finding(
                rules().backwards, log, state.back_time, state.back_record,
                fmt::format(
                    "the time went back {} times, the most by {} s", state.backwards,
                    std::chrono::duration_cast<std::chrono::seconds>(state.back_most).count()),
                {}));
        }
    }
    logs_.clear();
}

Finding TamperCheck::finding(RulePtr rule, const LogMarks::Log& log, base::Time time,
                             std::uint64_t record, const std::string& detail,
                             const std::string& user) const
{
    model::Event event;
    event.time = time;
    event.dataset = "windows.event";
    event.fields = {{.name = "host.name", .value = model::string_value(log.host)},
                    {.name = "winlog.channel", .value = model::string_value(log.channel)}};
    if (!user.empty()) {
        event.fields.push_back({.name = "user.name", .value = model::string_value(user)});
    }
    model::Detection detection;
    detection.rule = std::move(rule);
    detection.reasons = {{.selection = "log",
                          .field = "winlog.channel",
                          .event_field = "winlog.channel",
                          .value = log.channel + ": " + detail,
                          .pattern = {}}};
    return make_finding(event, detection, file_, record, json_);
}

} // namespace tanggap::app::hunting
