// Questions that nobody waits for any more.
#pragma once

#include <functional>

namespace tanggap::store {

/// True when the one who asked is gone: the search ends and its answer is of no matter. Asked every
/// few tens of milliseconds from the searching thread. Empty: always waited for.
using Abandoned = std::function<bool()>;

/// While it lives, reads of the case store by this thread end with Unavailable once `abandoned`
/// says so. Changes run to their end.
class AbandonedReads {
public:
    explicit AbandonedReads(const Abandoned& abandoned);
    AbandonedReads(const AbandonedReads&) = delete;
    ~AbandonedReads();

private:
    const Abandoned* outer_;
};

} // namespace tanggap::store
