// Alerts of recent keys, and those that Past does not know yet.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "triage/triage.h"

namespace tanggap::triage::detail {

struct HeldAlert {
    model::Alert alert;
    bool is_uncommitted = false;
    std::uint64_t changed_in = 0; ///< the call of `group` that changed it last
};

/// What is known of one key: every alert that touches [known_from, known_to], its neighbours, and
/// whatever is not committed.
struct KeyAlerts {
    model::AlertKey key;
    std::vector<std::unique_ptr<HeldAlert>> alerts; ///< any order
    base::Time known_from{1};
    base::Time known_to{0}; ///< before known_from: nothing is known
};

struct KeyHash {
    std::size_t operator()(const model::AlertKey& key) const;
};

class AlertCache {
public:
    AlertCache(Past& past, std::size_t keys_max) : past_(past), keys_max_(keys_max) {}

    /// The entry of `key`, knowing every alert that an event at `time` could join.
    /// Lifetime: until `committed` or `forget`.
    base::Result<KeyAlerts*> find(const model::AlertKey& key, base::Time time);
    /// Says that `held` will have to be committed.
    void mark_uncommitted(HeldAlert& held);

    void committed();
    void forget();
    std::size_t size() const { return by_key_.size(); }

private:
    base::Status load(KeyAlerts& entry, base::Time time);
    KeyAlerts& touch(const model::AlertKey& key);

    Past& past_;
    std::size_t keys_max_;
    std::list<KeyAlerts> entries_; ///< most recently used first
    std::unordered_map<model::AlertKey, std::list<KeyAlerts>::iterator, KeyHash> by_key_;
    std::vector<HeldAlert*> uncommitted_;
};

} // namespace tanggap::triage::detail
