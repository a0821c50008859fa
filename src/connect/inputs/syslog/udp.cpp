#include <thread>

#include "base/log.h"
#include "connect/inputs/syslog/collector.h"
#include "connect/syslog.h"
#include "net/sockets.h"

namespace tanggap::connect {
namespace {

using std::chrono::milliseconds;

/// At the end: what the kernel holds is taken, a flood is not followed for ever.
constexpr int kLastRounds = 10'000;

class UdpInput final : public SyslogInput {
public:
    UdpInput(const SyslogOptions& options, disk::Journal& journal,
             std::unique_ptr<net::DatagramReceiver> receiver)
        : options_(options),
          receiver_(std::move(receiver)),
          collector_(options, "syslog-udp " + options.address + ":" + std::to_string(options.port),
                     journal),
          thread_([this] { run(); })
    {
    }
    ~UdpInput() override { stop(); }

    std::uint16_t port() const override { return receiver_->port(); }
    std::string name() const override
    {
        return "syslog-udp " + options_.address + ":" + std::to_string(port());
    }
    void stop() override;
    InputCounters counters() const override;

private:
    void run();
    bool receive(milliseconds wait);

    const SyslogOptions options_;
    const std::unique_ptr<net::DatagramReceiver> receiver_;
    syslog::Collector collector_;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<bool> stopping_{false};
    std::atomic<bool> failed_{false};
    std::mutex stop_mutex_; // Two callers of stop() must not join one thread.
    std::thread thread_;
};

/// False: nothing was there.
bool UdpInput::receive(milliseconds wait)
{
    const auto datagrams = receiver_->receive(wait);
    if (!datagrams) {
        // A socket that fails is not tried for ever: what was taken is handed over and people told.
        base::log(base::LogLevel::Error, "input_failed", datagrams.error().message);
        failed_ = true;
        stopping_ = true;
    }
    if (!datagrams || datagrams->empty()) {
        return false;
    }
    for (const net::Datagram& datagram : *datagrams) {
        bytes_ += datagram.bytes.size();
        detail::RecordCollector record;
        record.add(datagram.bytes);
        syslog::Frames frames;
        frames.records.push_back(record.take());
        if (frames.records.front().bytes.empty()) {
            frames = {.records = {}, .empty = 1};
        }
        collector_.add(datagram.peer, std::move(frames));
    }
    return true;
}

void UdpInput::run()
{
    milliseconds wait{0};
    while (!stopping_) {
        receive(wait);
        wait = collector_.flush_due();
        collector_.save_lost(receiver_->dropped());
    }
    for (int round = 0; round < kLastRounds && receive(milliseconds(0)); ++round) {
    }
    collector_.stop(receiver_->dropped());
}

void UdpInput::stop()
{
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
    receiver_->interrupt();
    if (thread_.joinable()) {
        thread_.join();
    }
}

InputCounters UdpInput::counters() const
{
    InputCounters out;
    out.bytes = bytes_;
    out.lost_before_receipt = receiver_->dropped();
    collector_.fill(out);
    if (failed_) {
        out.problem = name() + " stopped: its socket failed, the log says why";
    }
    return out;
}

} // namespace

base::Result<std::unique_ptr<SyslogInput>> open_syslog_udp(const SyslogOptions& options,
                                                           disk::Journal& journal)
{
    TRY(auto receiver,
        net::DatagramReceiver::open({.address = options.address, .port = options.port}));
    return std::make_unique<UdpInput>(options, journal, std::move(receiver));
}

} // namespace tanggap::connect
