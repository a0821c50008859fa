#include "base/life.h"

#include <algorithm>
#include <mutex>
#include <string_view>
#include <utility>

namespace tanggap::base::life {
namespace {

std::mutex mutex;
std::vector<Step> steps;

/// "Result<X> tanggap::disk::Journal::append(const Y &)" becomes "Journal::append".
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
    constexpr std::string_view kRoot = "tanggap::";
    if (signature.starts_with(kRoot)) {
        signature.remove_prefix(kRoot.size());
        signature.remove_prefix(std::min(signature.size(), signature.find("::") + 2));
    }
    return std::string(signature);
}

std::string short_file(std::string_view file)
{
    const auto src = file.rfind("src/");
    return std::string(src == std::string_view::npos ? file : file.substr(src));
}

} // namespace

void detail::record(const std::source_location& where)
{
    Step step{short_file(where.file_name()), short_name(where.function_name())};
    const std::lock_guard lock(mutex);
    const bool seen = std::ranges::any_of(
        steps, [&](const Step& s) { return s.file == step.file && s.function == step.function; });
    if (!seen) {
        steps.push_back(std::move(step));
    }
}

void start()
{
    const std::lock_guard lock(mutex);
    steps.clear();
    detail::recording = true;
}

std::vector<Step> stop()
{
    detail::recording = false;
    const std::lock_guard lock(mutex);
    return std::exchange(steps, {});
}

} // namespace tanggap::base::life
