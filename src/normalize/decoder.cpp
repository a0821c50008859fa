#include "normalize/detail/decoder.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "codec/access_log.h"
#include "normalize/detail/address.h"

namespace tanggap::normalize::detail {
namespace {

std::vector<TimeFormat> compile_all(std::initializer_list<std::string_view> formats)
{
    std::vector<TimeFormat> out;
    for (const std::string_view text : formats) {
        auto format = TimeFormat::compile(text);
        TANGGAP_ASSERT(format.has_value());
        out.push_back(std::move(*format));
    }
    return out;
}

Failure bad_format(const SourceSpec& spec, std::string_view expected, std::string_view found)
{
    return {.reason = model::QuarantineReason::BadFormat,
            .detail = "source " + spec.info.id + ": " + std::string(expected) + ", found " +
                      base::quoted(found)};
}

bool is_integer(std::string_view text)
{
    return has_shape(ValueType::Integer, text);
}

} // namespace

void settle_time(model::Event& event, std::optional<base::Time> claimed, base::Time reference,
                 base::Time received, EventBuilder& to)
{
    using namespace base::limits;
    if (!claimed) {
        event.time = reference;
        to.add_flag("tanggap.time.missing");
        return;
    }
    static const base::Time kOldest =
        base::time_from_civil({.year = kEventYearMin, .month = 1, .day = 1}).value();
    if (*claimed < kOldest || *claimed > received + kEventFutureMax) {
        event.time = received;
        to.add_text("tanggap.time.claimed", to.batch().keep(base::format_rfc3339(*claimed)));
        return;
    }
    event.time = *claimed;
}

const std::vector<TimeFormat>& syslog_time_formats()
{
    static const auto kFormats =
        compile_all({"bsd", "iso", "%b %e %Y %H:%M:%S", "%b %e %H:%M:%S %Y"});
    return kFormats;
}

const std::vector<TimeFormat>& guessed_time_formats()
{
    static const auto kFormats =
        compile_all({"iso", "clf", "%Y/%m/%d %H:%M:%S", "%a %b %e %H:%M:%S %Y", "%b %e %H:%M:%S %Y",
                     "%b %e %Y %H:%M:%S", "bsd", "%d-%b-%Y %H:%M:%S %z", "%d-%b-%Y %H:%M:%S",
                     "%m/%d/%Y-%H:%M:%S", "%d/%b/%Y %H:%M:%S"});
    return kFormats;
}

Decoder::Decoder(const Sources::Loaded& loaded, const SourceSpec& spec, TimeReader times,
                 model::EventBatch& out)
    : loaded_(loaded), spec_(spec), times_(std::move(times)), utc_times_(times_.in_utc()), out_(out)
{
}

std::optional<Failure> Decoder::decode(std::string_view bytes, model::Event& event)
{
    claimed_.reset();
    replaced_ = false;
    event.dataset = spec_.info.dataset;
    EventBuilder to(out_, event);
    std::optional<Failure> failure;
    if (spec_.format == Format::Json && leaves().read(bytes, out_)) {
        // Reading looked at every byte: it is UTF-8.
        event.original = bytes;
        place_leaves(spec_, to);
    } else {
        event.original = valid_text(bytes);
        event.fields.reserve(fields_expected_);
        failure = decode_as(spec_, event.original, to);
    }
    if (!failure) {
        complete(spec_, to);
        // Lines of one stream have much the same fields: room for as many and for what enrichment
        // adds, found once. Growing by doubling costs as much memory again. A line with thousands
        // says nothing of the next.
        constexpr std::size_t kEnrichedFields = 4;
        constexpr std::size_t kExpectedMax = 40;
        fields_expected_ = std::min(event.fields.size(), kExpectedMax) + kEnrichedFields;
    }
    return failure;
}

/// The text of a record as UTF-8; a repaired copy lies in the batch.
std::string_view Decoder::valid_text(std::string_view bytes)
{
    if (base::is_utf8(bytes)) {
        return bytes;
    }
    replaced_ = true;
    base::make_utf8(bytes, scratch_);
    return out_.keep(scratch_);
}

void Decoder::complete(const SourceSpec& spec, EventBuilder& to)
{
    const bool json = spec.format == Format::Json;
    if (!json && spec.derive.empty()) {
        return;
    }
    FieldNotes& notes = work_of(spec).notes;
    if (!json) {
        notes.begin(to.event());
    }
    notes.derive(to);
    if (json) {
        // What a record says itself, or what was made from it, goes before these.
        notes.add_constants_where_absent(to);
    }
}

std::optional<Failure> Decoder::decode_as(const SourceSpec& spec, std::string_view text,
                                          EventBuilder& to)
{
    switch (spec.format) {
    case Format::AccessLog:
        return access_log(spec, text, to);
    case Format::Syslog:
        return syslog(spec, text, to);
    case Format::Json:
        return json(spec, text, to);
    case Format::Lines:
        return lines(spec, text, to);
    case Format::Text:
        return plain_text(spec, text, to);
    }
    return bad_format(spec, "expected a known format", text);
}

void Decoder::note_time(std::string_view text, const std::vector<TimeFormat>& formats)
{
    if (const auto time = times_.read(text, formats)) {
        claimed_ = time;
    }
}

std::optional<Failure> Decoder::access_log(const SourceSpec& spec, std::string_view text,
                                           EventBuilder& to)
{
    codec::AccessLine line;
    if (const auto problem = codec::cut_access_line(text, line); !problem.empty()) {
        return bad_format(spec, problem, text);
    }
    note_time(line.time, spec.time_formats);
    to.add_constants(spec.constants);
    to.add_address("source.address", "source.ip", line.client);
    to.add_text("user.name", to.without_escapes(line.user));
    if (!line.vhost.empty()) {
        // The colons of "[2001:db8::1]" are its own.
        const auto colon =
            line.vhost.ends_with(']') ? std::string_view::npos : line.vhost.rfind(':');
        std::string_view host = line.vhost.substr(0, colon);
        if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
            host = host.substr(1, host.size() - 2);
        }
        to.add_text("url.domain", host);
        if (colon != std::string_view::npos &&
            has_shape(ValueType::Port, line.vhost.substr(colon + 1))) {
            to.add_integer("url.port", line.vhost.substr(colon + 1));
        }
    }
    codec::RequestLine request;
    if (codec::cut_request_line(line.request, request)) {
        to.add_text("http.request.method", request.method);
        to.add_text("http.version", request.version);
        to.add_url(to.without_escapes(request.target), request.method == "CONNECT");
    } else if (!line.request.empty()) {
        // No HTTP at all: a TLS hello, a scanner's greeting. Rules look at it as it is.
        to.add_flag("tanggap.http.malformed");
        to.add_text("tanggap.http.request_line", line.request);
    }
    if (!line.status.empty()) {
        to.add_integer("http.response.status_code", line.status);
    }
    if (!line.bytes.empty()) {
        to.add_integer("http.response.body.bytes", line.bytes);
    }
    to.add_text("http.request.referrer", to.without_escapes(line.referrer));
    to.add_text("user_agent.original", to.without_escapes(line.agent));
    for (std::size_t i = 0; i < line.extras_count; ++i) {
        const std::string_view extra = line.extras[i];
        to.add_text("tanggap.access.extra", extra);
        // X-Forwarded-For, the one extra field whose meaning shows by itself.
        if (const auto first = extra.substr(0, extra.find(',')); is_address(first)) {
            to.add_address("network.forwarded_ip", "network.forwarded_ip", first);
        }
    }
    return std::nullopt;
}

