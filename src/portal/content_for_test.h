// The shipped content, read from the source folder.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "generated/source_dir.h"
#include "portal/site.h"

namespace tanggap::portal {

inline std::vector<ContentFile> shipped_content()
{
    namespace fs = std::filesystem;
    const fs::path content = fs::path(TANGGAP_SOURCE_DIR) / "content";
    std::vector<ContentFile> files;
    for (const char* const folder : {"portal", "forms", "advisories"}) {
        for (const auto& entry : fs::recursive_directory_iterator(content / folder)) {
            if (entry.is_regular_file()) {
                std::ifstream in(entry.path(), std::ios::binary);
                files.push_back({fs::relative(entry.path(), content).string(),
                                 std::string{std::istreambuf_iterator<char>(in), {}}});
            }
        }
    }
    std::ranges::sort(files, {}, &ContentFile::name);
    return files;
}

inline void replace_file(std::vector<ContentFile>& files, std::string_view name, std::string text)
{
    std::erase_if(files, [&](const ContentFile& file) { return file.name == name; });
    files.push_back({std::string(name), std::move(text)});
}

} // namespace tanggap::portal
