#include "casework/organisation.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/office_limits.h"
#include "base/text.h"
#include "codec/csv_row.h"

namespace tanggap::casework {
namespace {

using Kind = ContactProblem::Kind;
constexpr std::size_t kColumns = 5;

bool is_phone(std::string_view text)
{
    constexpr std::size_t kDigitsMin = 3; // 110, 112
    const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
    return static_cast<std::size_t>(digits) >= kDigitsMin &&
           text.find_first_not_of("0123456789+-(). /") == std::string_view::npos;
}

/// As much as can be said without sending to it.
bool is_email(std::string_view text)
{
    const auto at = text.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string_view::npos &&
           text.find_first_of(" \t,;<>\"'()[]:\\") == std::string_view::npos;
}

std::array<std::string*, 4> texts_of(Contact& contact)
{
    return {&contact.name, &contact.role, &contact.phone, &contact.email};
}
std::array<const std::string*, 4> texts_of(const Contact& contact)
{
    return {&contact.name, &contact.role, &contact.phone, &contact.email};
}

bool is_long(const std::string* text)
{
    return text->size() > base::limits::kOfficeTextBytesMax;
}

bool is_empty(const Contact& contact)
{
    return contact == Contact{};
}

struct Wrong {
    Kind kind = Kind::Columns;
    std::string_view found;
};
std::optional<Wrong> problem_of(const Contact& contact)
{
    if (std::ranges::any_of(texts_of(contact), is_long)) {
        return Wrong{Kind::Long, contact.name};
    }
    for (const std::string* text : texts_of(contact)) {
        if (!codec::is_plain_text(*text)) {
            return Wrong{Kind::Text, *text};
        }
    }
    if (contact.name.empty()) {
        return Wrong{Kind::Contact, contact.phone.empty() ? contact.email : contact.phone};
    }
    if (contact.phone.empty() && contact.email.empty()) {
        return Wrong{Kind::Reach, contact.name};
    }
    if (!contact.phone.empty() && !is_phone(contact.phone)) {
        return Wrong{Kind::Phone, contact.phone};
    }
    if (!contact.email.empty() && !is_email(contact.email)) {
        return Wrong{Kind::Email, contact.email};
    }
    return std::nullopt;
}

std::unexpected<base::Error> refused(const Wrong& wrong)
{
    const std::string found = base::quoted(wrong.found);
    switch (wrong.kind) {
    case Kind::Contact:
        return base::invalid("the contact with " + found + " has no name");
    case Kind::Reach:
        return base::invalid("contact " + found + " has neither `phone` nor `email`");
    case Kind::Phone:
        return base::invalid("`phone` " + found + " is no number such as +62 811-1234-567");
    case Kind::Email:
        return base::invalid("`email` " + found + " is no address such as agen@dinas.example");
    case Kind::Text:
        return base::invalid(found + " of a contact is no text of one line");
    case Kind::Twice:
        return base::invalid("contact " + found + " is there twice; give one another name");
    default:
        return base::invalid("a text of contact " + found + " has more than " +
                             std::to_string(base::limits::kOfficeTextBytesMax) + " bytes");
    }
}

void trim_all(Contact& contact)
{
    for (std::string* text : texts_of(contact)) {
        *text = std::string(base::trim(*text));
    }
}

/// Puts the rows of a table together; remembers where each contact came from.
class TableReader {
public:
    explicit TableReader(std::vector<ContactProblem>& problems) : problems_(problems) {}

    void read(const codec::TableLine& line, char separator)
    {
        std::array<std::string, kColumns> cells;
        if (!codec::is_plain_text(line.text)) {
            return refuse(line, Kind::Text, line.text);
        }
        if (!codec::split_cells(line.text, separator, cells)) {
            return refuse(line, Kind::Columns, line.text);
        }
        if (cells[0].empty()) {
            return refuse(line, Kind::Organisation, line.text);
        }
        if (cells[0].size() > base::limits::kOfficeTextBytesMax) {
            return refuse(line, Kind::Long, cells[0]);
        }
        add(line, cells[0],
            {.name = cells[1], .role = cells[2], .phone = cells[3], .email = cells[4]});
    }

    std::vector<Organisation> take() { return std::move(organisations_); }

private:
    void refuse(const codec::TableLine& line, Kind kind, std::string_view found,
                std::size_t other_line = 0)
    {
        problems_.push_back({.kind = kind,
                             .line = line.number,
                             .found = std::string(found),
                             .other_line = other_line});
    }

    void add(const codec::TableLine& line, const std::string& name, Contact contact)
    {
        const std::string key = base::to_lower_ascii(name);
        const auto [place, is_new] = places_.emplace(key, organisations_.size());
        if (is_new) {
            organisations_.push_back({.name = name});
        }
        if (is_empty(contact)) {
            return;
        }
        if (const auto wrong = problem_of(contact)) {
            return refuse(line, wrong->kind, wrong->found);
        }
        const auto [first, fresh] =
            lines_.emplace(std::pair(key, base::to_lower_ascii(contact.name)), line.number);
        if (!fresh) {
            return refuse(line, Kind::Twice, contact.name, first->second);
        }
        auto& contacts = organisations_[place->second].contacts;
        if (contacts.size() == base::limits::kOrganisationContactsMax) {
            return refuse(line, Kind::Many, name);
        }
        contacts.push_back(std::move(contact));
    }

    std::vector<ContactProblem>& problems_;
    std::vector<Organisation> organisations_;
    std::map<std::string, std::size_t> places_;                        ///< lower case
    std::map<std::pair<std::string, std::string>, std::size_t> lines_; ///< the same
};

} // namespace

base::Result<Organisation> checked(Organisation wish)
{
    wish.name = std::string(base::trim(wish.name));
    wish.note = std::string(base::trim(wish.note));
    if (wish.name.empty() || wish.name.size() > base::limits::kOfficeTextBytesMax ||
        !codec::is_plain_text(wish.name)) {
        return base::invalid("`name` " + base::quoted(wish.name) + " is no text of 1 to " +
                             std::to_string(base::limits::kOfficeTextBytesMax) + " bytes");
    }
    if (wish.note.size() > base::limits::kOrganisationNoteBytesMax) {
        return base::invalid("`note` has more than " +
                             std::to_string(base::limits::kOrganisationNoteBytesMax) + " bytes");
    }
    if (wish.contacts.size() > base::limits::kOrganisationContactsMax) {
        return base::invalid("`contacts` has more than " +
                             std::to_string(base::limits::kOrganisationContactsMax) + " people");
    }
    std::set<std::string> names; // lower case
    for (Contact& contact : wish.contacts) {
        trim_all(contact);
        if (const auto wrong = problem_of(contact)) {
            return refused(*wrong);
        }
        if (!names.insert(base::to_lower_ascii(contact.name)).second) {
            return refused({.kind = Kind::Twice, .found = contact.name});
        }
    }
    return wish;
}

base::Result<std::vector<Organisation>>
parse_organisations_csv(std::string_view csv, std::vector<ContactProblem>& problems)
{
    const codec::Table table = codec::read_table(csv, "organisation");
    TableReader reader(problems);
    for (const codec::TableLine& line : table.lines) {
        reader.read(line, table.separator);
    }
    if (!problems.empty()) {
        return base::invalid(std::to_string(problems.size()) +
                             " of the rows of contacts are wrong; nothing was taken");
    }
    return reader.take();
}

} // namespace tanggap::casework
