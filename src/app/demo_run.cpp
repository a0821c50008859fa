#include "app/demo_run.h"

#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "app/demo.h"
#include "app/demo_desk.h"
#include "app/demo_office.h"
#include "base/id.h"
#include "base/log.h"
#include "cli/import.h"
#include "cli/setup.h"
#include "policy/policy.h"
#include "service/assets.h"

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAdministrator = "demo";

/// Owner networks of the made-up city, so that alerts name who is hit.
constexpr std::string_view kAssets =
    "network,name,organisation,contact,value\n"
    "192.0.2.0/24,jaringan kota,Dinas Kominfo,noc@kota.example,2\n"
    "192.0.2.20,www.kota.example,Dinas Kominfo,web@kota.example,3\n"
    "192.0.2.30,dinkes.kota.example,Dinas Kesehatan,"
    "admin@dinkes.kota.example,3\n"
    "192.0.2.31,web-dinkes,Dinas Kesehatan,"
    "admin@dinkes.kota.example,3\n"
    "192.0.2.40,fw-1,Dinas Kominfo,noc@kota.example,2\n"
    "2001:db8:40::/48,jaringan v6,Dinas Kominfo,noc@kota.example,1\n";

/// 20 letters and digits in groups, 100 bits: long enough to be no guess, short enough to type.
std::string random_password()
{
    constexpr std::string_view kSigns = "abcdefghijkmnpqrstuvwxyz23456789"; // 32, none alike
    std::string out;
    for (const char byte : base::random_bytes(20)) {
        out += out.size() % 6 == 5 ? "-" : "";
        out += kSigns[static_cast<unsigned char>(byte) % kSigns.size()];
    }
    return out;
}

/// A new file that only its owner reads.
base::Status write_private(const std::string& path, std::string_view text)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return base::system_error("cannot write " + path, errno);
    }
    const bool whole = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int problem = errno;
    ::close(file);
    return whole ? base::Status()
                 : base::Status(base::system_error("cannot write " + path, problem));
}

std::string first_line(const std::string& path)
{
    std::ifstream in(path);
    std::string line;
    std::getline(in, line);
    return line;
}

cli::Console quiet()
{
    return {.out = [](std::string_view) {},
            .err = [](std::string_view text) { fmt::print(stderr, "{}", text); }};
}

} // namespace

base::Status prepare_demo_folder(Settings& settings)
{
    const fs::path marker = fs::path(settings.data) / "demo";
    std::error_code error;
    if (fs::exists(marker, error)) {
        settings.demo = true;
        return {};
    }
    if (!settings.demo) {
        return {};
    }
    if (fs::exists(settings.data, error) && !fs::is_empty(settings.data, error)) {
        return base::fail(
            base::Code::Conflict,
            fmt::format("--demo: {} holds data that is not a demonstration's; name an "
                        "empty folder, such as --data var/demo",
                        settings.data));
    }
    fs::create_directories(marker, error);
    if (!error) {
        fs::permissions(settings.data, fs::perms::owner_all, error);
    }
    return error ? base::Status(base::system_error("cannot make " + marker.string(), error.value()))
                 : base::Status();
}

DemoRun::DemoRun(const Settings& settings, Server& server)
    : folder_(settings.data + "/demo"),
      setup_token_(settings.setup_token_file.empty() ? settings.data + "/setup-token"
                                                     : settings.setup_token_file),
      ca_file_(settings.tls_cert),
      seed_(settings.demo_seed),
      server_(server)
{
    const std::string address = settings.listen.substr(0, settings.listen.rfind(':'));
    const bool any = address == "0.0.0.0" || address == "[::]";
    url_ = fmt::format("{}://{}:{}", ca_file_.empty() ? "http" : "https",
                       any ? "127.0.0.1" : address, server.port());
}

std::unique_ptr<DemoRun> DemoRun::start(const Settings& settings, Server& server)
{
    std::unique_ptr<DemoRun> made(new DemoRun(settings, server));
    made->thread_ = std::thread([run = made.get()] { run->run(); });
    return made;
}

