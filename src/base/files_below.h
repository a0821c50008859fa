// The files of a folder and of all below it.
#pragma once

#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tanggap::base {

struct FilesBelow {
    std::vector<std::string> files; ///< sorted; a link to a file is one, a link to nothing is none
    /// Folders that could not be listed, and why. What is in them is in no list.
    std::vector<std::pair<std::string, std::error_code>> unlisted;
};

/// Links to folders are not followed.
FilesBelow files_below(const std::string& folder);

} // namespace tanggap::base
