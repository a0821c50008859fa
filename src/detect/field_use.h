// Which fields of an event its rules read: what need not be there for the same detections.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "detect/engine.h"
#include "model/field_set.h"

namespace tanggap::detect {

class FieldUse {
public:
    explicit FieldUse(std::shared_ptr<const RuleSet> rules);

    /// The fields that decide which rules an event is for.
    const std::vector<std::string>& deciding() const { return deciding_; }

    /// What is read of any event that has the fields of `head` and may have others, where
    /// `may_come` says so. Shape: with `all` where a rule looks for words anywhere.
    model::FieldSet of(const model::Event& head,
                       const std::function<bool(std::string_view)>& may_come) const;

private:
    std::shared_ptr<const RuleSet> rules_;
    std::vector<std::string> deciding_;
    std::vector<model::FieldSet> by_partition_;
};

} // namespace tanggap::detect
