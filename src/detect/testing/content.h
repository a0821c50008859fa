// Rules and mappings from folders and archives, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "detect/engine.h"

namespace tanggap::detect::testing {

/// Every .yaml and .yml below `folder`, in the order of their names.
std::vector<RuleFile> rule_files(const std::string& folder);
/// The mappings of this source tree.
std::vector<MappingFile> mapping_files();

/// Every regular file of a .tar or .tar.zst whose path passes `wanted`. Empty where the archive
/// cannot be read.
struct ArchivedFile {
    std::string path;
    std::string bytes;
};
std::vector<ArchivedFile> archived_files(const std::string& archive, std::string_view suffix);

} // namespace tanggap::detect::testing
