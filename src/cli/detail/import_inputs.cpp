#include "cli/detail/import_inputs.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <glob.h>
#include <sys/stat.h>

#include "base/files_below.h"
#include "base/text.h"

namespace tanggap::cli::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSensorBytesMax = 64;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// "access.log-20261003" and "access.log.14" lose what rotation added.
bool drop_rotation(std::string& name)
{
    const auto at = name.find_last_of(".-_");
    if (at == std::string::npos || at == 0 || at + 1 == name.size()) {
        return false;
    }
    if (!std::all_of(name.begin() + static_cast<std::ptrdiff_t>(at) + 1, name.end(), is_digit)) {
        return false;
    }
    // A year or a day may well be part of a name: only after a log's ending is it rotation.
    const std::string_view head = std::string_view(name).substr(0, at);
    if (head.find(".log") == std::string_view::npos && name[at] != '.') {
        return false;
    }
    name.resize(at);
    return true;
}

bool drop_ending(std::string& name)
{
    static constexpr std::array<std::string_view, 11> kEndings{".gz",   ".zst",   ".zstd",   ".log",
                                                               ".json", ".jsonl", ".ndjson", ".txt",
                                                               ".csv",  ".old",   ".out"};
    for (const std::string_view ending : kEndings) {
        if (name.size() > ending.size() && name.ends_with(ending)) {
            name.resize(name.size() - ending.size());
            return true;
        }
    }
    return false;
}

std::string sanitised(std::string_view text)
{
    std::string out;
    for (const char c : base::to_lower_ascii(text)) {
        const bool plain = (c >= 'a' && c <= 'z') || is_digit(c) || c == '.' || c == '_';
        if (plain) {
            out += c;
        } else if (!out.ends_with('-')) {
            out += '-';
        }
    }
    const auto first = out.find_first_not_of("-._");
    const auto last = out.find_last_not_of("-._");
    return first == std::string::npos ? "" : out.substr(first, last - first + 1);
}

base::Error unreadable(const std::string& path, int errno_value)
{
    return base::system_error("cannot read '" + path + "'", errno_value).error();
}

void add_file(const std::string& path, const std::string& sensor, InputList& list)
{
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
        list.unreadable.emplace_back(path, unreadable(path, errno));
        return;
    }
    list.files.push_back(
        {.path = path,
         .sensor = sensor.empty() ? sensor_of(path) : sensor,
         .modified = base::Time::from_seconds(info.st_mtim.tv_sec),
         .bytes = S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0});
}

void add_folder(const std::string& path, const std::string& sensor, InputList& list)
{
    const base::FilesBelow found = base::files_below(path);
    for (const auto& [folder, error] : found.unlisted) {
        list.unreadable.emplace_back(folder, unreadable(folder, error.value()));
    }
    for (const std::string& file : found.files) {
        add_file(file, sensor, list);
    }
}

void add_pattern(const std::string& pattern, const std::string& sensor, InputList& list)
{
    glob_t matches{};
    if (::glob(pattern.c_str(), GLOB_BRACE, nullptr, &matches) != 0) {
        list.unreadable.emplace_back(pattern, unreadable(pattern, ENOENT));
    }
    for (std::size_t i = 0; i < matches.gl_pathc; ++i) {
        add_file(matches.gl_pathv[i], sensor, list);
    }
    ::globfree(&matches);
}

} // namespace

std::string sensor_of(std::string_view path)
{
    std::error_code unknown;
    const fs::path whole = fs::absolute(fs::path(path), unknown).lexically_normal();
    std::string stem = base::to_lower_ascii(whole.filename().string());
    while (drop_ending(stem) || drop_rotation(stem)) {
    }
    const std::string parent = sanitised(whole.parent_path().filename().string());
    const std::string name = sanitised(stem);
    std::string out = parent.empty() || name.empty() ? parent + name : parent + "-" + name;
    if (out.size() > kSensorBytesMax) {
        // The end of a long name tells more files apart than its beginning.
        out = sanitised(std::string_view(out).substr(out.size() - kSensorBytesMax));
    }
    return out.empty() ? "file" : out;
}

InputList find_inputs(const std::vector<std::string>& paths, const std::string& sensor)
{
    InputList list;
    for (const std::string& path : paths) {
        std::error_code error; // Whatever is wrong with a path is said when it is read.
        if (path == "-") {
            list.files.push_back({.path = "-",
                                  .sensor = sensor.empty() ? "stdin" : sensor,
                                  .modified = {},
                                  .bytes = 0});
        } else if (fs::is_directory(path, error)) {
            add_folder(path, sensor, list);
        } else if (fs::exists(path, error) || path.find_first_of("*?[{") == std::string::npos) {
            add_file(path, sensor, list);
        } else {
            add_pattern(path, sensor, list);
        }
    }
    return list;
}

} // namespace tanggap::cli::detail
