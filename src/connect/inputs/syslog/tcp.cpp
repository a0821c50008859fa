#include <thread>
#include <unordered_map>

#include "base/limits.h"
#include "base/log.h"
#include "connect/inputs/syslog/collector.h"
#include "connect/syslog.h"
#include "net/sockets.h"

namespace tanggap::connect {
namespace {

using net::StreamEvent;
using std::chrono::milliseconds;

constexpr int kLastRounds = 10'000;

class TcpInput final : public SyslogInput {
public:
    TcpInput(const SyslogOptions& options, disk::Journal& journal,
             std::unique_ptr<net::StreamReceiver> receiver)
        : options_(options),
          receiver_(std::move(receiver)),
          collector_(options, "syslog-tcp " + options.address + ":" + std::to_string(options.port),
                     journal),
          thread_([this] { run(); })
    {
    }
    ~TcpInput() override { stop(); }

    std::uint16_t port() const override { return receiver_->port(); }
    std::string name() const override
    {
        return "syslog-tcp " + options_.address + ":" + std::to_string(port());
    }
    void stop() override;
    InputCounters counters() const override;

private:
    struct Connection {
        std::string peer;
        syslog::Framer framer;
    };

    void run();
    bool receive(milliseconds wait);
    void take(const StreamEvent& event);
    void finish(std::uint64_t id);

    const SyslogOptions options_;
    const std::unique_ptr<net::StreamReceiver> receiver_;
    syslog::Collector collector_;
    std::unordered_map<std::uint64_t, Connection> connections_; // the input's thread
    std::size_t held_bytes_ = 0;                                // the input's thread
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<bool> stopping_{false};
    std::atomic<bool> failed_{false};
    std::mutex stop_mutex_; // Two callers of stop() must not join one thread.
    std::thread thread_;
};

bool TcpInput::receive(milliseconds wait)
{
    const auto events = receiver_->receive(wait);
    if (!events) {
        // A socket that fails is not tried for ever: what was taken is handed over and people told.
        base::log(base::LogLevel::Error, "input_failed", events.error().message);
        failed_ = true;
        stopping_ = true;
    }
    if (!events || events->empty()) {
        return false;
    }
    for (const StreamEvent& event : *events) {
        if (event.kind == StreamEvent::Kind::Closed) {
            finish(event.connection);
        } else {
            take(event);
        }
    }
    return true;
}

void TcpInput::take(const StreamEvent& event)
{
    Connection& connection = connections_[event.connection];
    connection.peer = event.peer;
    bytes_ += event.bytes.size();
    const std::size_t held_before = connection.framer.held_bytes();
    syslog::Frames frames;
    bool good = connection.framer.feed(event.bytes, frames);
    held_bytes_ += connection.framer.held_bytes() - held_before;
    if (good && held_bytes_ > base::limits::kSyslogHeldBytesMax) {
        ++frames.too_large;
        good = false;
    }
    collector_.add(event.peer, std::move(frames));
    if (!good) {
        held_bytes_ -= connection.framer.held_bytes();
        connections_.erase(event.connection);
        receiver_->close(event.connection);
    }
}

void TcpInput::finish(std::uint64_t id)
{
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
        return;
    }
    held_bytes_ -= found->second.framer.held_bytes();
    syslog::Frames frames;
    found->second.framer.finish(frames);
    collector_.add(found->second.peer, std::move(frames));
    connections_.erase(found);
}

void TcpInput::run()
{
    milliseconds wait{0};
    while (!stopping_) {
        receive(wait);
        wait = collector_.flush_due();
        collector_.save_lost(0);
    }
    for (int round = 0; round < kLastRounds && receive(milliseconds(0)); ++round) {
    }
    while (!connections_.empty()) {
        finish(connections_.begin()->first);
    }
    collector_.stop(0);
}

void TcpInput::stop()
{
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
    receiver_->interrupt();
    if (thread_.joinable()) {
        thread_.join();
    }
}

InputCounters TcpInput::counters() const
{
    InputCounters out;
    out.bytes = bytes_;
    out.connections_refused = receiver_->refused();
    collector_.fill(out);
    if (failed_) {
        out.problem = name() + " stopped: its socket failed, the log says why";
    }
    return out;
}

} // namespace

base::Result<std::unique_ptr<SyslogInput>> open_syslog_tcp(const SyslogOptions& options,
                                                           disk::Journal& journal)
{
    TRY(auto receiver,
        net::StreamReceiver::open({.listen = {.address = options.address, .port = options.port},
                                   .connections_max = base::limits::kSyslogConnectionsMax}));
    return std::make_unique<TcpInput>(options, journal, std::move(receiver));
}

} // namespace tanggap::connect
