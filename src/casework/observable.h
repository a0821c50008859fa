// Observables in any text: addresses, names, links, hashes. Foreign text in, values in one form
// out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tanggap::casework {

enum class ObservableType : std::uint8_t {
    Ipv4,
    Ipv6,
    Cidr,
    Domain,
    Url,
    Email,
    Md5,
    Sha1,
    Sha256,
    Sha512,
    FileName,
    Cve,
};
std::string_view name_of(ObservableType type);
base::Result<ObservableType> parse_observable_type(std::string_view name);

/// `value` in its one form: host names and hashes in lower case, addresses as RFC 5952, networks
/// without host bits, CVE-YYYY-N in capitals. Span: bytes of the text it was first found at.
struct Observable {
    ObservableType type = ObservableType::Domain;
    std::string value{};
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t times = 1;
};

/// Everything found, each value once, in the order of the text. Defanged forms (hxxp, [.], (dot),
/// [at], [:]) are read; a link also gives its host. Never fails, whatever the bytes.
/// Cost: linear in the text; at most limits::kObservablesMax are told apart.
std::vector<Observable> extract_observables(std::string_view text);

/// The one form of a value somebody typed, defanged or not. Errors: Invalid, with what was
/// expected.
base::Result<std::string> canonical_value(ObservableType type, std::string_view text);

/// For screens and letters: 203[.]0[.]113[.]7, hxxps://evil[.]example/x, a[at]b[.]example.
/// extract_observables reads it back. Hashes, file names and CVEs stay as they are.
std::string defang(ObservableType type, std::string_view value);

} // namespace tanggap::casework
