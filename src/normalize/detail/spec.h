// A source file, read: what the decoders work from. Format: docs/reference/sources.md.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/event.h"
#include "normalize/detail/pattern.h"
#include "normalize/detail/timestamp.h"
#include "normalize/normalizer.h"

namespace tanggap::normalize::detail {

enum class Format : std::uint8_t { AccessLog, Syslog, Json, Lines, Text };

/// A field with a fixed value.
struct Constant {
    std::string name;
    model::Value::Kind kind = model::Value::Kind::String;
    std::int64_t integer = 0;
    bool boolean = false;
    std::string text;
};
using Constants = std::vector<Constant>;

/// Where a value goes and how.
struct Target {
    std::string name;
    std::string ip_name;   ///< Address, Endpoint: the name for a real address
    std::string port_name; ///< Endpoint
    ValueType type = ValueType::Text;
    std::vector<std::pair<std::string, std::string>> words; ///< written value → our word
};
Target make_target(std::string name, ValueType type);

struct LinePattern {
    Pattern pattern;
    std::vector<Target> targets; ///< one a capture; name "_" is forgotten
    Constants constants;         ///< with those of its group and source, the nearest wins
    int time_capture = -1;       ///< the capture named "time"
    int message_capture = -1;    ///< the capture named "_message": matched again as a message
};

/// Patterns for the messages of some programs.
struct MessageGroup {
    std::vector<std::string> programs;  ///< empty: any
    std::vector<std::string> strip;     ///< removed from the front of the message, in any order
    std::vector<std::string> strip_end; ///< removed from its end
    std::vector<LinePattern> patterns;
    Constants constants;
    std::string dataset;                ///< of events of this group; empty: the source's
    std::vector<std::string> decode_as; ///< sources whose lines the message may be
    /// Whether a message of these programs that no pattern fits is still of this group's kind.
    bool claims_all = true;
};

struct Condition {
    std::string field;
    std::vector<std::string> values; ///< any of them, without regard to case; empty: present
};

/// Fields made from fields.
struct Derivation {
    std::optional<Target> to;
    std::vector<std::string> from; ///< the first that is there and not "-"
    std::vector<Condition> when;   ///< all of them
    Constants constants;
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const
    {
        return std::hash<std::string_view>{}(text);
    }
};
using TargetMap = std::unordered_map<std::string, std::vector<Target>, TextHash, std::equal_to<>>;

struct Recognise {
    std::vector<std::string> programs;            ///< syslog
    std::vector<std::vector<std::string>> fields; ///< json: of each list one is there
    bool any() const { return !programs.empty() || !fields.empty(); }
};

/// `event_data.*: winlog.event_data.*` renames a branch; `user.*.*: winlog.user_data.*` leaves out
/// the name between as well.
struct Branch {
    std::string from; ///< "event_data."
    std::string to;   ///< "winlog.event_data."
    bool skips_one = false;
};

class FieldPlan;

struct SourceSpec {
    SourceInfo info;
    Format format = Format::Lines;
    int rank = 100; ///< of sources that read equally many records, the lower wins
    bool choosable = true;
    Recognise recognise;
    std::vector<std::string> time_fields;
    std::vector<std::string> utc_fields; ///< of time_fields: never in the stream's zone
    std::vector<TimeFormat> time_formats;
    Constants constants;
    TargetMap fields;
    std::vector<Branch> branches;
    std::string rest;        ///< json: what other fields are put under; empty: their own names
    bool keep_whole = false; ///< json: mapped fields also under `rest`
    std::vector<LinePattern> lines;
    std::vector<MessageGroup> messages;
    std::vector<std::string> include; ///< sources whose messages are tried too
    std::vector<Derivation> derive;
    std::shared_ptr<const FieldPlan> plan; ///< made of the rest

    struct Sample {
        std::string line;
        std::size_t at_line = 0; ///< in the YAML
        std::vector<std::pair<std::string, std::string>> expect;
    };
    std::vector<Sample> samples;
};

/// Reads one file. Problems go to `diagnostics`; null when any is an error.
std::unique_ptr<SourceSpec> read_source(const SourceFile& file,
                                        std::vector<Diagnostic>& diagnostics);

} // namespace tanggap::normalize::detail

namespace tanggap::normalize {

struct Sources::Loaded {
    std::vector<std::unique_ptr<detail::SourceSpec>> specs; ///< by rank, then id
    const detail::SourceSpec* find(std::string_view id) const;

    /// Groups that may read a message of `program` for `spec`, in order.
    struct Messages {
        std::unordered_map<std::string, std::vector<const detail::MessageGroup*>, detail::TextHash,
                           std::equal_to<>>
            by_program;
        std::vector<const detail::MessageGroup*> any;
    };
    std::unordered_map<const detail::SourceSpec*, Messages> messages;
};

} // namespace tanggap::normalize
