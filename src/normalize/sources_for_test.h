// For tests: the sources that ship, read from the folder of the repository.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "generated/source_dir.h"
#include "normalize/normalizer.h"

namespace tanggap::normalize::testing {

inline std::string read_file(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    return paths;
}

inline std::shared_ptr<const Sources> load_shipped(std::vector<Diagnostic>& diagnostics)
{
    std::vector<SourceFile> files;
    for (const auto& path : files_below(TANGGAP_SOURCE_DIR "/content/sources")) {
        files.push_back({.name = path.filename().string(), .yaml = read_file(path)});
    }
    return Sources::load(files, diagnostics);
}

} // namespace tanggap::normalize::testing
