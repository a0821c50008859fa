// Knowledge as data: sources, rules, playbooks and so on from --content DIR, DATA/content, then
// embedded.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "casework/knowledge.h"
#include "detect/engine.h"
#include "normalize/normalizer.h"
#include "portal/site.h"

namespace tanggap::app {

struct Content {
    std::vector<normalize::SourceFile> sources;
    std::vector<detect::RuleFile> rules;
    std::vector<detect::MappingFile> mappings;
    casework::KnowledgeFiles casework;
    std::vector<portal::ContentFile> site; ///< public pages, forms, advisories
};

struct ContentFolders {
    std::string given; ///< --content DIR, empty: none
    std::string data;  ///< DATA, whose content/ overrides what is embedded; empty: none
};

/// Reads all three places. Files of the user come after the embedded ones and are marked as
/// overriding: the loaders let the later file of an id win.
/// Errors: NotFound when --content names no folder; Unavailable when a file cannot be read.
base::Result<Content> load_content(const ContentFolders& folders);

/// Adds every .yaml/.yml rule below `path` (a file or a folder).
base::Status add_rules(const std::string& path, std::vector<detect::RuleFile>& rules);

/// Adds every NAME.samples.yaml below `path`; of a rule file, the one beside it.
base::Status add_samples(const std::string& path, std::vector<detect::RuleFile>& samples);

/// Writes the embedded files below `folder`, which must not hold any of them yet.
base::Result<std::size_t> export_content(const std::string& folder);

} // namespace tanggap::app
