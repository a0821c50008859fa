#include "detect/detail/observables.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "base/text.h"

namespace tanggap::detect {
namespace {

using model::IndicatorKind;

/// How a field is read.
enum class Reading : std::uint8_t {
    Nothing,
    Address,
    Name, ///< a domain, or an address where a name could stand
    Url,
    Hash,   ///< one hash
    Hashes, ///< "SHA1=…,MD5=…", as Sysmon writes
    Email,
    Path, ///< the file name at its end
};

/// Last parts of names of fields, in lower case. Source: ECS 8.17; Sysmon 15; Suricata's EVE.
Reading reading_of(std::string_view last)
{
    static const std::unordered_map<std::string_view, Reading> kReadings{
        {"ip", Reading::Address},
        {"forwarded_ip", Reading::Address},
        {"resolved_ip", Reading::Address},
        {"src_ip", Reading::Address},
        {"dest_ip", Reading::Address},
        {"sourceip", Reading::Address},
        {"destinationip", Reading::Address},
        {"sourceaddress", Reading::Address},
        {"destaddress", Reading::Address},
        {"ipaddress", Reading::Address},
        {"clientaddress", Reading::Address},
        {"rdata", Reading::Name},
        {"domain", Reading::Name},
        {"address", Reading::Name},
        {"server_name", Reading::Name},
        {"queryname", Reading::Name},
        {"destinationhostname", Reading::Name},
        {"rrname", Reading::Name},
        {"sni", Reading::Name},
        {"hostname", Reading::Name},
        {"http_host", Reading::Name},
        {"original", Reading::Url},
        {"full", Reading::Url},
        {"url", Reading::Url},
        {"referrer", Reading::Url},
        {"md5", Reading::Hash},
        {"sha1", Reading::Hash},
        {"sha256", Reading::Hash},
        {"sha512", Reading::Hash},
        {"imphash", Reading::Hash},
        {"hashes", Reading::Hashes},
        {"hash", Reading::Hashes},
        {"email", Reading::Email},
        {"mail_from", Reading::Email},
        {"rcpt_to", Reading::Email},
        {"filename", Reading::Path},
        {"targetfilename", Reading::Path},
        {"executable", Reading::Path},
        {"image", Reading::Path},
        {"imageloaded", Reading::Path},
        {"originalfilename", Reading::Path},
        {"newprocessname", Reading::Path},
    };
    const auto found = kReadings.find(last);
    return found == kReadings.end() ? Reading::Nothing : found->second;
}

/// The reading of a whole name: remembered, as events name the same fields again and again.
Reading reading_of_name(std::string_view name)
{
    // "name" is a file's only below "file", a question's only below "question".
    if (name == "file.name") {
        return Reading::Path;
    }
    if (name == "dns.question.name") {
        return Reading::Name;
    }
    constexpr std::size_t kLastMax = 32;
    const auto last = name.substr(name.rfind('.') + 1);
    if (last.size() > kLastMax) {
        return Reading::Nothing;
    }
    char lowered[kLastMax];
    std::ranges::transform(
        last, lowered, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const Reading reading = reading_of({lowered, last.size()});
    const bool of_agent = name.starts_with("user_agent.") || name.starts_with("event.");
    return of_agent ? Reading::Nothing : reading;
}

class Collector {
public:
    Collector(const model::Event& event, ObservableSink& sink) : event_(event), sink_(sink) {}

    void collect()
    {
        for (const model::Field& field : event_.fields) {
            if (field.value.kind == model::Value::Kind::String && !field.value.text.empty()) {
                read(reading_of_name(field.name), field);
            }
        }
    }

private:
    void read(Reading reading, const model::Field& field)
    {
        const std::string_view text = field.value.text;
        switch (reading) {
        case Reading::Nothing:
            return;
        case Reading::Address:
            (void)address(text, field);
            return;
        case Reading::Name:
            name(text, field);
            return;
        case Reading::Url:
            url(text, field);
            return;
        case Reading::Hash:
            hash(text, field);
            return;
        case Reading::Hashes:
            hashes(text, field);
            return;
        case Reading::Email:
            email(text, field);
            return;
        case Reading::Path:
            path(text, field);
            return;
        }
    }

    bool address(std::string_view text, const model::Field& field)
    {
        const auto bits = model::address_bits_of(text);
        if (!bits) {
            return false;
        }
        // Normalised events hold addresses in their one form; what else looks like one is brought
        // to it.
        const bool plain =
            text.find_first_of("[%ABCDEF") == std::string_view::npos &&
            (text.find(':') == std::string_view::npos || field.name.ends_with(".ip"));
        if (plain) {
            sink_.take_address(*bits, text, field);
        } else if (const auto one = model::canonical_indicator(IndicatorKind::Address, text)) {
            sink_.take_address(*bits, *one, field);
        }
        return true;
    }

    void name(std::string_view text, const model::Field& field)
    {
        if (address(text, field)) {
            return;
        }
        scratch_.clear();
        if (model::append_domain(scratch_, text)) {
            domain(scratch_, field);
        } else if (text.find('@') != std::string_view::npos) {
            email(text, field);
        }
    }

    /// The name and its parents, of at least two labels.
    void domain(std::string_view text, const model::Field& field)
    {
        for (auto dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
            sink_.take(IndicatorKind::Domain, text, field);
            text.remove_prefix(dot + 1);
        }
    }

    void url(std::string_view text, const model::Field& field)
    {
        if (text.starts_with('/')) {
            const std::string_view host = event_.text("url.domain");
            if (host.empty()) {
                return;
            }
            whole_.assign("http://").append(host).append(text);
            text = whole_;
        } else if (text.find("://") == std::string_view::npos) {
            return;
        }
        const auto form = model::url_form_of(text);
        if (!form) {
            return;
        }
        sink_.take(IndicatorKind::Url, form->whole, field);
        if (form->bare != form->whole) {
            sink_.take(IndicatorKind::Url, form->bare, field);
        }
        name(form->host, field);
    }

    void hash(std::string_view text, const model::Field& field)
    {
        if (model::is_hash(text)) {
            scratch_ = base::to_lower_ascii(text);
            sink_.take(IndicatorKind::Hash, scratch_, field);
        }
    }

    void hashes(std::string_view text, const model::Field& field)
    {
        while (!text.empty()) {
            const auto end = std::min(text.find(','), text.size());
            const auto one = text.substr(0, end);
            hash(one.substr(one.find('=') + 1), field);
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    void email(std::string_view text, const model::Field& field)
    {
        if (text.starts_with('<') && text.ends_with('>')) {
            text = text.substr(1, text.size() - 2);
        }
        if (const auto one = model::canonical_indicator(IndicatorKind::Email, text)) {
            sink_.take(IndicatorKind::Email, *one, field);
            const std::string host = one->substr(one->find('@') + 1);
            domain(host, field);
        }
    }

    void path(std::string_view text, const model::Field& field)
    {
        const auto last = text.substr(text.find_last_of("/\\") + 1);
        constexpr std::size_t kNameBytesMin = 3;
        if (last.size() >= kNameBytesMin) {
            scratch_ = base::to_lower_ascii(last);
            sink_.take(IndicatorKind::FileName, scratch_, field);
        }
    }

    const model::Event& event_;
    ObservableSink& sink_;
    std::string scratch_;
    std::string whole_;
};

} // namespace

void collect_observables(const model::Event& event, ObservableSink& sink)
{
    Collector(event, sink).collect();
}

} // namespace tanggap::detect
