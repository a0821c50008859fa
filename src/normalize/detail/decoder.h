// Applies one source to records, one after another.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "codec/json_leaves.h"
#include "codec/syslog.h"
#include "model/record.h"
#include "normalize/detail/event_builder.h"
#include "normalize/detail/field_plan.h"
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

    /// Adds the fields, the time and the original of a record to `event`.
    std::optional<Failure> decode(std::string_view bytes, model::Event& event);
    /// The time `decode` found; nothing where the text has none.
    std::optional<base::Time> claimed_time() const { return claimed_; }
    /// Whether it had to replace bytes that are no UTF-8.
    bool replaced_bytes() const { return replaced_; }

private:
    static constexpr int kNoTime = -1;
    /// What one source asks of an event.
    struct Work {
        explicit Work(const FieldPlan& plan)
            : notes(plan), times(plan.spec().time_fields.size()), utc(times.size())
        {
        }
        void begin() { std::ranges::fill(times, std::nullopt); }
        void note_time(const Place& place, const model::Value& value)
        {
            if (place.time_rank != kNoTime) {
                const auto rank = static_cast<std::size_t>(place.time_rank);
                if (!times[rank]) {
                    times[rank] = value.text;
                    utc[rank] = place.time_utc;
                }
            }
        }
        bool gave_time(const Place& place) const
        {
            return time_rank != kNoTime && place.time_rank == time_rank;
        }

        FieldNotes notes;
        std::uint64_t generation = 0;                       ///< of the names that `places` is about
        std::vector<std::optional<Place>> places;           ///< by number of the name
        std::vector<std::optional<std::string_view>> times; ///< json: by rank, as written
        std::vector<bool> utc;
        int time_rank = kNoTime; ///< json: of the field that gave the time
    };
    Work& work_of(const SourceSpec& spec);
    const Place& place_of(Work& work, std::uint32_t name);
    void read_time(const SourceSpec& spec, Work& work);

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
    void place_leaves(const SourceSpec& spec, EventBuilder& to);
    void place_flat(const SourceSpec& spec, bool duplicate_key, EventBuilder& to);
    void complete(const SourceSpec& spec, EventBuilder& to);
    std::string_view valid_text(std::string_view bytes);
    codec::JsonLeaves& leaves();
    void note_time(std::string_view text, const std::vector<TimeFormat>& formats);

    const Sources::Loaded& loaded_;
    const SourceSpec& spec_;
    TimeReader times_;
    TimeReader utc_times_; ///< for fields that are UTC whatever the stream's zone
    model::EventBatch& out_;
    std::unique_ptr<codec::JsonLeaves> leaves_;
    std::optional<codec::JsonFlattener> flattener_; ///< for what `leaves_` cannot read
    std::vector<model::Field> flat_;
    std::vector<std::unique_ptr<Work>> works_; ///< of the sources met so far
    std::vector<std::string_view> values_;
    std::string scratch_;
    std::optional<base::Time> claimed_;
    bool replaced_ = false;
    std::size_t fields_expected_ = 20;
    int depth_ = 0; ///< sources inside messages of sources
};

/// Rulings 21: what is not believable is replaced, and the claim is kept.
void settle_time(model::Event& event, std::optional<base::Time> claimed, base::Time reference,
                 base::Time received, EventBuilder& to);

/// Formats of RFC 3164 and RFC 5424 envelopes.
const std::vector<TimeFormat>& syslog_time_formats();
/// Formats that a time at the front of an unknown line may have.
const std::vector<TimeFormat>& guessed_time_formats();

} // namespace tanggap::normalize::detail
