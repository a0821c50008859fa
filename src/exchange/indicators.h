// Indicators out of what feeds and partners hand over.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "codec/compress.h"
#include "model/indicator.h"

namespace tanggap::exchange {

/// What an indicator says where its file does not.
struct IndicatorDefaults {
    std::string source;
    std::string tlp;
    std::uint8_t confidence = 75;
    base::Time expires; ///< zero: never
};

struct IndicatorReport {
    std::string format; ///< "list", "csv", "misp", "stix"
    std::uint64_t taken = 0;
    std::uint64_t refused = 0; ///< values that are none, patterns that are not taken
    /// Left out for a good reason, by it: "not for detection", "revoked", "type comment".
    std::map<std::string, std::uint64_t> left_out;
    std::vector<std::string> problems; ///< the first kProblemsKept
    static constexpr std::size_t kProblemsKept = 100;
};

/// Gives each indicator to `take`; its error ends the reading.
///
/// Shape:  a JSON document is MISP (events, attributes, answers of its search) or STIX 2.0/2.1
///         (bundles, single indicators); text whose first row names a column "value", "indicator"
///         or "ioc" is CSV; other text has one indicator a line, with # comments, also as a hosts
///         file or with other cells beside it. Packed with gzip or zstd as well.
/// Errors: Invalid where it is none of these; Exhausted above limits::kIndicatorDocumentBytesMax.
base::Result<IndicatorReport>
read_indicators(std::unique_ptr<codec::ByteReader> bytes, const IndicatorDefaults& defaults,
                const std::function<base::Status(const model::Indicator&)>& take);

} // namespace tanggap::exchange
