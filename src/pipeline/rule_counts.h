// What each rule did since the program started.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace tanggap::pipeline {

struct RuleCount {
    std::uint64_t detections = 0; ///< that stood
    std::uint64_t excepted = 0;   ///< that an exception let pass

    friend bool operator==(const RuleCount&, const RuleCount&) = default;
};
/// By rule id; a rule that did nothing is not there.
using RuleCounts = std::map<std::string, RuleCount, std::less<>>;

/// Counted by the processor, read by anybody; also the counters tanggap_rule_*_total, one for each
/// rule that did something. Thread: any.
class RuleCounter {
public:
    void add(const RuleCounts& batch);
    RuleCounts counts() const;

private:
    mutable std::mutex mutex_;
    RuleCounts counts_;
};

} // namespace tanggap::pipeline