void DemoRun::stop()
{
    stopped_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
}

void DemoRun::run()
{
    std::error_code error;
    if (fs::exists(folder_ + "/filled", error)) {
        return;
    }
    base::Status done = fs::exists(folder_ + "/key", error) ? base::Status() : set_up();
    if (done) {
        done = fill();
    }
    if (!done && !stopped_) {
        base::log(base::LogLevel::Error, "demo_failed", done.error().message);
    }
}

base::Status DemoRun::set_up() const
{
    const std::string password = random_password();
    const std::string password_file = folder_ + "/password";
    TRY_STATUS(write_private(password_file, password + "\n"));
    const int code =
        cli::run_setup({.server = {.server = url_, .token_file = setup_token_, .ca_file = ca_file_},
                        .admin = kAdministrator,
                        .password_file = password_file,
                        .totp_secret_out = folder_ + "/totp",
                        .api_key_out = folder_ + "/key",
                        .recovery_codes_out = folder_ + "/recovery-codes"},
                       quiet());
    std::error_code error;
    fs::remove(password_file, error);
    if (code != 0) {
        return base::unavailable("the demonstration's account could not be made");
    }
    fmt::print(stderr,
               "tanggap: DEMO account, shown once: name {}, password {}, two-step secret {}\n"
               "tanggap: a code for signing in: tanggap totp {}/totp\n",
               kAdministrator, password, first_line(folder_ + "/totp"), folder_);
    return {};
}

base::Status DemoRun::take_assets() const
{
    TRY(const auto taken,
        service::import_assets(server_.world(), {.now = base::system_clock().now()}, kAssets,
                               service::AssetImportMode::Apply));
    return taken.problems.empty() ? base::Status()
                                  : base::Status(base::invalid("rows of the assets are wrong"));
}

/// Once: a start that was cut short leaves what it did, and the next adds nothing twice.
base::Status DemoRun::fill_desk() const
{
    const std::string begun = folder_ + "/desk";
    std::error_code error;
    if (fs::exists(begun, error)) {
        return {};
    }
    TRY(service::Principal lead, server_.accounts().principal_of_key(first_line(folder_ + "/key")));
    lead.roles = {"administrator", "lead"};
    lead.scopes = policy::scopes_of_roles(lead.roles);
    lead.key_id.clear();
    TRY_STATUS(write_private(begun, ""));
    TRY_STATUS(fill_demo_office(server_.world(), lead, base::system_clock().now()));
    return fill_demo_desk(server_.world(), server_.accounts(), lead, base::system_clock().now());
}

base::Status DemoRun::fill()
{
    TRY_STATUS(take_assets());
    const std::string logs = folder_ + "/city";
    std::error_code error;
    if (!fs::exists(logs + "/whole", error)) { // made once: its times hang on the first start
        TRY(const DemoSummary city,
            generate_demo({.folder = logs, .seed = seed_, .end = base::system_clock().now()}));
        static_cast<void>(city);
        TRY_STATUS(write_private(logs + "/whole", ""));
    }
    cli::ImportOptions import;
    for (const char* const name :
         {"www-access.log", "dinkes-access.log", "dinkes-auth.log", "ids-eve.json"}) {
        import.paths.push_back(logs + "/" + name);
    }
    import.server = {.server = url_, .token_file = folder_ + "/key", .ca_file = ca_file_};
    import.timezone = "Asia/Jakarta";
    import.quiet = true;
    import.stop = &stopped_;
    if (cli::run_import(import, quiet()) != 0) {
        return base::unavailable("the demonstration's logs could not be sent; they go on at the "
                                 "next start");
    }
    TRY_STATUS(fill_desk());
    TRY_STATUS(write_private(folder_ + "/filled", ""));
    fmt::print(stderr, "tanggap: DEMO: thirty days of a made-up city and its desk are in\n");
    return {};
}

} // namespace tanggap::app
