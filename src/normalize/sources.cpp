// The set of loaded sources: reading, checking against their own samples, choosing.
#include <algorithm>
#include <map>

#include "base/limits.h"
#include "base/text.h"
#include "codec/access_log.h"
#include "normalize/detail/decoder.h"

namespace tanggap::normalize {
namespace {

using detail::Format;
using detail::MessageGroup;
using detail::SourceSpec;

/// Always there, whatever files are loaded: rulings 23 needs a last resort.
constexpr std::string_view kGenericText = R"(
id: generic_text
title: Text of unknown kind
title_id: Teks yang belum dikenal
dataset: generic.text
format: text
rank: 1000
)";

void link_messages(Sources::Loaded& loaded)
{
    for (const auto& spec : loaded.specs) {
        auto& messages = loaded.messages[spec.get()];
        const auto take = [&messages](const SourceSpec& from) {
            for (const MessageGroup& group : from.messages) {
                for (const std::string& program : group.programs) {
                    messages.by_program[program].push_back(&group);
                }
                if (group.programs.empty()) {
                    messages.any.push_back(&group);
                }
            }
        };
        take(*spec);
        for (const std::string& id : spec->include) {
            if (const SourceSpec* included = loaded.find(id)) {
                take(*included);
            }
        }
    }
}

/// The names a file mentions should exist; without them it still reads the rest.
void check_names(const Sources::Loaded& loaded, const SourceFile& file, const SourceSpec& spec,
                 std::vector<Diagnostic>& diagnostics)
{
    const auto check = [&](const std::string& id, bool lines_only) {
        const SourceSpec* named = loaded.find(id);
        const bool nested = named != nullptr && lines_only &&
                            (named->format == Format::Syslog || named->format == Format::Text);
        if (named != nullptr && named != &spec && !nested) {
            return;
        }
        diagnostics.push_back({.severity = Diagnostic::Severity::Warning,
                               .file = file.name,
                               .line = 1,
                               .column = 1,
                               .message = "names the source " + base::quoted(id) +
                                          (nested ? ", whose format cannot lie inside a message"
                                                  : ", which is not loaded"),
                               .hint = "see docs/reference/sources.md"});
    };
    for (const std::string& id : spec.include) {
        check(id, false);
    }
    for (const MessageGroup& group : spec.messages) {
        for (const std::string& id : group.decode_as) {
            check(id, true);
        }
    }
}

/// Decodes the samples of a source with itself and compares what it expects.
void check_samples(const Sources& sources, const SourceFile& file, const SourceSpec& spec,
                   std::vector<Diagnostic>& diagnostics)
{
    for (const SourceSpec::Sample& sample : spec.samples) {
        const auto report = [&](std::string message) {
            diagnostics.push_back({.file = file.name,
                                   .line = sample.at_line,
                                   .column = 1,
                                   .message = std::move(message),
                                   .hint = "mend the pattern or the sample"});
        };
        const model::Record record{
            .id = {}, .bytes = sample.line, .full_length = 0, .full_sha256 = {}};
        // 2 January 2030: later than any sample, so that none lies in the future.
        const base::Time received = base::Time::from_seconds(1'893'542'400);
        model::StreamContext stream;
        stream.source = spec.info.id;
        model::EventBatch batch;
        const auto rejected = decode(sources, stream, std::span(&record, 1), received, batch);
        if (!rejected.empty()) {
            report("the sample is not read: " + rejected.front().detail);
            continue;
        }
        for (const auto& [name, expected] : sample.expect) {
            const std::string found =
                name == "@timestamp"      ? base::format_rfc3339(batch.events[0].time)
                : name == "event.dataset" ? std::string(batch.events[0].dataset)
                                          : std::string(batch.events[0].text(name));
            if (found != expected) {
                report("the sample gives " + name + " = " + base::quoted(found) + ", expected " +
                       base::quoted(expected));
            }
        }
    }
}

/// The files of each id, the one that wins last.
class Candidates {
public:
    void take(const SourceFile& file, std::vector<Diagnostic>& diagnostics)
    {
        auto spec = detail::read_source(file, diagnostics);
        if (spec == nullptr) {
            return;
        }
        auto& places = by_id_[spec->info.id];
        const bool twice = !places.empty() && !file.overriding && !places.back().replaceable;
        if (twice && places.back().file->overriding) {
            places.insert(places.begin(), {.file = &file, .spec = std::move(spec)});
        } else if (twice) {
            diagnostics.push_back({.file = file.name,
                                   .line = 1,
                                   .column = 1,
                                   .message = "the id " + base::quoted(spec->info.id) +
                                              " is already used by " + places.back().file->name,
                                   .hint = "give one of them another id"});
        } else {
            const bool built_in = by_id_.size() == 1 && places.empty();
            places.push_back({.file = &file, .spec = std::move(spec), .replaceable = built_in});
        }
    }

    /// Moves the winners into `loaded`.
    void lend(Sources::Loaded& loaded)
    {
        for (auto& [id, places] : by_id_) {
            loaded.specs.push_back(std::move(places.back().spec));
        }
        std::ranges::sort(loaded.specs, {}, [](const auto& spec) {
            return std::pair(spec->rank, std::string_view(spec->info.id));
        });
    }

    void take_back_without(Sources::Loaded& loaded, const SourceSpec& failed)
    {
        for (auto& spec : loaded.specs) {
            auto& places = by_id_.at(spec->info.id);
            if (spec.get() != &failed) {
                places.back().spec = std::move(spec);
                continue;
            }
            places.pop_back();
            if (places.empty()) {
                by_id_.erase(failed.info.id);
            }
        }
    }

    const SourceFile& file_of(const SourceSpec& spec) const
    {
        return *by_id_.at(spec.info.id).back().file;
    }

private:
    struct Candidate {
        const SourceFile* file = nullptr;
        std::unique_ptr<SourceSpec> spec;
        bool replaceable = false; ///< built in, for the case that no file is there
    };
    std::map<std::string, std::vector<Candidate>> by_id_;
};

/// How often each source reads the records it is asked about.
class Probe {
public:
    explicit Probe(const Sources::Loaded& loaded) : loaded_(loaded), reads_(loaded.specs.size()) {}

    void look_at(std::string_view bytes)
    {
        std::string repaired;
        base::make_utf8(bytes, repaired);
        const std::string_view text = base::trim(repaired);
        // Comments tell nothing about the format of the records between them.
        if (text.empty() || text.starts_with('#')) {
            return;
        }
        ++records_;
        flat_.clear();
        bool duplicate_key = false;
        is_json_ = text.starts_with('{') && !flattener_.flatten(text, batch_, flat_, duplicate_key);
        envelope_ = codec::cut_syslog(text);
        for (std::size_t i = 0; i < loaded_.specs.size(); ++i) {
            reads_[i] += reads(*loaded_.specs[i], text) ? 1U : 0U;
        }
    }

    /// Sources that recognise what they read go first, then those that read any envelope.
    std::string best() const
    {
        for (const bool specific : {true, false}) {
            const SourceSpec* best = nullptr;
            std::size_t most = 0;
            for (std::size_t i = 0; i < reads_.size(); ++i) {
                const SourceSpec& spec = *loaded_.specs[i];
                if (is_specific(spec) == specific && reads_[i] * 2 >= records_ &&
                    reads_[i] > most) {
                    best = &spec;
                    most = reads_[i];
                }
            }
            if (best != nullptr) {
                return best->info.id;
            }
        }
        return "generic_text";
    }

private:
    static bool is_specific(const SourceSpec& spec)
    {
        return spec.recognise.any() || spec.format == Format::AccessLog ||
               spec.format == Format::Lines;
    }

    /// A date and a clock alone, as many logs have them, are no syslog.
    bool is_syslog() const
    {
        return envelope_ && (envelope_->priority || !envelope_->program.empty() ||
                             envelope_->time_style == codec::SyslogTime::Bsd);
    }

    bool has_field(const std::string& name) const
    {
        return std::ranges::any_of(flat_, [&](const model::Field& field) {
            return field.name == name || (name.ends_with('.') && field.name.starts_with(name));
        });
    }

    bool reads(const SourceSpec& spec, std::string_view text)
    {
        if (!spec.choosable) {
            return false;
        }
        switch (spec.format) {
        case Format::Json:
            return is_json_ && std::ranges::all_of(spec.recognise.fields, [&](const auto& any) {
                       return std::ranges::any_of(
                           any, [&](const auto& name) { return has_field(name); });
                   });
        case Format::Syslog:
            return is_syslog() && (spec.recognise.programs.empty() ||
                                   std::ranges::find(spec.recognise.programs, envelope_->program) !=
                                       spec.recognise.programs.end());
        case Format::AccessLog:
        case Format::Lines:
            return reads_line(spec, text);
        case Format::Text:
            return false;
        }
        return false;
    }

    bool reads_line(const SourceSpec& spec, std::string_view text)
    {
        const auto times = detail::TimeReader(detail::Zone{}, base::Time::from_seconds(0));
        detail::Decoder decoder(loaded_, spec, times, batch_);
        model::Event event;
        const bool has_time =
            spec.format == Format::AccessLog ||
            std::ranges::any_of(spec.lines, [](const detail::LinePattern& pattern) {
                return pattern.time_capture >= 0;
            });
        return !decoder.decode(text, event) && (!has_time || decoder.claimed_time().has_value());
    }

    const Sources::Loaded& loaded_;
    std::vector<std::size_t> reads_;
    std::size_t records_ = 0;
    codec::JsonFlattener flattener_;
    model::EventBatch batch_;
    std::vector<model::Field> flat_;
    std::optional<codec::SyslogEnvelope> envelope_;
    bool is_json_ = false;
};

} // namespace

const SourceSpec* Sources::Loaded::find(std::string_view id) const
{
    const auto found =
        std::ranges::find_if(specs, [id](const auto& spec) { return spec->info.id == id; });
    return found == specs.end() ? nullptr : found->get();
}

Sources::Sources() : loaded_(std::make_shared<Loaded>()) {}
Sources::~Sources() = default;

std::shared_ptr<const Sources> Sources::load(std::span<const SourceFile> files,
                                             std::vector<Diagnostic>& diagnostics)
{
    const SourceFile generic{.name = "generic_text", .yaml = std::string(kGenericText)};
    Candidates candidates;
    candidates.take(generic, diagnostics);
    for (const SourceFile& file : files) {
        candidates.take(file, diagnostics);
    }
    // A file whose samples fail is left out; what it replaced comes back, and all is linked again.
    std::shared_ptr<Sources> sources;
    bool settled = false;
    while (!settled) {
        sources.reset(new Sources());
        candidates.lend(*sources->loaded_);
        link_messages(*sources->loaded_);
        const SourceSpec* failed = nullptr;
        for (const auto& spec : sources->loaded_->specs) {
            const std::size_t before = diagnostics.size();
            check_samples(*sources, candidates.file_of(*spec), *spec, diagnostics);
            if (diagnostics.size() != before) {
                failed = spec.get();
                break;
            }
        }
        settled = failed == nullptr;
        if (!settled) {
            candidates.take_back_without(*sources->loaded_, *failed);
        }
    }
    for (const auto& spec : sources->loaded_->specs) {
        check_names(*sources->loaded_, candidates.file_of(*spec), *spec, diagnostics);
    }
    return sources;
}

std::vector<SourceInfo> Sources::list() const
{
    std::vector<SourceInfo> out;
    for (const auto& spec : loaded_->specs) {
        out.push_back(spec->info);
    }
    return out;
}

bool Sources::knows(std::string_view id) const
{
    return loaded_->find(id) != nullptr;
}

std::string Sources::choose(std::span<const std::string_view> records) const
{
    Probe probe(*loaded_);
    for (const std::string_view record :
         records.first(std::min(records.size(), base::limits::kSourceProbeRecords))) {
        probe.look_at(record);
    }
    return probe.best();
}

} // namespace tanggap::normalize
