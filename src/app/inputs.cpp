#include "app/inputs.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/metrics.h"
#include "connect/syslog.h"
#include "connect/tail.h"
#include "service/sensors.h"

namespace tanggap::app {
namespace {

base::Result<connect::SyslogOptions> syslog_options(const Settings& settings,
                                                    const std::string& endpoint)
{
    TRY(const Endpoint at, parse_endpoint(endpoint));
    return connect::SyslogOptions{
        .address = at.address, .port = at.port, .timezone = settings.timezone};
}

} // namespace

base::Result<std::unique_ptr<Inputs>> Inputs::start(const Settings& settings,
                                                    disk::Journal& journal)
{
    std::unique_ptr<Inputs> inputs(new Inputs);
    for (const std::string& endpoint : settings.syslog_udp) {
        TRY(const auto options, syslog_options(settings, endpoint));
        TRY(auto input, connect::open_syslog_udp(options, journal));
        inputs->add(std::move(input));
    }
    for (const std::string& endpoint : settings.syslog_tcp) {
        TRY(const auto options, syslog_options(settings, endpoint));
        TRY(auto input, connect::open_syslog_tcp(options, journal));
        inputs->add(std::move(input));
    }
    for (const std::string& text : settings.tail) {
        TRY(auto options, connect::parse_tail(text));
        TRY_STATUS(service::check_sensor_name(options.sensor));
        options.timezone = settings.timezone;
        TRY(auto input, connect::open_tail(options, journal));
        inputs->add(std::move(input));
    }
    return inputs;
}

void Inputs::add(std::unique_ptr<connect::Input> input)
{
    const connect::Input* taken = input.get();
    const base::Labels labels{{"input", input->name()}};
    base::log(base::LogLevel::Info, "input_open", input->name());
    base::gauge("tanggap_input_bytes", "Bytes received", labels,
                [taken] { return static_cast<double>(taken->counters().bytes); });
    base::gauge("tanggap_input_records", "Records the journal acknowledged", labels,
                [taken] { return static_cast<double>(taken->counters().appended); });
    base::gauge("tanggap_input_lag_bytes", "Bytes of tailed files not yet read", labels,
                [taken] { return static_cast<double>(taken->counters().lag_bytes); });
    base::gauge("tanggap_input_lost_records", "Records lost before the journal had them", labels,
                [taken] { return static_cast<double>(taken->counters().lost_before_receipt); });
    base::gauge("tanggap_input_truncated", "Frames and files whose end could not be read", labels,
                [taken] { return static_cast<double>(taken->counters().truncated); });
    base::gauge("tanggap_input_connections_refused", "Connections closed at the limit", labels,
                [taken] { return static_cast<double>(taken->counters().connections_refused); });
    inputs_.push_back(std::move(input));
}

void Inputs::stop()
{
    for (const auto& input : inputs_) {
        input->stop();
    }
}

std::uint64_t Inputs::lost_before_receipt() const
{
    std::uint64_t lost = 0;
    for (const auto& input : inputs_) {
        lost += input->counters().lost_before_receipt;
    }
    return lost;
}

std::vector<service::InputState> Inputs::states() const
{
    std::vector<service::InputState> states;
    for (const auto& input : inputs_) {
        const connect::InputCounters now = input->counters();
        states.push_back({.name = input->name(),
                          .bytes = now.bytes,
                          .records = now.appended,
                          .lost = now.lost_before_receipt,
                          .lag_bytes = now.lag_bytes,
                          .problem = now.problem});
    }
    return states;
}

std::vector<std::string> Inputs::problems() const
{
    std::vector<std::string> problems;
    for (const auto& input : inputs_) {
        if (std::string problem = input->counters().problem; !problem.empty()) {
            problems.push_back(input->name() + ": " + problem);
        }
    }
    return problems;
}

} // namespace tanggap::app
