#include "casework/merge.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/limits.h"

namespace tanggap::casework {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text)
{
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

/// For each line of `a` the line of `b` that it is, or -1: ascending, so that both read in order.
/// Source: E. W. Myers, An O(ND) difference algorithm, 1986.
class Matching {
public:
    Matching(const Lines& a, const Lines& b) : a_(a), b_(b), match_(a.size(), -1)
    {
        std::size_t head = 0;
        while (head < a.size() && head < b.size() && a[head] == b[head]) {
            match_[head] = static_cast<std::ptrdiff_t>(head);
            ++head;
        }
        std::size_t tail = 0;
        while (tail < a.size() - head && tail < b.size() - head &&
               a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
            match_[a.size() - 1 - tail] = static_cast<std::ptrdiff_t>(b.size() - 1 - tail);
            ++tail;
        }
        search(static_cast<std::ptrdiff_t>(head),
               static_cast<std::ptrdiff_t>(a.size() - head - tail),
               static_cast<std::ptrdiff_t>(b.size() - head - tail));
    }

    std::vector<std::ptrdiff_t> take() { return std::move(match_); }

private:
    using Ends = std::vector<std::ptrdiff_t>; ///< furthest x by diagonal, diagonal -d first

    bool same(std::ptrdiff_t x, std::ptrdiff_t y) const
    {
        return a_[static_cast<std::size_t>(offset_ + x)] ==
               b_[static_cast<std::size_t>(offset_ + y)];
    }

    static std::ptrdiff_t at(const Ends& ends, std::ptrdiff_t d, std::ptrdiff_t k)
    {
        return ends[static_cast<std::size_t>(k + d)];
    }

    /// Whether the best path to diagonal k with d edits comes from the diagonal above.
    static bool comes_down(const Ends& before, std::ptrdiff_t d, std::ptrdiff_t k)
    {
        return k == -d || (k != d && at(before, d - 1, k - 1) < at(before, d - 1, k + 1));
    }

    void search(std::ptrdiff_t offset, std::ptrdiff_t n, std::ptrdiff_t m)
    {
        offset_ = offset;
        const auto max = std::min(n + m, static_cast<std::ptrdiff_t>(base::limits::kMergeEditsMax));
        std::vector<Ends> trace;
        for (std::ptrdiff_t d = 0; d <= max; ++d) {
            Ends ends(static_cast<std::size_t>(2 * d + 1), 0);
            for (std::ptrdiff_t k = -d; k <= d; k += 2) {
                std::ptrdiff_t x = 0;
                if (d > 0) {
                    x = comes_down(trace.back(), d, k) ? at(trace.back(), d - 1, k + 1)
                                                       : at(trace.back(), d - 1, k - 1) + 1;
                }
                while (x < n && x - k < m && x - k >= 0 && same(x, x - k)) {
                    ++x;
                }
                ends[static_cast<std::size_t>(k + d)] = x;
                if (x >= n && x - k >= m) {
                    trace.push_back(std::move(ends));
                    walk_back(trace, n, m);
                    return;
                }
            }
            trace.push_back(std::move(ends));
        }
    }

    void walk_back(const std::vector<Ends>& trace, std::ptrdiff_t x, std::ptrdiff_t y)
    {
        for (auto d = static_cast<std::ptrdiff_t>(trace.size()) - 1; d >= 0; --d) {
            const std::ptrdiff_t k = x - y;
            std::ptrdiff_t from_x = 0;
            std::ptrdiff_t from_y = 0;
            if (d > 0) {
                const Ends& before = trace[static_cast<std::size_t>(d - 1)];
                const bool down = comes_down(before, d, k);
                from_x = at(before, d - 1, down ? k + 1 : k - 1);
                from_y = from_x - (down ? k + 1 : k - 1);
            }
            while (x > from_x && y > from_y && same(x - 1, y - 1)) {
                --x;
                --y;
                match_[static_cast<std::size_t>(offset_ + x)] = offset_ + y;
            }
            x = from_x;
            y = from_y;
        }
    }

