// Where the events of a Sigma log source are, and what their fields are called here.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/detail/modifiers.h"
#include "detect/detail/rule.h"

namespace tanggap::detect {

/// One condition on an event: the field has one of the values (ASCII case ignored), or merely is
/// there when `values` is empty.
struct RouteTest {
    std::string field;
    std::vector<std::string> values; ///< lower case
    friend auto operator<=>(const RouteTest&, const RouteTest&) = default;
};

/// One way a log source arrives: Sysmon 1 and Security 4688 are two of process_creation.
struct Variant {
    std::vector<RouteTest> when;                           ///< all must hold
    std::map<std::string, std::vector<std::string>> names; ///< Sigma field → event fields, any of
    std::vector<std::string> others; ///< templates with {} for a name without a dot, not in `names`

    /// The event fields that `sigma_field` stands for; itself where nothing else is said.
    std::vector<std::string> fields_of(std::string_view sigma_field) const;
};

struct MappedSource {
    LogSource logsource;
    std::vector<Variant> variants;
};

/// All mapping files together. Immutable after load.
class Mappings {
public:
    /// Source: docs/reference/sigma.md, "Mappings".
    static Mappings load(std::span<const MappingFile> files, std::vector<Diagnostic>& diagnostics);

    /// The variants a rule of `logsource` is asked in: of the entry that says exactly the same,
    /// else of every entry that says the same and more. Empty where there is none.
    std::vector<const Variant*> find(const LogSource& logsource) const;
    const Placeholders& placeholders() const { return placeholders_; }

private:
    friend class MappingReader;
    std::vector<MappedSource> sources_;
    Placeholders placeholders_;
};

} // namespace tanggap::detect
