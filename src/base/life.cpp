#include "base/life.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/log.h"

namespace tanggap::base::life {
namespace {

struct Recorder {
    std::mutex mutex;
    std::ofstream out;
    std::vector<std::string> seen; ///< one entry a step(): a dozen
};

Recorder& recorder()
{
    static Recorder one;
    return one;
}

/// "Result<X> tanggap::disk::detail::Journal::append(const Y &)" becomes "Journal::append".
std::string short_name(std::string text)
{
    constexpr std::string_view kUnnamed = "(anonymous namespace)::";
    if (const auto unnamed = text.find(kUnnamed); unnamed != std::string::npos) {
        text.erase(unnamed, kUnnamed.size());
    }
    std::string_view signature = text;
    signature = signature.substr(0, signature.find('('));
    if (const auto space = signature.rfind(' '); space != std::string_view::npos) {
        signature.remove_prefix(space + 1);
    }
    while (!signature.empty() && (signature.front() == '*' || signature.front() == '&')) {
        signature.remove_prefix(1);
    }
    // Namespaces are written small, classes are not.
    for (auto colons = signature.find("::");
         colons != std::string_view::npos && signature.front() >= 'a' && signature.front() <= 'z';
         colons = signature.find("::")) {
        signature.remove_prefix(colons + 2);
    }
    return std::string(signature);
}

std::string_view short_file(std::string_view file)
{
    const auto src = file.rfind("src/");
    return src == std::string_view::npos ? file : file.substr(src);
}

} // namespace

void detail::record(const std::source_location& where)
{
    std::string line(short_file(where.file_name()));
    line += ' ';
    line += short_name(where.function_name());
    Recorder& to = recorder();
    const std::lock_guard lock(to.mutex);
    if (std::ranges::find(to.seen, line) != to.seen.end()) {
        return;
    }
    if (!(to.out << line << std::endl)) {
        log(LogLevel::Warning, "life_trace", "cannot write the step " + line);
    }
    to.seen.push_back(std::move(line));
}

Status record_to(const std::string& file)
{
    Recorder& to = recorder();
    const std::lock_guard lock(to.mutex);
    to.out.open(file, std::ios::trunc);
    if (!to.out) {
        return system_error("cannot write the trace " + file, errno);
    }
    detail::recording = true;
    return {};
}

} // namespace tanggap::base::life