    const Lines& a_;
    const Lines& b_;
    std::vector<std::ptrdiff_t> match_;
    std::ptrdiff_t offset_ = 0;
};

std::string joined(const Lines& lines, std::size_t begin, std::size_t end)
{
    std::string out;
    for (std::size_t i = begin; i < end; ++i) {
        out += lines[i];
    }
    return out;
}

ChangeBy who_changed(const MergeChunk& chunk)
{
    if (chunk.ours == chunk.theirs) {
        return chunk.ours == chunk.base ? ChangeBy::Nobody : ChangeBy::Both;
    }
    if (chunk.ours == chunk.base) {
        return ChangeBy::Theirs;
    }
    return chunk.theirs == chunk.base ? ChangeBy::Ours : ChangeBy::Clash;
}

/// How far each of the three has been told.
struct Positions {
    std::size_t base = 0;
    std::size_t ours = 0;
    std::size_t theirs = 0;
};

class Merger {
public:
    Merger(std::string_view base, std::string_view ours, std::string_view theirs)
        : base_(lines_of(base)),
          ours_(lines_of(ours)),
          theirs_(lines_of(theirs)),
          to_ours_(Matching(base_, ours_).take()),
          to_theirs_(Matching(base_, theirs_).take())
    {
    }

    Merge run()
    {
        Positions at;
        for (std::size_t line = 0; line < base_.size(); ++line) {
            const bool kept = to_ours_[line] >= 0 && to_theirs_[line] >= 0;
            if (!kept) {
                continue; // somebody changed it: it belongs to the stretch before the next kept
                          // line
            }
            const Positions kept_at{line, static_cast<std::size_t>(to_ours_[line]),
                                    static_cast<std::size_t>(to_theirs_[line])};
            add(at, kept_at);
            at = {kept_at.base + 1, kept_at.ours + 1, kept_at.theirs + 1};
            add(kept_at, at);
        }
        add(at, {base_.size(), ours_.size(), theirs_.size()});
        for (const MergeChunk& chunk : merge_.chunks) {
            merge_.merged += chunk.merged();
            merge_.clashes = merge_.clashes || chunk.by == ChangeBy::Clash;
        }
        return std::move(merge_);
    }

private:
    void add(const Positions& begin, const Positions& end)
    {
        MergeChunk chunk{.by = ChangeBy::Nobody,
                         .base = joined(base_, begin.base, end.base),
                         .ours = joined(ours_, begin.ours, end.ours),
                         .theirs = joined(theirs_, begin.theirs, end.theirs)};
        if (chunk.base.empty() && chunk.ours.empty() && chunk.theirs.empty()) {
            return;
        }
        chunk.by = who_changed(chunk);
        if (chunk.by == ChangeBy::Nobody && !merge_.chunks.empty() &&
            merge_.chunks.back().by == ChangeBy::Nobody) {
            merge_.chunks.back().base += chunk.base;
            merge_.chunks.back().ours += chunk.ours;
            merge_.chunks.back().theirs += chunk.theirs;
            return;
        }
        merge_.chunks.push_back(std::move(chunk));
    }

    Lines base_;
    Lines ours_;
    Lines theirs_;
    std::vector<std::ptrdiff_t> to_ours_;
    std::vector<std::ptrdiff_t> to_theirs_;
    Merge merge_;
};

} // namespace

std::string_view name_of(ChangeBy by)
{
    constexpr std::array<std::string_view, 5> kNames{"nobody", "ours", "theirs", "both", "clash"};
    return kNames[static_cast<std::size_t>(by)];
}

std::string MergeChunk::merged() const
{
    switch (by) {
    case ChangeBy::Theirs:
        return theirs;
    case ChangeBy::Clash: {
        if (ours.contains(theirs)) {
            return ours;
        }
        const bool ended = ours.empty() || ours.ends_with('\n');
        return ours + (ended ? "" : "\n") + theirs;
    }
    case ChangeBy::Nobody:
    case ChangeBy::Ours:
    case ChangeBy::Both:
        break;
    }
    return ours;
}

Merge merge_notes(std::string_view base, std::string_view ours, std::string_view theirs)
{
    return Merger(base, ours, theirs).run();
}

} // namespace tanggap::casework
