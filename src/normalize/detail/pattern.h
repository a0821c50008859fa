// Patterns of source files: literal text with named holes.
//
//   Failed {_:word} for {user.name*} from {source.address:address}[[ port {source.port:port}]]
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tanggap::normalize::detail {

/// What a value must look like, and how it is stored.
enum class ValueType : std::uint8_t {
    Text,  ///< anything
    Word,  ///< no spaces
    Lower, ///< text, stored in lower case
    Integer,
    Number, ///< integer or fraction
    Boolean,
    Ip,       ///< must be an address; stored in its canonical form
    Address,  ///< an address, else a name: "source.address" becomes "source.ip" for an address
    Port,     ///< 0..65535
    Endpoint, ///< address and port: "192.0.2.1:80", "[2001:db8::1]:80"
    Account,  ///< a user's name, without the domain before it: "KOTA\budi" is "budi"
    Url,      ///< also gives its path, query, domain and decoded form
};
base::Result<ValueType> parse_value_type(std::string_view word);

struct Capture {
    std::string name; ///< "_": matched and forgotten
    ValueType type = ValueType::Text;
};

/// Shape: `{name}` is the shortest text up to what follows, `{name*}` the longest, `{name:type}`
///        must have that shape, `[[…]]` may be absent, `{{` and `}}` are braces.
/// Cost: at most kStepsMax steps a text, then it does not match.
class Pattern {
public:
    static base::Result<Pattern> compile(std::string_view text);

    const std::vector<Capture>& captures() const { return captures_; }
    /// Matches the whole of `text`. `values` gets one view a capture, empty where its optional
    /// part is absent.
    bool match(std::string_view text, std::span<std::string_view> values) const;

private:
    enum class Kind : std::uint8_t { Literal, Hole, Maybe };
    struct Step {
        Kind kind = Kind::Literal;
        std::string literal;     ///< Literal
        std::size_t capture = 0; ///< Hole
        bool longest = false;    ///< Hole
        std::size_t skip_to = 0; ///< Maybe: the step behind the optional part
    };
    struct Run;

    base::Status add_hole(std::string_view inside);

    std::vector<Step> steps_;
    std::vector<Capture> captures_;
};

/// Whether `text` has the shape of `type`.
bool has_shape(ValueType type, std::string_view text);

} // namespace tanggap::normalize::detail