void Decoder::envelope(const codec::SyslogEnvelope& envelope, EventBuilder& to)
{
    note_time(envelope.time, syslog_time_formats());
    to.add_text("host.name", envelope.host);
    to.add_text("process.name", envelope.program);
    if (is_integer(envelope.pid)) {
        to.add_integer("process.pid", envelope.pid);
    }
    if (envelope.priority) {
        const auto number = [&](std::string_view name, unsigned value) {
            to.add(name, model::integer_value(to.batch(), value));
        };
        number("log.syslog.priority", *envelope.priority);
        number("log.syslog.facility.code", *envelope.priority / 8);
        number("log.syslog.severity.code", *envelope.priority % 8);
    }
    to.add_text("log.syslog.msgid", envelope.message_id);
    to.add_text("log.syslog.structured_data", envelope.structured);
    to.add_text("message", envelope.message);
}

std::optional<Failure> Decoder::syslog(const SourceSpec& spec, std::string_view text,
                                       EventBuilder& to)
{
    const auto cut = codec::cut_syslog(text);
    if (!cut) {
        return bad_format(spec, "expected a syslog line that starts with its time", text);
    }
    envelope(*cut, to);
    message(spec, cut->program, cut->message, to);
    return std::nullopt;
}

void Decoder::message(const SourceSpec& spec, std::string_view program, std::string_view text,
                      EventBuilder& to)
{
    if (const auto count = codec::take_repetition(text); count > 0) {
        to.add("tanggap.repeat.count",
               model::integer_value(to.batch(), static_cast<std::int64_t>(
                                                    std::min<std::uint64_t>(count, INT64_MAX))));
    }
    const auto& messages = loaded_.messages.at(&spec);
    const auto found = messages.by_program.find(program);
    if (found != messages.by_program.end()) {
        for (const MessageGroup* group : found->second) {
            if (try_group(*group, text, to)) {
                return;
            }
        }
        const auto claiming = std::ranges::find_if(
            found->second, [](const MessageGroup* group) { return group->claims_all; });
        if (claiming != found->second.end()) {
            to.add_constants((*claiming)->constants);
            if (!(*claiming)->dataset.empty()) {
                to.event().dataset = (*claiming)->dataset;
            }
            return;
        }
    }
    for (const MessageGroup* group : messages.any) {
        if (try_group(*group, text, to)) {
            return;
        }
    }
    to.add_constants(spec.constants);
}

