#include "pipeline/detail/reader.h"

#include <algorithm>
#include <utility>

#include "pipeline/detail/stage_timer.h"

namespace tanggap::pipeline::detail {
namespace {

/// How often a waiting reader looks whether it should end.
constexpr int kIdleWaitMs = 100;
/// How long half a batch waits for more: senders who wait for what they sent must not wait for us.
constexpr std::chrono::milliseconds kHalfWait{20};

using Steady = std::chrono::steady_clock;

} // namespace

Reader::Reader(const Stores& stores, const Options& options, const KnowledgeSource& knowledge,
               const StopSignal& stop)
    : stores_(stores),
      options_(options),
      knowledge_(knowledge),
      stop_(stop),
      position_(stores.cases.cursor()),
      out_(stop)
{
}

base::Status Reader::run()
{
    while (out_.wait_until_taken()) {
        TRY_STATUS(run_once());
    }
    return {};
}

base::Status Reader::run_once()
{
    TRY(Chunks chunks, collect());
    if (chunks.empty()) {
        return {};
    }
    position_ = chunks.back()->sequence;
    read_at_ = Steady::now();
    static auto& decoding = stage_counter("decode");
    const StageTimer timer(decoding);
    auto knowledge = knowledge_.get();
    auto batch = std::make_shared<Batch>(decode_chunks(*knowledge, std::move(chunks)));
    out_.put({.knowledge = std::move(knowledge), .batch = std::move(batch)});
    return {};
}

/// What the journal has now; when that is little, what comes until the batch is old enough.
base::Result<Chunks> Reader::collect() const
{
    Chunks chunks;
    std::size_t records = 0;
    std::size_t bytes = 0;
    const auto oldest = read_at_ + options_.batch_age;
    auto came_at = Steady::now();
    while (records < options_.batch_records_max && bytes < options_.batch_bytes_max) {
        const auto now = Steady::now();
        const bool half = records * 2 >= options_.batch_records_max;
        const auto deadline = half ? std::min(oldest, came_at + kHalfWait) : oldest;
        if (stop_.stopped() ||
            (!chunks.empty() && now >= deadline &&
             chunks.back()->sequence == stores_.journal.totals().last_sequence)) {
            break;
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now);
        const int wait = chunks.empty() || left.count() > kIdleWaitMs
                             ? kIdleWaitMs
                             : std::max(0, static_cast<int>(left.count()));
        const std::uint64_t after = chunks.empty() ? position_ : chunks.back()->sequence;
        TRY(auto some, stores_.journal.read(after, options_.batch_bytes_max - bytes, wait));
        if (some.empty() && chunks.empty()) {
            break;
        }
        for (auto chunk = some.begin(); chunk != some.end() && records < options_.batch_records_max;
             ++chunk) {
            records += (*chunk)->records.size();
            bytes += (*chunk)->bytes();
            chunks.push_back(std::move(*chunk));
            came_at = Steady::now();
        }
    }
    return chunks;
}

} // namespace tanggap::pipeline::detail
