// The public rule collection and our content, loaded as a server would; processor time.
#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "codec/compress.h"
#include "detect/engine.h"
#include "detect/testing/content.h"
#include "generated/source_dir.h"
#include "normalize/normalizer.h"

namespace tanggap::bench {

inline std::string corpora_folder()
{
    const char* folder = std::getenv("TANGGAP_CORPORA");
    return folder == nullptr ? "../shared/data" : folder;
}

inline double processor_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

inline std::string read_file(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Current rules of the collection; the placeholder rules are left out.
inline std::vector<detect::RuleFile> collection(const std::string& corpora)
{
    std::vector<detect::RuleFile> out;
    for (auto& file :
         detect::testing::archived_files(corpora + "/sigma/sigmahq-rules.tar.zst", ".yml")) {
        if (file.path.starts_with("sigmahq/rules") && !file.path.contains("placeholder")) {
            out.push_back({.name = file.path, .yaml = std::move(file.bytes)});
        }
    }
    if (out.empty()) {
        std::fprintf(stderr, "no rules below %s; set TANGGAP_CORPORA\n", corpora.c_str());
        std::exit(2);
    }
    return out;
}

struct Content {
    std::shared_ptr<const normalize::Sources> sources;
    std::shared_ptr<const detect::RuleSet> rules;
    double load_seconds = 0;
};

inline Content load_content(const std::string& corpora)
{
    Content out;
    std::vector<normalize::SourceFile> sources;
    const std::filesystem::path folder = std::string(TANGGAP_SOURCE_DIR) + "/content/sources";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".yaml") {
            sources.push_back(
                {.name = entry.path().filename().string(), .yaml = read_file(entry.path())});
        }
    }
    std::vector<normalize::Diagnostic> source_problems;
    out.sources = normalize::Sources::load(sources, source_problems);
    const auto files = collection(corpora);
    std::vector<detect::Diagnostic> problems;
    const double begin = processor_seconds();
    out.rules = detect::RuleSet::load(files, detect::testing::mapping_files(), problems);
    out.load_seconds = processor_seconds() - begin;
    return out;
}

} // namespace tanggap::bench
