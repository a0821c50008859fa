#include "store/engine/library.h"

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace tanggap::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "libchdb.so";
constexpr const char* kPackage = "tools/engine/node_modules/@chdb/lib-linux-x64-gnu";

bool is_file(const fs::path& path)
{
    std::error_code ignored; // a path that cannot be looked at is a place without the library
    return fs::is_regular_file(path, ignored);
}

/// Folders above the running program: a build tree lies inside its clone.
std::vector<fs::path> above_program()
{
    constexpr int kLevels = 5;
    std::vector<fs::path> folders;
    std::error_code error;
    fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (int i = 0; i < kLevels && !error && folder.has_relative_path(); ++i) {
        folders.push_back(folder / kPackage / kName);
        folder = folder.parent_path();
    }
    return folders;
}

std::vector<fs::path> places(const LibrarySearch& search)
{
    std::vector<fs::path> found;
    if (const char* named = std::getenv("TANGGAP_ENGINE_LIBRARY");
        named != nullptr && *named != '\0') {
        found.emplace_back(named);
    }
    if (!search.data.empty()) {
        found.push_back(fs::path(search.data) / "engine" / kName);
    }
    found.push_back(fs::path("var/engine") / kName);
    if (!search.source_root.empty()) {
        found.push_back(fs::path(search.source_root) / kPackage / kName);
    }
    const auto above = above_program();
    found.insert(found.end(), above.begin(), above.end());
    return found;
}

} // namespace

base::Result<std::string> find_engine_library(const LibrarySearch& search)
{
    if (!search.option.empty()) {
        if (is_file(search.option)) {
            return fs::absolute(search.option).string();
        }
        return base::not_found("the event engine library " + search.option +
                               " named by --engine-library does not exist");
    }
    std::string looked;
    for (const fs::path& place : places(search)) {
        if (is_file(place)) {
            return fs::absolute(place).lexically_normal().string();
        }
        looked += (looked.empty() ? "" : ", ") + place.lexically_normal().string();
    }
    return base::not_found("the event engine library libchdb.so is missing (looked at " + looked +
                           "); install it with: npm ci --prefix tools/engine, or name it with "
                           "--engine-library FILE");
}

} // namespace tanggap::store
