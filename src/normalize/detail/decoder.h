// Applies one source to records, one after another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "codec/syslog.h"
#include "model/record.h"
#include "normalize/detail/event_builder.h"
#include "normalize/detail/spec.h"
#include "normalize/normalizer.h"

namespace tanggap::normalize::detail {

struct Failure {
    model::QuarantineReason reason = model::QuarantineReason::BadFormat;
    std::string detail;
};

/// Owner: one call of decode(). Holds scratch memory and the last time read.
class Decoder {
public:
    Decoder(const Sources::Loaded& loaded, const SourceSpec& spec, TimeReader times,
            model::EventBatch& out);

    /// Adds the fields and the time of `text` to `event`.
    std::optional<Failure> decode(std::string_view text, model::Event& event);
    /// The time `decode` found; nothing where the text has none.
    std::optional<base::Time> claimed_time() const { return claimed_; }

private:
    std::optional<Failure> decode_as(const SourceSpec& spec, std::string_view text,
                                     EventBuilder& to);
    std::optional<Failure> access_log(const SourceSpec& spec, std::string_view text,
                                      EventBuilder& to);
    std::optional<Failure> syslog(const SourceSpec& spec, std::string_view text, EventBuilder& to);
    std::optional<Failure> json(const SourceSpec& spec, std::string_view text, EventBuilder& to);
    std::optional<Failure> lines(const SourceSpec& spec, std::string_view text, EventBuilder& to);
    std::optional<Failure> plain_text(const SourceSpec& spec, std::string_view text,
                                      EventBuilder& to);

    void envelope(const codec::SyslogEnvelope& envelope, EventBuilder& to);
    void message(const SourceSpec& spec, std::string_view program, std::string_view text,
                 EventBuilder& to);
    bool try_group(const MessageGroup& group, std::string_view text, EventBuilder& to);
    bool try_source(const SourceSpec& inner, std::string_view text, EventBuilder& to);
    bool try_pattern(const LinePattern& pattern, std::string_view text, EventBuilder& to);
    bool match_pattern(const LinePattern& pattern, std::string_view text, EventBuilder& to);
    void json_field(const SourceSpec& spec, const model::Field& field, EventBuilder& to);
    void json_rest(const SourceSpec& spec, const model::Field& field, EventBuilder& to);
    void derive(const SourceSpec& spec, EventBuilder& to);
    void complete(const SourceSpec& spec, EventBuilder& to);
    static void add_where_absent(const Constants& constants, EventBuilder& to);
    void note_time(std::string_view text, const std::vector<TimeFormat>& formats);

    const Sources::Loaded& loaded_;
    const SourceSpec& spec_;
    TimeReader times_;
    TimeReader utc_times_; ///< for fields that are UTC whatever the stream's zone
    model::EventBatch& out_;
    std::optional<codec::JsonFlattener> flattener_;
    std::vector<model::Field> flat_;
    std::vector<std::string_view> values_;
    std::string scratch_;
    std::optional<base::Time> claimed_;
    int depth_ = 0;               ///< sources inside messages of sources
    std::string_view time_field_; ///< json: the field that gave the time
};

/// json: the event field that `json_name`, which no line of `fields` places, goes to. False: none,
/// as it gave the time already.
bool name_rest(const SourceSpec& spec, std::string_view json_name, std::string_view time_field,
               std::string& name);
/// ECS fields that hold an address and nothing else; null for others.
const Target* address_target(std::string_view name);
/// Rulings 21: what is not believable is replaced, and the claim is kept.
void settle_time(model::Event& event, std::optional<base::Time> claimed, base::Time reference,
                 base::Time received, EventBuilder& to);

/// Formats of RFC 3164 and RFC 5424 envelopes.
const std::vector<TimeFormat>& syslog_time_formats();
/// Formats that a time at the front of an unknown line may have.
const std::vector<TimeFormat>& guessed_time_formats();

} // namespace tanggap::normalize::detail
