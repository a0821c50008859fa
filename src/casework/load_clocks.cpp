// YAML of content/clocks to rules.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "casework/clock.h"
#include "casework/detail/reader.h"

namespace tanggap::casework {
namespace {

using detail::Reader;
using Node = codec::YamlNode;

base::Result<ClockKind> parse_kind(std::string_view text)
{
    for (const ClockKind kind : {ClockKind::Service, ClockKind::Statutory}) {
        if (text == name_of(kind)) {
            return kind;
        }
    }
    return base::invalid(base::quoted(text) + " is no kind of clock; it is service or statutory");
}

base::Result<Concerns> parse_concerns(std::string_view text)
{
    std::string known;
    for (const Concerns each :
         {Concerns::Every, Concerns::VitalSystem, Concerns::PersonalData, Concerns::HighRisk}) {
        if (text == name_of(each)) {
            return each;
        }
        known += (known.empty() ? "" : ", ") + std::string(name_of(each));
    }
    return base::invalid(base::quoted(text) + " says nothing about cases; known are " + known);
}

class ClockReader {
public:
    ClockReader(const ContentFile& file, std::vector<Diagnostic>& diagnostics)
        : read_(file, diagnostics)
    {
    }

    std::vector<ClockRule> read()
    {
        const auto top = read_.document();
        if (!top) {
            return {};
        }
        read_.only(*top, {"clocks"});
        std::vector<ClockRule> rules;
        for (const Node& item : read_.items(*top, "clocks")) {
            rules.push_back(read_rule(item));
        }
        return read_.failed() ? std::vector<ClockRule>() : rules;
    }

private:
    ClockRule read_rule(const Node& node)
    {
        ClockRule rule;
        if (!node.is_mapping()) {
            read_.problem(node, "a clock is a mapping");
            return rule;
        }
        if (const Node* id = read_.require(node, "id")) {
            rule.id = read_.id(*id);
        }
        if (const Node* kind = read_.require(node, "kind")) {
            rule.kind = read_.word(*kind, parse_kind);
        }
        if (const Node* title = read_.require(node, "title")) {
            rule.title = read_.both(*title);
        }
        if (const Node* starts = read_.require(node, "starts")) {
            rule.starts = read_.word(*starts, parse_milestone);
        }
        if (const Node* concerns = node.find("concerns")) {
            rule.concerns = read_.word(*concerns, parse_concerns);
        }
        if (rule.kind == ClockKind::Service) {
            read_service(node, rule);
        } else {
            read_statutory(node, rule);
        }
        return rule;
    }

    void read_service(const Node& node, ClockRule& rule)
    {
        read_.only(node,
                   {"id", "kind", "title", "starts", "concerns", "met_by", "repeats", "limits"});
        const bool repeats = read_.flag(node, "repeats", false);
        if (const Node* met_by = node.find("met_by")) {
            rule.met_by = read_.word(*met_by, parse_milestone);
        }
        if (repeats == rule.met_by.has_value()) {
            read_.problem(node, "a service clock has either met_by or repeats: true");
        }
        const Node* limits = read_.require(node, "limits");
        if (limits == nullptr) {
            return;
        }
        read_.only(*limits, {"P1", "P2", "P3", "P4"});
        for (std::size_t i = 0; i < rule.limits.size(); ++i) {
            if (const Node* limit = limits->find(name_of(static_cast<Priority>(i)))) {
                rule.limits[i] = read_limit(*limit);
            }
        }
    }

    /// "15m" on the wall, "2wd" or {working: 4h} in working time.
    Limit read_limit(const Node& node)
    {
        if (node.is_mapping()) {
            read_.only(node, {"working"});
            const Node* working = read_.require(node, "working");
            const detail::Span span = working != nullptr ? read_.span(*working) : detail::Span{};
            return {TimeKind::Working, span.seconds, span.working_days};
        }
        const detail::Span span = read_.span(node);
        return {span.working_days != 0 ? TimeKind::Working : TimeKind::Wall, span.seconds,
                span.working_days};
    }

    void read_statutory(const Node& node, ClockRule& rule)
    {
        read_.only(node, {"id", "kind", "title", "starts", "concerns", "limit", "addressee",
                          "content", "source"});
        if (const Node* limit = read_.require(node, "limit")) {
            rule.limits.fill(read_limit(*limit));
            if (rule.limits[0]->kind != TimeKind::Wall) {
                read_.problem(*limit, "a statutory clock runs on the wall", "write 24h or 3d");
            }
        }
        if (const Node* addressee = read_.require(node, "addressee")) {
            rule.addressee = read_.both(*addressee);
        }
        rule.content = read_.list_of_both(node, "content");
        if (rule.content.empty()) {
            read_.problem(node, "`content` must say what the notice has to hold");
        }
        if (const Node* source = read_.require(node, "source")) {
            read_source(*source, rule.source);
        }
    }

    void read_source(const Node& node, LegalSource& source)
    {
        read_.only(node, {"instrument", "article", "checked"});
        if (const Node* instrument = read_.require(node, "instrument")) {
            source.instrument = read_.text(*instrument);
        }
        source.article = read_.optional_text(node, "article");
        source.checked = read_.flag(node, "checked", false);
    }

    Reader read_;
};

} // namespace

std::vector<ClockRule> load_clocks(std::span<const ContentFile> files,
                                   std::vector<Diagnostic>& diagnostics)
{
    std::vector<ClockRule> rules;
    for (const ContentFile& file : files) {
        for (ClockRule& rule : ClockReader(file, diagnostics).read()) {
            rule.overriding = file.overriding;
            detail::keep_last_of_each_id(rules, rule);
        }
    }
    return rules;
}

} // namespace tanggap::casework
