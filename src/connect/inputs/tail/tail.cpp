#include "connect/tail.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <glob.h>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "connect/inputs/tail/follower.h"
#include "connect/inputs/tail/watch.h"

namespace tanggap::connect {
namespace {

using std::chrono::milliseconds;

/// New names appear by polling; inotify only shortens the wait for new lines.
constexpr milliseconds kPoll{1000};
constexpr milliseconds kRetry{500};

bool is_packed(const std::string& path)
{
    return path.ends_with(".gz") || path.ends_with(".zst") || path.ends_with(".xz") ||
           path.ends_with(".bz2");
}

std::vector<std::string> find_names(const std::string& pattern)
{
    std::vector<std::string> out;
    glob_t matches{};
    if (::glob(pattern.c_str(), GLOB_BRACE, nullptr, &matches) == 0) {
        for (std::size_t i = 0; i < matches.gl_pathc; ++i) {
            if (!is_packed(matches.gl_pathv[i])) {
                out.emplace_back(matches.gl_pathv[i]);
            }
        }
    }
    ::globfree(&matches);
    return out;
}

class TailInput final : public Input {
public:
    TailInput(const TailOptions& options, disk::Journal& journal, tail::Watch watch)
        : options_(options), journal_(journal), watch_(std::move(watch)), thread_([this] { run(); })
    {
    }
    ~TailInput() override { stop(); }

    void stop() override;
    InputCounters counters() const override;
    std::string name() const override { return "tail " + options_.glob; }

private:
    void run();
    void follow_new_names();
    bool make_room();
    bool take_from(tail::Follower& follower);
    void set_problem(const std::string& path, std::string text);
    std::string state_key(const std::string& path) const
    {
        return "tail:" + options_.sensor + ":" + path;
    }

    const TailOptions options_;
    disk::Journal& journal_;
    tail::Watch watch_;
    std::map<std::string, tail::Follower> followers_; // the input's thread
    std::uint64_t forgotten_unread_ = 0;              // the input's thread
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint64_t> appended_{0};
    std::atomic<std::uint64_t> lag_bytes_{0};
    std::atomic<std::uint64_t> unread_ends_{0};
    std::atomic<bool> stopping_{false};
    mutable std::mutex
        mutex_; // Guards problems_, which counters() reads; and stop() against itself.
    std::map<std::string, std::string> problems_; ///< by path
    std::mutex stop_mutex_;
    std::thread thread_;
};

void TailInput::set_problem(const std::string& path, std::string text)
{
    const std::lock_guard lock(mutex_);
    std::string& known = problems_[path];
    if (known != text && !text.empty()) {
        base::log(base::LogLevel::Warning, "tail_problem", text);
    }
    known = std::move(text);
}

/// At the limit names that are gone and read to their end are forgotten: a log with the date in its
/// name makes a new one every day. False: all are in use.
bool TailInput::make_room()
{
    if (followers_.size() < options_.files_max) {
        return true;
    }
    std::erase_if(followers_, [&](const auto& known) {
        const bool over = known.second.is_over();
        if (over) {
            forgotten_unread_ += known.second.unread_ends();
            const std::lock_guard lock(mutex_);
            problems_.erase(known.first);
        }
        return over;
    });
    return followers_.size() < options_.files_max;
}

void TailInput::follow_new_names()
{
    std::size_t left_out = 0;
    for (const std::string& path : find_names(options_.glob)) {
        if (followers_.contains(path)) {
            continue;
        }
        if (!make_room()) {
            ++left_out;
            continue;
        }
        const auto saved = journal_.find_state(state_key(path));
        if (!saved) {
            set_problem(path, saved.error().message); // Not from the start: that would be a guess.
            continue;
        }
        const auto checkpoint = *saved ? tail::parse_checkpoint(**saved) : std::nullopt;
        followers_.emplace(path, tail::Follower(path, checkpoint));
        watch_.add(path);
    }
    set_problem(options_.glob,
                left_out == 0 ? ""
                              : std::to_string(left_out) + " files that match " + options_.glob +
                                    " are not read: " + std::to_string(options_.files_max) +
                                    " are followed already; split the pattern, or move old files");
}

/// True: there may be more at once.
bool TailInput::take_from(tail::Follower& follower)
{
    auto reading = follower.read();
    if (!reading) {
        set_problem(follower.path(), reading.error().message);
        return false;
    }
    if (reading->records.empty()) {
        set_problem(follower.path(), "");
        return false;
    }
    disk::AppendRequest request;
    request.stream = {.sensor = options_.sensor,
                      .source = options_.source,
                      .timezone = options_.timezone,
                      .reference_time = {},
                      .origin = follower.path()};
    request.identity = disk::Identity::Content;
    // One stream a name, over rotation: two equal lines in two files of it are two records.
    request.stream_id = state_key(follower.path());
    request.state_key = state_key(follower.path());
    request.state_value = tail::render(reading->checkpoint);
    request.records = std::move(reading->records);
    const auto result = journal_.append(std::move(request));
    if (!result) {
        set_problem(follower.path(), result.error().message);
        return false; // Not confirmed: the same is read again.
    }
    follower.confirm(reading->checkpoint);
    bytes_ += reading->bytes;
    appended_ += result->received;
    set_problem(follower.path(), "");
    return true;
}

void TailInput::run()
{
    while (!stopping_) {
        follow_new_names();
        bool more = false;
        std::uint64_t lag = 0;
        std::uint64_t unread = forgotten_unread_;
        for (auto& [path, follower] : followers_) {
            more = (!stopping_ && take_from(follower)) || more;
            lag += follower.lag_bytes();
            unread += follower.unread_ends();
        }
        lag_bytes_ = lag;
        unread_ends_ = unread;
        if (!more && !stopping_) {
            watch_.wait(lag > 0 ? kRetry : kPoll);
        }
    }
}

void TailInput::stop()
{
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
    watch_.interrupt();
    if (thread_.joinable()) {
        thread_.join();
    }
}

InputCounters TailInput::counters() const
{
    InputCounters out;
    out.bytes = bytes_;
    out.appended = appended_;
    out.lag_bytes = lag_bytes_;
    out.truncated = unread_ends_;
    const std::lock_guard lock(mutex_);
    for (const auto& [path, problem] : problems_) {
        if (!problem.empty()) {
            out.problem += (out.problem.empty() ? "" : "; ") + problem;
        }
    }
    return out;
}

} // namespace

base::Result<TailOptions> parse_tail(const std::string& text)
{
    const auto equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
        return base::invalid("--tail '" + text +
                             "' is not GLOB=SENSOR, such as "
                             "/var/log/apache2/*.log=web-1");
    }
    return TailOptions{.glob = text.substr(0, equals), .sensor = text.substr(equals + 1)};
}

base::Result<std::unique_ptr<Input>> open_tail(const TailOptions& options, disk::Journal& journal)
{
    TRY(auto watch, tail::Watch::open());
    return std::make_unique<TailInput>(options, journal, std::move(watch));
}

} // namespace tanggap::connect
