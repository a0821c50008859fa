// What a citizen, researcher or department tells us (rulings 29, 31, 34).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace tanggap::model {

/// Words that the reporter reads. No other text can be put before a reporter, and this one can be
/// made only on purpose: an internal note does not fit where this is asked for.
class PublicText {
public:
    explicit PublicText(std::string text) : text_(std::move(text)) {}
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// Words that never leave the team.
class InternalText {
public:
    explicit InternalText(std::string text) : text_(std::move(text)) {}
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

enum class ReportStatus : std::uint8_t { Received, Verified, Handling, Done, Forwarded, Rejected };
enum class ReportChannel : std::uint8_t { Web, Phone, WhatsApp, Counter, Email };
/// Open: those who handle the problem may see the name. Confidential: only our team. Anonymous: no
/// name, contact or source address is kept.
enum class Identity : std::uint8_t { Open, Confidential, Anonymous };
/// What the reporter said of our work when it was over; empty: nothing yet.
enum class Helped : std::uint8_t { Unsaid, Yes, Partly, No };
/// Who wrote a message of the conversation with the reporter.
enum class MessageFrom : std::uint8_t { Reporter, Team };

inline constexpr std::array kReportStatuses{
    std::pair{ReportStatus::Received, std::string_view("received")},
    std::pair{ReportStatus::Verified, std::string_view("verified")},
    std::pair{ReportStatus::Handling, std::string_view("handling")},
    std::pair{ReportStatus::Done, std::string_view("done")},
    std::pair{ReportStatus::Forwarded, std::string_view("forwarded")},
    std::pair{ReportStatus::Rejected, std::string_view("rejected")},
};
inline constexpr std::array kReportChannels{
    std::pair{ReportChannel::Web, std::string_view("web")},
    std::pair{ReportChannel::Phone, std::string_view("phone")},
    std::pair{ReportChannel::WhatsApp, std::string_view("whatsapp")},
    std::pair{ReportChannel::Counter, std::string_view("counter")},
    std::pair{ReportChannel::Email, std::string_view("email")},
};
inline constexpr std::array kIdentities{
    std::pair{Identity::Open, std::string_view("open")},
    std::pair{Identity::Confidential, std::string_view("confidential")},
    std::pair{Identity::Anonymous, std::string_view("anonymous")},
};
inline constexpr std::array kHelped{
    std::pair{Helped::Unsaid, std::string_view("")},
    std::pair{Helped::Yes, std::string_view("yes")},
    std::pair{Helped::Partly, std::string_view("partly")},
    std::pair{Helped::No, std::string_view("no")},
};

template <class Enum, std::size_t N>
constexpr std::string_view word_of(const std::array<std::pair<Enum, std::string_view>, N>& words,
                                   Enum value)
{
    return words[static_cast<std::size_t>(value)].second;
}
template <class Enum, std::size_t N>
std::optional<Enum> from_word(const std::array<std::pair<Enum, std::string_view>, N>& words,
                              std::string_view text)
{
    for (const auto& [value, word] : words) {
        if (word == text) {
            return value;
        }
    }
    return std::nullopt;
}
constexpr std::string_view name_of(ReportStatus value)
{
    return word_of(kReportStatuses, value);
}
constexpr std::string_view name_of(ReportChannel value)
{
    return word_of(kReportChannels, value);
}
constexpr std::string_view name_of(Identity value)
{
    return word_of(kIdentities, value);
}
constexpr std::string_view name_of(Helped value)
{
    return word_of(kHelped, value);
}

/// Whether nobody has to do anything with it any more.
constexpr bool is_ended(ReportStatus status)
{
    return status == ReportStatus::Done || status == ReportStatus::Forwarded ||
           status == ReportStatus::Rejected;
}

/// A file that came with a report. Its bytes lie where evidence does, by their hash.
struct ReportFile {
    std::string id;
    std::string name; ///< as the reporter's device called it; foreign
    std::string sha256;
    std::uint64_t bytes = 0;
    base::Time added_at;
};

struct ReportMessage {
    std::string id;
    MessageFrom from = MessageFrom::Reporter;
    PublicText text;
    base::Time at;
    std::string by; ///< name of the account; shown to the team only
};

struct ReportNote {
    std::string id;
    InternalText text;
    base::Time at;
    std::string by;
};

} // namespace tanggap::model
