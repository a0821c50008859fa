// What `tanggap serve` is told: flag > TANGGAP_* > DATA/tanggap.toml > default (rulings 12).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace CLI {
class App;
}

namespace tanggap::app {

inline constexpr const char* kDefaultListen = "127.0.0.1:8460";

struct Settings {
    std::string data = "var";
    std::string config; ///< empty: DATA/tanggap.toml where it exists
    std::string listen = kDefaultListen;
    std::string tls_cert;
    std::string tls_key;
    std::vector<std::string> behind_proxy; ///< CIDR
    std::vector<std::string> syslog_udp;   ///< ADDRESS:PORT
    std::vector<std::string> syslog_tcp;
    std::vector<std::string> tail; ///< GLOB=SENSOR
    std::string setup_token_file;  ///< empty: DATA/setup-token
    std::string content;
    std::string engine_library;
    std::string geo_country;
    std::string geo_asn;
    std::string key_file; ///< empty: DATA/keys/master
    std::string timezone = "UTC";
    std::string site_name;
    std::string retention = "0"; ///< "400d", "12h"; "0": events are kept without limit
    std::string life_trace;      ///< file for the steps of the first log line; empty: none
    std::uint64_t demo_seed = 1;
    bool demo = false;
    bool no_engine = false; ///< search and statistics off (rulings 9's state, on purpose)
};

/// Declares every setting as an option of `verb`, with its TANGGAP_* name.
void declare(CLI::App& verb, Settings& settings);

/// Fills from the TOML file what neither flag nor environment gave.
/// Errors: Invalid, naming file, line and the unknown or mistyped key.
base::Status apply_config_file(CLI::App& verb, Settings& settings);

struct Endpoint {
    std::string address; ///< without brackets
    std::uint16_t port = 0;

    bool loopback() const;
};
/// "127.0.0.1:8460", "[::1]:8460", "0.0.0.0:514".
base::Result<Endpoint> parse_endpoint(const std::string& text);

/// "400d", "12h", "90m", "30s", or "0".
base::Result<std::chrono::seconds> parse_retention(const std::string& text);

/// What `serve` would be told by environment and DATA/tanggap.toml alone. Errors: as the two above.
base::Result<Settings> settings_of(const std::string& data);

/// Rulings 13: beyond loopback only with TLS or behind a named proxy.
base::Status check(const Settings& settings);

} // namespace tanggap::app
