#include "detect/testing/content.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "codec/compress.h"
#include "detect/testing/events.h"
#include "generated/source_dir.h"

namespace tanggap::detect::testing {
namespace {

std::string read_file(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::filesystem::path> yaml_below(const std::string& folder)
{
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const auto extension = entry.path().extension();
        const bool samples = entry.path().stem().extension() == ".samples";
        if (entry.is_regular_file() && !samples && (extension == ".yaml" || extension == ".yml")) {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    return paths;
}

std::string unpacked(const std::string& path)
{
    std::string out;
    auto file = codec::open_file_bytes(path);
    auto bytes = file ? codec::unpack(std::move(*file)) : std::move(file);
    std::vector<char> piece(1 << 20);
    while (bytes) {
        const auto count = (*bytes)->read(piece);
        if (!count || *count == 0) {
            break;
        }
        out.append(piece.data(), *count);
    }
    return out;
}

/// The path in an extended header: records of "<length> <key>=<value>\n".
std::string pax_path(std::string_view records)
{
    while (!records.empty()) {
        std::size_t length = 0;
        const auto [end, fault] =
            std::from_chars(records.data(), records.data() + records.size(), length);
        const auto digits = static_cast<std::size_t>(end - records.data());
        if (fault != std::errc{} || length <= digits + 1 || length > records.size()) {
            break;
        }
        const auto record = records.substr(digits + 1, length - digits - 2);
        constexpr std::string_view kPath = "path=";
        if (record.starts_with(kPath)) {
            return std::string(record.substr(kPath.size()));
        }
        records.remove_prefix(length);
    }
    return {};
}

TEST(Content, OurRulesAndMappingsLoadWithoutAWord)
{
    std::vector<Diagnostic> diagnostics;
    const auto files = rule_files(std::string(TANGGAP_SOURCE_DIR) + "/content/rules");
    const auto rules = RuleSet::load(files, mapping_files(), diagnostics);
    EXPECT_EQ(text_of(diagnostics), "");
    EXPECT_GE(rules->rules().size(), files.size());
}

} // namespace

std::vector<RuleFile> rule_files(const std::string& folder)
{
    std::vector<RuleFile> out;
    for (const auto& path : yaml_below(folder)) {
        out.push_back({.name = path.filename().string(), .yaml = read_file(path)});
    }
    return out;
}

std::vector<MappingFile> mapping_files()
{
    std::vector<MappingFile> out;
    for (const auto& path : yaml_below(std::string(TANGGAP_SOURCE_DIR) + "/content/mappings")) {
        out.push_back({.name = path.filename().string(), .yaml = read_file(path)});
    }
    return out;
}

/// Source: POSIX pax, ustar header: name at 0 (100), size at 124 (12, octal), type at 156, prefix
/// at 345 (155); longer names in an extended header before it.
std::vector<ArchivedFile> archived_files(const std::string& archive, std::string_view suffix)
{
    constexpr std::size_t kBlock = 512;
    const auto tar = unpacked(archive);
    std::vector<ArchivedFile> out;
    const auto text = [&](std::size_t at, std::size_t length) {
        const auto field = std::string_view(tar).substr(at, length);
        return std::string(field.substr(0, field.find('\0')));
    };
    std::string long_name;
    for (std::size_t at = 0; at + kBlock <= tar.size() && tar[at] != '\0';) {
        const auto octal = text(at + 124, 12);
        std::size_t size = 0;
        std::from_chars(octal.data(), octal.data() + octal.size(), size, 8);
        const char type = tar[at + 156];
        const auto prefix = text(at + 345, 155);
        auto path = prefix.empty() ? text(at, 100) : prefix + "/" + text(at, 100);
        const auto body = tar.substr(at + kBlock, size);
        at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
        if (type == 'L' || type == 'x') {
            long_name = type == 'L' ? body.substr(0, body.find('\0')) : pax_path(body);
            continue;
        }
        if (!long_name.empty()) {
            path = std::exchange(long_name, {});
        }
        if ((type == '0' || type == '\0') && path.ends_with(suffix)) {
            out.push_back({.path = std::move(path), .bytes = body});
        }
    }
    return out;
}

} // namespace tanggap::detect::testing
