// Organisations and whom to call there: what a person says of one, checked; and tables of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tanggap::casework {

struct Contact {
    std::string name{};
    std::string role{}; ///< "Agen siber", free text
    std::string phone{};
    std::string email{};

    friend bool operator==(const Contact&, const Contact&) = default;
};

/// The owner of assets. Assets, sensors, alerts and cases name it by `name`.
struct Organisation {
    std::string name{};
    std::string note{};
    std::vector<Contact> contacts{};

    friend bool operator==(const Organisation&, const Organisation&) = default;
};

/// Trimmed and checked. A contact has a name that no other has, without regard to case, and a phone
/// number or an e-mail address.
/// Errors: Invalid, naming the contact and what is wrong with it.
base::Result<Organisation> checked(Organisation wish);

/// What is wrong with one row of a table of contacts; the words for people are made where it is
/// shown.
struct ContactProblem {
    enum class Kind : std::uint8_t {
        Columns,
        Text,
        Organisation, ///< its name is missing
        Contact,      ///< a number or address, but nobody's
        Reach,        ///< somebody without number and address
        Phone,
        Email,
        Long,
        Twice, ///< the same contact of the same organisation
        Many,  ///< more contacts than one organisation has
    };
    Kind kind = Kind::Columns;
    std::size_t line = 0;       ///< 1-based, in the file
    std::string found{};        ///< what the row says there
    std::size_t other_line = 0; ///< Twice: the line that has it already
};

/// Reads `organisation,contact,role,phone,email`, a row for each contact; a row with a name alone
/// is an organisation without any. Gives organisations in the order they first appear.
/// Errors: Invalid, with every bad row in `problems`.
base::Result<std::vector<Organisation>>
parse_organisations_csv(std::string_view csv, std::vector<ContactProblem>& problems);

} // namespace tanggap::casework
