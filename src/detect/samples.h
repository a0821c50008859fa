// The samples that travel with a rule: lines that it must match, and lines that look alike and
// must not.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "detect/engine.h"

namespace tanggap::detect {

struct Sample {
    std::string source;             ///< content id of the kind of log
    std::vector<std::string> lines; ///< in order; steps are written out
    std::set<std::string> also;     ///< names of other rules that rightly match
    std::size_t line = 0;           ///< where it stands in its file
};

struct SampleFile {
    std::string file;
    std::string rule; ///< name or id
    std::vector<Sample> match;
    std::vector<Sample> near_miss;
};

/// Reads NAME.samples.yaml. Nothing where there is an error; every problem is told with its place.
/// Bounds: limits::kSampleLinesMax lines, limits::kSampleBytesMax bytes, steps written out.
/// Source: docs/reference/rules-test.md.
std::optional<SampleFile> read_samples(const RuleFile& file, std::vector<Diagnostic>& diagnostics);

} // namespace tanggap::detect
