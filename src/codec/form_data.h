// Bodies of HTML forms: application/x-www-form-urlencoded and multipart/form-data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tanggap::codec {

/// One value of a form. Lifetime: `bytes` points into the body that was parsed.
struct FormField {
    std::string name;
    std::string text; ///< a typed value, line ends as \n, well-formed UTF-8
    bool is_file = false;
    std::string file_name;  ///< as the browser sent it; foreign, never a path of ours
    std::string_view bytes; ///< of a file, untouched
};

struct FormData {
    std::vector<FormField> fields; ///< in the order sent; a name may come several times

    /// The first value of `name`; empty where there is none.
    std::string_view text(std::string_view name) const;
    bool has(std::string_view name) const;
};

/// Reads `body` as its Content-Type says.
///
/// Limits: kFormFieldsMax values, kFormPartHeadBytesMax of headers each.
/// Errors: Invalid with what was found and expected.
/// Source: WHATWG URL §5 (urlencoded), RFC 7578 and RFC 2046 §5.1 (multipart).
base::Result<FormData> parse_form(std::string_view content_type, std::string_view body);

} // namespace tanggap::codec
