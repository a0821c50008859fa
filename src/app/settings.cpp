#include "app/settings.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/text.h"
#include "normalize/normalizer.h"

namespace tanggap::app {
namespace {

std::string environment_name(std::string_view option)
{
    std::string name = "TANGGAP_";
    for (const char c : option) {
        name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    return name;
}

template <class T>
CLI::Option* add(CLI::App& verb, const std::string& name, T& target, const std::string& help)
{
    return verb.add_option("--" + name, target, help)->envname(environment_name(name));
}

CLI::Option* add_flag(CLI::App& verb, const std::string& name, bool& target,
                      const std::string& help)
{
    return verb.add_flag("--" + name, target, help)->envname(environment_name(name));
}

/// The texts a TOML value stands for; empty when it is of a kind no setting has.
std::vector<std::string> texts_of(const toml::node& node)
{
    std::vector<std::string> texts;
    if (const auto* list = node.as_array()) {
        for (const toml::node& item : *list) {
            for (std::string& text : texts_of(item)) {
                texts.push_back(std::move(text));
            }
        }
    } else if (const auto* text = node.as_string()) {
        texts.push_back(text->get());
    } else if (const auto* flag = node.as_boolean()) {
        texts.emplace_back(flag->get() ? "true" : "false");
    } else if (const auto* number = node.as_integer()) {
        texts.push_back(std::to_string(number->get()));
    }
    return texts;
}

base::Status apply_key(CLI::App& verb, const std::string& file, const toml::key& key,
                       const toml::node& value)
{
    std::string name(key.str());
    std::ranges::replace(name, '_', '-');
    const auto where = fmt::format("{}, line {}", file, key.source().begin.line);
    CLI::Option* option = verb.get_option_no_throw("--" + name);
    if (option == nullptr || name == "config" || name == "help") {
        return base::invalid(
            fmt::format("{}: unknown setting {}; `tanggap serve --help` lists them", where,
                        base::quoted(key.str())));
    }
    if (option->count() > 0) {
        return {};
    }
    const std::vector<std::string> texts = texts_of(value);
    if (texts.empty()) {
        return base::invalid(
            fmt::format("{}: {} needs a text, a number, true or false, or a list of texts", where,
                        base::quoted(key.str())));
    }
    try {
        for (const std::string& text : texts) {
            option->add_result(text);
        }
        option->run_callback();
    } catch (const CLI::Error& error) {
        return base::invalid(fmt::format("{}: {}", where, error.what()));
    }
    return {};
}

} // namespace

void declare(CLI::App& verb, Settings& s)
{
    add(verb, "data", s.data, "Folder for everything that must last")->capture_default_str();
    add(verb, "config", s.config, "Settings file (default: DATA/tanggap.toml)");
    add(verb, "listen", s.listen, "ADDRESS:PORT of console and API")->capture_default_str();
    add(verb, "tls-cert", s.tls_cert, "Certificate chain (PEM); needed beyond loopback");
    add(verb, "tls-key", s.tls_key, "Private key (PEM)");
    add(verb, "behind-proxy", s.behind_proxy,
        "Network of a TLS proxy in front; its X-Forwarded-* is believed");
    add(verb, "syslog-udp", s.syslog_udp, "ADDRESS:PORT to take syslog datagrams on");
    add(verb, "syslog-tcp", s.syslog_tcp, "ADDRESS:PORT to take syslog connections on");
    add(verb, "tail", s.tail, "GLOB=SENSOR: follow these files");
    add(verb, "setup-token-file", s.setup_token_file,
        "Where the set-up token is written (default: DATA/setup-token)");
    add(verb, "content", s.content,
        "Folder whose content (sources, rules, playbooks, …) overrides ours");
    add(verb, "engine-library", s.engine_library, "Path of libchdb.so");
    add(verb, "geo-country", s.geo_country, "Country database (MMDB)");
    add(verb, "geo-asn", s.geo_asn, "Network operator database (MMDB)");
    add(verb, "key-file", s.key_file, "Master key (default: DATA/keys/master)");
    add(verb, "timezone", s.timezone, "Zone of logs that name none")->capture_default_str();
    add(verb, "site-name", s.site_name, "Name of the team, shown and not allowed in passwords");
    add(verb, "retention", s.retention,
        "Drop days whose events were all received longer ago, such as 400d (0: keep everything)")
        ->capture_default_str();
    // For the test of ARCHITECTURE.md's list: no use to an operator, so --help does not show it.
    add(verb, "life-trace", s.life_trace, "Write the steps of a log line here")->group("");
    add_flag(verb, "demo", s.demo, "A made-up city in a folder of its own, marked on every page");
    add(verb, "demo-seed", s.demo_seed, "Another seed, another city")->capture_default_str();
    add_flag(verb, "no-engine", s.no_engine, "Run without search and statistics");
}

base::Status apply_config_file(CLI::App& verb, Settings& s)
{
    std::string file = s.config;
    if (file.empty()) {
        file = s.data + "/tanggap.toml";
        std::error_code ignored; // a file that cannot be looked at is not there
        if (!std::filesystem::exists(file, ignored)) {
            return {};
        }
    }
    try {
        const toml::table table = toml::parse_file(file);
        for (auto&& [key, value] : table) {
            TRY_STATUS(apply_key(verb, file, key, value));
        }
    } catch (const toml::parse_error& error) {
        return base::invalid(
            fmt::format("{}, line {}: {}", file, error.source().begin.line, error.description()));
    }
    return {};
}

bool Endpoint::loopback() const
{
    return address == "localhost" || address == "::1" || address.starts_with("127.");
}

base::Result<Endpoint> parse_endpoint(const std::string& text)
{
    const auto colon = text.rfind(':');
    Endpoint endpoint;
    const char* end = text.data() + text.size();
    bool number = colon != std::string::npos && colon + 1 < text.size();
    if (number) {
        const auto read = std::from_chars(text.data() + colon + 1, end, endpoint.port);
        number = read.ec == std::errc{} && read.ptr == end; // 99999 is no port, nor is it "any"
    }
    if (!number || colon == 0) {
        return base::invalid(fmt::format(
            "{} is not ADDRESS:PORT, such as 127.0.0.1:8460 or [::1]:8460", base::quoted(text)));
    }
    endpoint.address = text.substr(0, colon);
    if (endpoint.address.starts_with('[') && endpoint.address.ends_with(']')) {
        endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
    }
    return endpoint;
}

base::Result<std::chrono::seconds> parse_retention(const std::string& text)
{
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits{
        {{"d", 86'400}, {"h", 3'600}, {"m", 60}, {"s", 1}}};
    constexpr std::int64_t kYears = 200LL * 366 * 86'400;
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (error == std::errc{} && count == 0 && unit.empty()) {
        return std::chrono::seconds(0);
    }
    const auto* const known =
        std::ranges::find(kUnits, unit, &std::pair<std::string_view, std::int64_t>::first);
    if (error != std::errc{} || count <= 0 || known == kUnits.end() ||
        count > kYears / known->second) {
        return base::invalid(
            fmt::format("--retention {}: expected a time such as 400d, 12h, 90m or "
                        "30s, or 0 to keep everything",
                        base::quoted(text)));
    }
    return std::chrono::seconds(count * known->second);
}

base::Result<Settings> settings_of(const std::string& data)
{
    CLI::App verb;
    Settings settings;
    declare(verb, settings);
    try {
        verb.parse(std::vector<std::string>{});
    } catch (const CLI::Error& error) {
        return base::invalid(error.what());
    }
    settings.data = data;
    TRY_STATUS(apply_config_file(verb, settings));
    TRY_STATUS(check(settings));
    return settings;
}

base::Status check(const Settings& s)
{
    TRY(const auto ignored, parse_retention(s.retention));
    static_cast<void>(ignored);
    TRY_STATUS(normalize::check_timezone(s.timezone));
    TRY(const Endpoint listen, parse_endpoint(s.listen));
    if (s.tls_cert.empty() != s.tls_key.empty()) {
        return base::invalid("--tls-cert and --tls-key go together; one of them is missing");
    }
    if (!listen.loopback() && s.tls_cert.empty() && s.behind_proxy.empty()) {
        return base::invalid(fmt::format("--listen {}: plain HTTP stays on loopback, since "
                                         "passwords and keys would cross the network "
                                         "in the clear; give --tls-cert and --tls-key (`tanggap "
                                         "cert self-signed` makes a pair) or "
                                         "--behind-proxy CIDR",
                                         s.listen));
    }
    return {};
}

} // namespace tanggap::app
