// Numbers, codes and seals of the public side. Everything keyed hangs on the master key.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "service/reporter_desk.h"

namespace tanggap::service {

/// Thread: any, after open.
class ReportSecrets {
public:
    explicit ReportSecrets(const DeriveKey& derive_key);

    /// "LPR-7K3M-92QF": 40 random bits, no I, L, O, U, which are misread.
    static std::string make_number();
    /// The number as it was given, from how people type it; empty: it is none.
    static std::string read_number(std::string_view typed);
    /// 16 digits from how people type them; empty: they are none.
    static std::string read_code(std::string_view typed);
    /// "4821 0937 5526 1740"
    static std::string spaced(std::string_view code);

    /// The code of the report that this draft becomes, 16 digits: always the same, so that a press
    /// of the button whose answer was lost can be answered again, and kept nowhere.
    std::string code_of_draft(std::string_view draft_token) const;
    /// What is kept of a code. Without the master key 10^16 guesses would tell it.
    std::string hash_of_code(std::string_view number, std::string_view code) const;

    std::string seal(std::string_view cookie, base::Time now) const;
    /// When it was sealed. Errors: Denied.
    base::Result<base::Time> check_seal(std::string_view cookie, std::string_view seal) const;

private:
    std::string code_key_;
    std::string hash_key_;
    std::string seal_key_;
};

} // namespace tanggap::service
