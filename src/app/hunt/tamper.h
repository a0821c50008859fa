// Signs that an event log was cleared, cut or written to: what is missing is a finding as well.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/hunt/finding.h"
#include "model/event.h"

namespace tanggap::app::hunting {

/// What the events of one piece say of their logs. Events that are of no Windows log say nothing.
class LogMarks {
public:
    struct Mark {
        std::uint32_t log = 0; ///< into logs()
        std::uint64_t id = 0;  ///< EventRecordID
        base::Time time;
        std::uint64_t record = 0;
    };
    struct Cleared {
        std::uint32_t log = 0;
        base::Time time;
        std::uint64_t record = 0;
        std::string which; ///< the log that was cleared
        std::string user;
    };
    struct Log {
        std::string host;
        std::string channel;
    };

    void take(const model::Event& event, std::uint64_t record);
    const std::vector<Log>& logs() const { return logs_; }
    const std::vector<Mark>& marks() const { return marks_; }
    const std::vector<Cleared>& cleared() const { return cleared_; }

private:
    std::uint32_t log_of(std::string_view host, std::string_view channel);

    std::vector<Log> logs_;
    std::vector<Mark> marks_;
    std::vector<Cleared> cleared_;
};

/// Follows each log of a file from record to record. Thread: one owner, pieces in order.
class TamperCheck {
public:
    explicit TamperCheck(WithJson json) : json_(json) {}

    /// Records of `marks` count from `records_before` + 1. Cleared logs are findings at once.
    void take(const LogMarks& marks, const std::shared_ptr<const std::string>& file,
              std::uint64_t records_before, std::vector<Finding>& findings);
    /// The file at hand is at its end: holes and times that went back are told.
    void end_file(std::vector<Finding>& findings);

private:
    struct LogState {
        std::uint64_t records = 0;
        std::uint64_t first_id = 0;
        std::uint64_t last_id = 0;
        base::Time last_time;
        std::uint64_t unordered = 0;
        std::uint64_t holes = 0;
        std::uint64_t missing = 0;
        std::uint64_t hole_after = 0; ///< id before the widest hole
        std::uint64_t hole_size = 0;
        std::uint64_t hole_record = 0;
        base::Time hole_from;
        base::Time hole_to;
        std::uint64_t backwards = 0;
        base::Duration back_most{};
        std::uint64_t back_record = 0;
        base::Time back_time;
    };
    void follow(LogState& state, const LogMarks::Mark& mark, std::uint64_t record);
    Finding finding(std::shared_ptr<const model::RuleInfo> rule, const LogMarks::Log& log,
                    base::Time time, std::uint64_t record, const std::string& detail,
                    const std::string& user) const;

    static constexpr std::size_t kLogsMax = 10'000;

    WithJson json_;
    std::shared_ptr<const std::string> file_;
    std::map<std::pair<std::string, std::string>, LogState> logs_; ///< by host and channel
};

} // namespace tanggap::app::hunting
