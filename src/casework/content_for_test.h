// The shipped content of this room, for its tests.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/time.h"
#include "casework/content.h"
#include "generated/source_dir.h"

namespace tanggap::casework {

inline std::vector<ContentFile> shipped(const std::string& kind)
{
    namespace fs = std::filesystem;
    std::vector<ContentFile> files;
    for (const auto& entry :
         fs::directory_iterator(fs::path(TANGGAP_SOURCE_DIR) / "content" / kind)) {
        std::ifstream in(entry.path(), std::ios::binary);
        files.push_back(
            {entry.path().filename().string(), {std::istreambuf_iterator<char>(in), {}}, false});
    }
    std::ranges::sort(files, {}, &ContentFile::name);
    return files;
}

inline std::string told(const std::vector<Diagnostic>& diagnostics)
{
    std::string out;
    for (const Diagnostic& each : diagnostics) {
        out += each.file + ":" + std::to_string(each.line) + ":" + std::to_string(each.column) +
               ": " + each.message + "\n";
    }
    return out;
}

inline base::Time at(std::string_view text)
{
    return base::parse_rfc3339(text).value();
}

} // namespace tanggap::casework
