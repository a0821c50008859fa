// One finding of a hunt, which of them are shown, and how one is written as a line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/detection.h"

namespace tanggap::app::hunting {

struct Finding {
    std::shared_ptr<const model::RuleInfo> rule;
    base::Time time;
    std::shared_ptr<const std::string> file; ///< as given
    std::uint64_t record = 0;                ///< 1-based ordinal in the file
    std::string host;
    std::string user;
    std::string address; ///< source.ip
    std::string detail;  ///< why, in one line
    /// The finding as a JSON object, in front of the number of its record and behind it: a piece of
    /// a file does not know yet how many records came before. Empty where that is not asked for.
    std::string json_head;
    std::string json_tail;

    std::string json() const { return json_head + std::to_string(record) + json_tail; }
};

/// Which findings are shown. Texts are compared without regard to ASCII case.
struct FindingFilter {
    std::optional<model::Level> level; ///< this or above
    std::vector<std::string> rules;    ///< ids, or parts of titles; any of them
    std::vector<std::string> excluded; ///< the same; none of them
    std::vector<std::string> tags;     ///< "attack.t1110", "T1110", "t1110.001"; any of them
    struct FieldTest {
        std::string name;
        std::string pattern; ///< with * and ?
    };
    std::vector<FieldTest> fields; ///< all of them

    bool takes(const model::RuleInfo& rule) const;
    bool takes(const model::Event& event) const;
};

/// "host.name=dc-*". Errors: Invalid without a name or '='.
base::Result<FindingFilter::FieldTest> parse_field_test(std::string_view text);

enum class WithJson : std::uint8_t { No, Yes };
/// `record` is 1-based.
Finding make_finding(const model::Event& event, const model::Detection& detection,
                     std::shared_ptr<const std::string> file, std::uint64_t record, WithJson json);

/// Text of rules and logs on a terminal: no byte of it may move the cursor.
std::string printable(std::string_view text);

/// Appends `text` as a JSON string; bytes that are no UTF-8 are replaced.
void append_json_string(std::string& out, std::string_view text);

} // namespace tanggap::app::hunting