bool Decoder::try_group(const MessageGroup& group, std::string_view text, EventBuilder& to)
{
    const auto has_front = [&text](const std::string& front) { return text.starts_with(front); };
    for (auto front = std::ranges::find_if(group.strip, has_front); front != group.strip.end();
         front = std::ranges::find_if(group.strip, has_front)) {
        text.remove_prefix(front->size());
    }
    for (const std::string& end : group.strip_end) {
        text.remove_suffix(text.ends_with(end) ? end.size() : 0);
    }
    text = base::trim(text);
    const bool matched = std::ranges::any_of(
        group.patterns, [&](const LinePattern& pattern) { return try_pattern(pattern, text, to); });
    if (matched) {
        if (!group.dataset.empty()) {
            to.event().dataset = group.dataset;
        }
        return true;
    }
    for (const std::string& id : group.decode_as) {
        const SourceSpec* inner = loaded_.find(id);
        if (inner != nullptr && try_source(*inner, text, to)) {
            return true;
        }
    }
    return false;
}

bool Decoder::try_source(const SourceSpec& inner, std::string_view text, EventBuilder& to)
{
    constexpr int kDepthMax = 2; // two files may name each other
    if (depth_ == kDepthMax) {
        return false;
    }
    const std::size_t before = to.event().fields.size();
    ++depth_;
    const auto failure = decode_as(inner, text, to);
    --depth_;
    if (failure) {
        to.event().fields.resize(before);
        return false;
    }
    complete(inner, to);
    to.event().dataset = inner.info.dataset;
    return true;
}

bool Decoder::try_pattern(const LinePattern& pattern, std::string_view text, EventBuilder& to)
{
    if (!match_pattern(pattern, text, to)) {
        return false;
    }
    to.add_constants(pattern.constants);
    return true;
}

bool Decoder::match_pattern(const LinePattern& pattern, std::string_view text, EventBuilder& to)
{
    values_.resize(pattern.targets.size());
    if (!pattern.pattern.match(text, values_)) {
        return false;
    }
    for (std::size_t i = 0; i < pattern.targets.size(); ++i) {
        to.add(pattern.targets[i], values_[i]);
    }
    return true;
}

std::optional<Failure> Decoder::lines(const SourceSpec& spec, std::string_view text,
                                      EventBuilder& to)
{
    for (const LinePattern& pattern : spec.lines) {
        if (!match_pattern(pattern, text, to)) {
            continue;
        }
        if (pattern.time_capture >= 0) {
            note_time(values_[static_cast<std::size_t>(pattern.time_capture)], spec.time_formats);
        }
        bool understood = false;
        if (pattern.message_capture >= 0) {
            const std::string_view inner =
                values_[static_cast<std::size_t>(pattern.message_capture)];
            to.add_text("message", inner);
            const auto& groups = loaded_.messages.at(&spec).any;
            understood = std::ranges::any_of(
                groups, [&](const MessageGroup* group) { return try_group(*group, inner, to); });
        }
        // The pattern of a message carries the constants of its source already.
        if (!understood) {
            to.add_constants(pattern.constants);
        }
        return std::nullopt;
    }
    return bad_format(spec, "no pattern of the source fits the line", text);
}

