#include "connect/inputs/syslog/framing.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"

namespace tanggap::connect::syslog {
namespace {

/// Ten digits are an epoch time, not a length.
constexpr std::size_t kCountDigitsMax = 9;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

} // namespace

bool Framer::feed(std::string_view bytes, Frames& out)
{
    while (!bytes.empty()) {
        if (!step(bytes, out)) {
            return false;
        }
    }
    return true;
}

bool Framer::step(std::string_view& bytes, Frames& out)
{
    switch (state_) {
    case State::Start:
        // A sender may end counted frames with LF as well.
        if (bytes.front() == '\n' && !count_.empty()) {
            bytes.remove_prefix(1);
            return true;
        }
        count_.clear();
        state_ = is_digit(bytes.front()) && bytes.front() != '0' ? State::Count : State::Line;
        return true;
    case State::Count:
        take_count(bytes, out);
        return out.too_large == 0;
    case State::Payload:
        take_payload(bytes, out);
        return true;
    case State::Line:
        take_line(bytes, out);
        return true;
    }
    return false;
}

/// Digits, a blank, and '<' are a count; anything else shows the beginning of a line.
void Framer::take_count(std::string_view& bytes, Frames& out)
{
    const char next = bytes.front();
    const bool counted = count_.ends_with(' ');
    if (!counted && (is_digit(next) ? count_.size() < kCountDigitsMax : next == ' ')) {
        count_ += next;
        bytes.remove_prefix(1);
        return;
    }
    if (!counted || next != '<') {
        collector_.add(count_);
        state_ = State::Line;
        return;
    }
    std::from_chars(count_.data(), count_.data() + count_.size(), remaining_);
    if (remaining_ > base::limits::kSyslogFrameBytesMax) {
        ++out.too_large;
        return;
    }
    state_ = State::Payload;
}

void Framer::take_payload(std::string_view& bytes, Frames& out)
{
    const std::string_view piece = bytes.substr(0, remaining_);
    collector_.add(piece);
    bytes.remove_prefix(piece.size());
    remaining_ -= piece.size();
    if (remaining_ == 0) {
        emit(out);
        state_ = State::Start; // count_ stays: it says that an LF may follow.
    }
}

void Framer::take_line(std::string_view& bytes, Frames& out)
{
    const auto end = bytes.find('\n');
    collector_.add(bytes.substr(0, end));
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (end != std::string_view::npos) {
        emit(out);
        count_.clear();
        state_ = State::Start;
    }
}

void Framer::emit(Frames& out)
{
    disk::NewRecord record = collector_.take();
    if (record.bytes.empty()) {
        ++out.empty;
        return;
    }
    out.records.push_back(std::move(record));
}

void Framer::finish(Frames& out)
{
    if (state_ == State::Count) {
        collector_.add(count_);
        state_ = State::Line;
    }
    if (state_ == State::Line && collector_.length() > 0) {
        emit(out);
    }
    if (state_ == State::Payload) {
        ++out.bad_frame;
    }
    collector_.clear();
    count_.clear();
    state_ = State::Start;
}

} // namespace tanggap::connect::syslog
