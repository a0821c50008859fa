#include "service/indicators.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "base/id.h"
#include "base/text.h"

namespace tanggap::service {
namespace {

namespace fs = std::filesystem;

base::Status check_name(const std::string& name)
{
    constexpr std::size_t kNameBytesMax = 64;
    const bool good = !name.empty() && name.size() <= kNameBytesMax && name.front() != '.' &&
                      std::ranges::all_of(name, [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                                 c == '_' || c == '-';
                      });
    if (good) {
        return {};
    }
    return base::invalid("the name of a list " + base::quoted(name) +
                         " is not made of small letters, digits, '.', '_' and '-', as feed-1.txt");
}

/// Written whole and synced before it gets its name.
base::Status write_file(const std::string& path, std::string_view text)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return base::system_error("cannot write " + path, errno);
    }
    bool good = true;
    while (good && !text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        good = written > 0;
        text.remove_prefix(good ? static_cast<std::size_t>(written) : 0);
    }
    good = good && ::fsync(file) == 0;
    const int why = errno;
    ::close(file);
    return good ? base::Status{} : base::Status(base::system_error("cannot write " + path, why));
}

std::string path_of(const World& world, const std::string& name)
{
    return world.indicator_folder + "/" + name;
}

} // namespace

base::Result<std::vector<IndicatorList>> list_indicators(const World& world)
{
    std::vector<IndicatorList> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(world.indicator_folder, error)) {
        struct stat status{};
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.') || ::stat(entry.path().c_str(), &status) != 0 ||
            !S_ISREG(status.st_mode)) {
            continue;
        }
        out.push_back({.name = name,
                       .bytes = static_cast<std::uint64_t>(status.st_size),
                       .changed = base::Time::from_seconds(status.st_mtime)});
    }
    std::ranges::sort(out, {}, &IndicatorList::name);
    return out;
}

base::Result<exchange::IndicatorReport>
import_indicators(const World& world, const store::Command& command, const std::string& name,
                  std::string_view text, IndicatorImportMode mode)
{
    TRY_STATUS(check_name(name));
    TRY(auto report, exchange::read_indicators(
                         codec::memory_bytes(text), {.source = name, .tlp = {}, .expires = {}},
                         [](const model::Indicator&) { return base::Status{}; }));
    if (report.taken == 0) {
        return base::invalid("no indicator in " + name +
                             (report.problems.empty() ? "" : ": " + report.problems.front()));
    }
    if (mode == IndicatorImportMode::Dry) {
        return report;
    }
    std::error_code error;
    fs::create_directories(world.indicator_folder, error);
    const std::string fresh = path_of(world, "." + name + ".new");
    TRY_STATUS(write_file(fresh, text));
    const auto changed = world.cases.change(command, [&](store::Change& change) -> base::Status {
        TRY_STATUS(change.record({.action = "indicator.import",
                                  .object = kIndicatorLists,
                                  .after = nlohmann::json{{"list", name},
                                                          {"indicators", report.taken},
                                                          {"refused", report.refused},
                                                          {"sha256", base::sha256_hex(text)}}
                                               .dump()}));
        if (std::rename(fresh.c_str(), path_of(world, name).c_str()) != 0) {
            return base::system_error("cannot put " + name + " in its place", errno);
        }
        return {};
    });
    if (!changed) {
        ::unlink(fresh.c_str());
        return std::unexpected(changed.error());
    }
    TRY_STATUS(world.reload_indicators());
    return report;
}

base::Status remove_indicators(const World& world, const store::Command& command,
                               const std::string& name)
{
    TRY_STATUS(check_name(name));
    TRY([[maybe_unused]] const auto changed,
        world.cases.change(command, [&](store::Change& change) -> base::Status {
            if (::access(path_of(world, name).c_str(), F_OK) != 0) {
                return base::not_found("no list of indicators is named " + base::quoted(name));
            }
            TRY_STATUS(change.record({.action = "indicator.remove",
                                      .object = kIndicatorLists,
                                      .before = nlohmann::json{{"list", name}}.dump()}));
            if (::unlink(path_of(world, name).c_str()) != 0) {
                return base::system_error("cannot remove " + name, errno);
            }
            return {};
        }));
    return world.reload_indicators();
}

} // namespace tanggap::service
