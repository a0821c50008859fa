// The published Knowledge, swapped between batches.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "pipeline/pipeline.h"

namespace tanggap::pipeline::detail {

/// Thread: any.
class KnowledgeSource {
public:
    explicit KnowledgeSource(std::shared_ptr<const Knowledge> knowledge)
        : knowledge_(std::move(knowledge))
    {
    }
    std::shared_ptr<const Knowledge> get() const
    {
        const std::lock_guard lock(mutex_);
        return knowledge_;
    }
    void set(std::shared_ptr<const Knowledge> knowledge)
    {
        const std::lock_guard lock(mutex_);
        knowledge_ = std::move(knowledge);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Knowledge> knowledge_;
};

} // namespace tanggap::pipeline::detail
