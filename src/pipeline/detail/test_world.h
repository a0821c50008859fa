// For tests: a data folder with a real journal and case database, an event store in memory, and
// the sources and rules that ship.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "disk/journal.h"
#include "pipeline/pipeline.h"
#include "store/event_store.h"
#include "store/sqlite/sqlite_case_store.h"

namespace tanggap::pipeline::testing {

/// Keeps rows in memory and drops a repeated token, as the event engine does. It outlives restarts
/// of the rest. Thread: any.
class MemoryEventStore : public store::EventStore {
public:
    struct Row {
        std::string json;
        std::vector<std::string> rules;
        std::vector<std::uint64_t> alerts;
        int level = -1;
        int copies = 0;

        friend bool operator==(const Row&, const Row&) = default;
    };

    base::Status prepare() override { return {}; }

    base::Status insert(std::span<const store::ArchiveRow> rows, std::string_view token) override
    {
        const std::lock_guard lock(mutex_);
        if (missing_) {
            return base::unavailable("the event engine is missing");
        }
        std::string content;
        for (const store::ArchiveRow& row : rows) {
            if (!refused_.empty() && row.event->original.find(refused_) != std::string_view::npos) {
                return base::internal("the event store refused: " + refused_);
            }
            content += model::render_json(*row.event) + "\n";
            days_differ_ |= row.event->time.day() != rows.front().event->time.day();
        }
        const auto [known, added] = tokens_.try_emplace(std::string(token), content);
        replays_differ_ |= known->second != content;
        if (added) {
            for (const store::ArchiveRow& row : rows) {
                add(row);
            }
        }
        if (lose_answers_ > 0) {
            --lose_answers_;
            return base::unavailable("the connection broke after the insert");
        }
        return {};
    }

    void set_missing(bool missing)
    {
        const std::lock_guard lock(mutex_);
        missing_ = missing;
    }
    /// Inserts with a record that holds `text` fail; empty: none.
    void refuse(std::string text)
    {
        const std::lock_guard lock(mutex_);
        refused_ = std::move(text);
    }
    /// As the engine, which remembers only so many.
    void forget_tokens()
    {
        const std::lock_guard lock(mutex_);
        tokens_.clear();
    }
    void lose_answers(int count)
    {
        const std::lock_guard lock(mutex_);
        lose_answers_ = count;
    }
    std::map<base::Uuid, Row> rows() const
    {
        const std::lock_guard lock(mutex_);
        return rows_;
    }
    bool replays_differ() const { return replays_differ_; }
    bool days_differ() const { return days_differ_; }

    base::Result<store::DroppedDays> drop_received_before(base::Time) override
    {
        return store::DroppedDays{};
    }
    base::Result<store::EventPage> list(const store::EventPageRequest&) override { return none(); }
    base::Result<std::string> find(std::string_view id) override
    {
        const std::lock_guard lock(mutex_);
        if (missing_) {
            return base::unavailable("the event engine is missing");
        }
        const auto found =
            std::ranges::find_if(rows_, [&](const auto& row) { return row.first.text() == id; });
        return found == rows_.end() ? base::Result<std::string>(base::not_found("no event"))
                                    : found->second.json;
    }
    base::Result<std::uint64_t> count(const query::Node*, base::Time, base::Time,
                                      base::Time) override
    {
        return none();
    }
    base::Result<store::Histogram> histogram(const query::Node*, base::Time, base::Time,
                                             std::size_t, base::Time,
                                             const store::Abandoned&) override
    {
        return none();
    }
    base::Result<std::vector<std::pair<std::string, std::uint64_t>>>
    top(std::string_view, const query::Node*, base::Time, base::Time, std::size_t, base::Time,
        const store::Abandoned&) override
    {
        return none();
    }
    base::Result<std::vector<store::SensorHour>> sensor_hours(base::Time, base::Time) override
    {
        return std::vector<store::SensorHour>{};
    }
    base::Result<std::vector<store::AlertHour>> alert_hours(std::span<const std::uint64_t>,
                                                            base::Time, base::Time,
                                                            const store::Abandoned&) override
    {
        return none();
    }
    store::EventStoreHealth health() override { return {}; }

private:
    static std::unexpected<base::Error> none()
    {
        return base::unavailable("the store of the test does not search");
    }

    void add(const store::ArchiveRow& row)
    {
        Row& kept = rows_[row.event->id];
        kept.json = model::render_json(*row.event);
        kept.rules.assign(row.rule_ids.begin(), row.rule_ids.end());
        kept.alerts.assign(row.alerts.begin(), row.alerts.end());
        kept.level = row.level;
        ++kept.copies;
    }

    mutable std::mutex mutex_;
    bool missing_ = false;
    std::string refused_;
    int lose_answers_ = 0;
    bool replays_differ_ = false;
    bool days_differ_ = false;
    std::map<std::string, std::string, std::less<>> tokens_;
    std::map<base::Uuid, Row> rows_;
};

inline std::string read_file(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// name and text of each file below, by path.
inline std::vector<std::pair<std::string, std::string>>
read_folder(const std::filesystem::path& folder)
{
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            files.emplace_back(entry.path().filename().string(), read_file(entry.path()));
        }
    }
    std::ranges::sort(files);
    return files;
}

/// The sources of `content` and the rules in `rule_folders` of it.
inline std::shared_ptr<const Knowledge> load_content(const std::filesystem::path& content,
                                                     const std::vector<std::string>& rule_folders)
{
    std::vector<normalize::SourceFile> sources;
    for (auto& [name, text] : read_folder(content / "sources")) {
        sources.push_back({name, text, false});
    }
    std::vector<detect::MappingFile> mappings;
    for (auto& [name, text] : read_folder(content / "mappings")) {
        mappings.push_back({name, text});
    }
    std::vector<detect::RuleFile> rules;
    for (const std::string& folder : rule_folders) {
        for (auto& [name, text] : read_folder(content / "rules" / folder)) {
            rules.push_back({.name = name, .yaml = text});
        }
    }
    std::vector<normalize::Diagnostic> source_diagnostics;
    std::vector<detect::Diagnostic> rule_diagnostics;
    auto knowledge = std::make_shared<Knowledge>();
    knowledge->sources = normalize::Sources::load(sources, source_diagnostics);
    knowledge->rules = detect::RuleSet::load(rules, mappings, rule_diagnostics);
    return knowledge;
}

} // namespace tanggap::pipeline::testing
