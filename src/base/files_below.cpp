#include "base/files_below.h"

#include <algorithm>
#include <filesystem>

namespace tanggap::base {
namespace {

namespace fs = std::filesystem;

/// Adds what is in one folder; the folders in it to `later`.
void list_one(const std::string& folder, FilesBelow& out, std::vector<std::string>& later)
{
    std::error_code error;
    fs::directory_iterator walk(folder, error);
    for (; !error && walk != fs::directory_iterator(); walk.increment(error)) {
        std::error_code vanished; // then it is neither
        if (walk->is_regular_file(vanished)) {
            out.files.push_back(walk->path().string());
        } else if (walk->is_directory(vanished) && !walk->is_symlink(vanished)) {
            later.push_back(walk->path().string());
        }
    }
    if (error) {
        out.unlisted.emplace_back(folder, error);
    }
}

} // namespace

FilesBelow files_below(const std::string& folder)
{
    FilesBelow out;
    std::vector<std::string> later{folder};
    while (!later.empty()) {
        const std::string next = std::move(later.back());
        later.pop_back();
        list_one(next, out, later);
    }
    std::ranges::sort(out.files);
    std::ranges::sort(out.unlisted);
    return out;
}

} // namespace tanggap::base