std::optional<Failure> Decoder::plain_text(const SourceSpec& spec, std::string_view text,
                                           EventBuilder& to)
{
    constexpr std::size_t kControlsShare = 5; // one in five: this is no text
    const auto controls = std::ranges::count_if(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\x1b';
    });
    if (static_cast<std::size_t>(controls) * kControlsShare > text.size()) {
        return Failure{.reason = model::QuarantineReason::Binary,
                       .detail = "expected text, found control bytes: " + base::quoted(text)};
    }
    to.add_constants(spec.constants);
    to.add_text("message", text);
    to.add_flag("tanggap.parse.partial");
    std::string_view front = text;
    while (!front.empty() &&
           (front.front() == '[' || front.front() == ' ' || front.front() == '(')) {
        front.remove_prefix(1);
    }
    claimed_ = times_.read_front(front, guessed_time_formats());
    return std::nullopt;
}

codec::JsonLeaves& Decoder::leaves()
{
    if (!leaves_) {
        leaves_ = std::make_unique<codec::JsonLeaves>();
    }
    return *leaves_;
}

Decoder::Work& Decoder::work_of(const SourceSpec& spec)
{
    const auto found = std::ranges::find_if(
        works_, [&](const auto& work) { return &work->notes.plan() == spec.plan.get(); });
    return found != works_.end() ? **found
                                 : *works_.emplace_back(std::make_unique<Work>(*spec.plan));
}

std::optional<Failure> Decoder::json(const SourceSpec& spec, std::string_view text,
                                     EventBuilder& to)
{
    if (leaves().read(text, out_)) {
        place_leaves(spec, to);
        return std::nullopt;
    }
    if (!flattener_) {
        flattener_.emplace();
    }
    flat_.clear();
    bool duplicate_key = false;
    if (auto problem = flattener_->flatten(text, out_, flat_, duplicate_key)) {
        return Failure{.reason = problem->reason, .detail = std::move(problem->detail)};
    }
    place_flat(spec, duplicate_key, to);
    return std::nullopt;
}

const Place& Decoder::place_of(Work& work, std::uint32_t name)
{
    auto& place = work.places[name];
    if (!place) {
        place = work.notes.plan().place_of(
            leaves_->names().text(name), [this](std::string_view text) { return out_.keep(text); });
    }
    return *place;
}

/// The first of the source's time fields that can be read; of a name written twice, the first.
void Decoder::read_time(const SourceSpec& spec, Work& work)
{
    work.time_rank = kNoTime;
    for (std::size_t i = 0; i < work.times.size(); ++i) {
        if (!work.times[i]) {
            continue;
        }
        TimeReader& reader = work.utc[i] ? utc_times_ : times_;
        claimed_ = reader.read(base::trim(*work.times[i]), spec.time_formats);
        if (claimed_) {
            work.time_rank = static_cast<int>(i);
            return;
        }
    }
}

void Decoder::place_leaves(const SourceSpec& spec, EventBuilder& to)
{
    constexpr std::size_t kMadeFields = 16; ///< by derivations, constants and enrichment
    Work& work = work_of(spec);
    const auto all = leaves_->leaves();
    const auto& names = leaves_->names();
    if (work.generation != names.generation()) {
        work.generation = names.generation();
        work.places.clear();
    }
    work.places.resize(names.size());
    work.begin();
    for (const codec::JsonLeaf& leaf : all) {
        work.note_time(place_of(work, leaf.name), leaf.value);
    }
    read_time(spec, work);
    to.event().fields.reserve(all.size() + kMadeFields);
    work.notes.begin(to.event());
    for (const codec::JsonLeaf& leaf : all) {
        const Place& place = *work.places[leaf.name];
        work.notes.place(place, leaf.value, work.gave_time(place), to);
    }
    if (leaves_->duplicate_key()) {
        to.add_flag("tanggap.json.duplicate_key");
    }
}

/// What only the flattener can read is rare: nothing is remembered of its names.
void Decoder::place_flat(const SourceSpec& spec, bool duplicate_key, EventBuilder& to)
{
    Work& work = work_of(spec);
    work.begin();
    std::vector<Place> places;
    places.reserve(flat_.size());
    for (const model::Field& field : flat_) {
        places.push_back(spec.plan->place_of(
            field.name, [this](std::string_view text) { return out_.keep(text); }));
        work.note_time(places.back(), field.value);
    }
    read_time(spec, work);
    to.event().fields.reserve(flat_.size());
    work.notes.begin(to.event());
    for (std::size_t i = 0; i < flat_.size(); ++i) {
        work.notes.place(places[i], flat_[i].value, work.gave_time(places[i]), to);
    }
    if (duplicate_key) {
        to.add_flag("tanggap.json.duplicate_key");
    }
}

} // namespace tanggap::normalize::detail
