// One line of a selection on its way to a clause: its modifiers set it up, then it is finished.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "detect/detail/modifiers.h"
#include "detect/detail/sigma_string.h"

namespace tanggap::detect {

/// One value of the line. Encodings and placeholders give several strings: any of them will do.
struct LineValue {
    const codec::YamlNode* node = nullptr;
    std::vector<SigmaString> strings;
    std::vector<std::string> expressions; ///< after `re`, in place of the strings
};

/// A line while its modifiers are applied.
struct RuleLine {
    std::string field;
    std::vector<LineValue> values;
    const Placeholders* placeholders = nullptr;
    Test::Op op = Test::Op::Text;
    Casing casing = Casing::Ignored;
    Comparison comparison = Comparison::Equal;
    TimePart part = TimePart::None;
    RegexFlags regex_flags;
    Pattern::Shape wrapped = Pattern::Shape::Equals; ///< contains, startswith, endswith seen
    bool all = false;
    bool negated = false;
    bool offsets = false; ///< base64offset seen
    bool changed = false; ///< the values are no longer as written
};

/// Applies one modifier to what the modifiers before it made.
/// Errors: NotFound where there is none of that name; Invalid where it does not fit.
base::Status apply_modifier(std::string_view name, RuleLine& line);

/// The tests of a line whose modifiers are applied; null after reporting what is wrong.
ClausePtr finish_line(const RuleLine& line, std::string written, Diagnoser& diagnose,
                      std::size_t& tests);

} // namespace tanggap::detect
