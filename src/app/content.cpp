#include "app/content.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

#include "app/embedded.h"
#include "base/files_below.h"

namespace tanggap::app {
namespace {

namespace fs = std::filesystem;

base::Result<std::string> read_text(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return base::system_error(fmt::format("cannot open {}", path.string()), errno);
    }
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) {
        return base::system_error(fmt::format("cannot read {}", path.string()), errno);
    }
    return text;
}

bool has_yaml_name(const fs::path& path)
{
    return path.extension() == ".yaml" || path.extension() == ".yml";
}

bool is_samples(const fs::path& path)
{
    return has_yaml_name(path) && path.stem().extension() == ".samples";
}

bool is_yaml(const fs::path& path)
{
    return has_yaml_name(path) && !is_samples(path);
}

bool is_content(const fs::path& path)
{
    return is_yaml(path) || path.extension() == ".html" || path.extension() == ".css";
}

/// The wanted files below `folder`, sorted so that the load order is the same everywhere.
base::Result<std::vector<fs::path>> files_below(const fs::path& folder,
                                                bool (*wanted)(const fs::path&))
{
    const base::FilesBelow found = base::files_below(folder.string());
    if (!found.unlisted.empty()) {
        const auto& [unlisted, error] = found.unlisted.front();
        return base::system_error(fmt::format("cannot list {}", unlisted), error.value());
    }
    std::vector<fs::path> paths(found.files.begin(), found.files.end());
    std::erase_if(paths, [&](const fs::path& path) { return !wanted(path); });
    std::ranges::sort(paths);
    return paths;
}

/// Where the files of a folder of content/ go that the room casework reads.
std::vector<casework::ContentFile>* casework_files(Content& content, std::string_view path)
{
    const std::string_view folder = path.substr(0, std::min(path.find('/'), path.size()));
    casework::KnowledgeFiles& files = content.casework;
    return folder == "playbooks"    ? &files.playbooks
           : folder == "clocks"     ? &files.clocks
           : folder == "holidays"   ? &files.holidays
           : folder == "taxonomies" ? &files.taxonomies
                                    : nullptr;
}

void add(Content& content, std::string_view path, std::string text, bool overriding)
{
    if (auto* const files = casework_files(content, path)) {
        files->push_back({std::string(path), std::move(text), overriding});
    } else if (path.starts_with("sources/")) {
        content.sources.push_back({std::string(path), std::move(text), overriding});
    } else if (path.starts_with("rules/")) {
        content.rules.push_back(
            {.name = std::string(path),
             .yaml = std::move(text),
             .origin = overriding ? detect::RuleOrigin::User : detect::RuleOrigin::Shipped});
    } else if (path.starts_with("mappings/")) {
        // A file of the same name takes the place of ours, as one of the same id does elsewhere.
        const auto same = std::ranges::find(content.mappings, path, &detect::MappingFile::name);
        if (same != content.mappings.end()) {
            same->yaml = std::move(text);
        } else {
            content.mappings.push_back({std::string(path), std::move(text)});
        }
    } else if (path.starts_with("portal/") || path.starts_with("forms/") ||
               path.starts_with("advisories/")) {
        content.site.push_back({std::string(path), std::move(text)});
    }
}

base::Status add_folder(Content& content, const fs::path& folder)
{
    TRY(const auto paths, files_below(folder, is_content));
    for (const fs::path& path : paths) {
        TRY(std::string text, read_text(path));
        add(content, fs::relative(path, folder).string(), std::move(text), true);
    }
    return {};
}

} // namespace

base::Result<Content> load_content(const ContentFolders& folders)
{
    Content content;
    for (std::size_t i = 0; i < content_count; ++i) {
        add(content, content_files[i].path, std::string(content_files[i].bytes()), false);
    }
    std::error_code ignored; // a folder that cannot be looked at is not there
    if (const fs::path own = fs::path(folders.data) / "content";
        !folders.data.empty() && fs::is_directory(own, ignored)) {
        TRY_STATUS(add_folder(content, own));
    }
    if (!folders.given.empty()) {
        if (!fs::is_directory(folders.given, ignored)) {
            return base::not_found(
                fmt::format("--content {}: no such folder; it should hold sources/, rules/, "
                            "mappings/, playbooks/, clocks/, holidays/ "
                            "taxonomies/ or portal/",
                            folders.given));
        }
        TRY_STATUS(add_folder(content, folders.given));
    }
    return content;
}

base::Status add_rules(const std::string& path, std::vector<detect::RuleFile>& rules)
{
    std::error_code ignored;
    std::vector<fs::path> paths{path};
    if (fs::is_directory(path, ignored)) {
        TRY(paths, files_below(path, is_yaml));
    }
    for (const fs::path& file : paths) {
        TRY(std::string text, read_text(file));
        rules.push_back(
            {.name = file.string(), .yaml = std::move(text), .origin = detect::RuleOrigin::User});
    }
    return {};
}

base::Status add_samples(const std::string& path, std::vector<detect::RuleFile>& samples)
{
    std::error_code ignored;
    std::vector<fs::path> paths;
    if (fs::is_directory(path, ignored)) {
        TRY(paths, files_below(path, is_samples));
    } else if (is_samples(path)) {
        paths.emplace_back(path);
    } else {
        for (const char* const ending : {".samples.yaml", ".samples.yml"}) {
            const auto beside = fs::path(path).replace_extension(ending);
            if (fs::is_regular_file(beside, ignored)) {
                paths.push_back(beside);
            }
        }
    }
    for (const fs::path& file : paths) {
        TRY(std::string text, read_text(file));
        samples.push_back({.name = file.string(), .yaml = std::move(text)});
    }
    return {};
}

base::Result<std::size_t> export_content(const std::string& folder)
{
    for (std::size_t i = 0; i < content_count; ++i) {
        const fs::path path = fs::path(folder) / content_files[i].path;
        std::error_code error;
        if (fs::exists(path, error)) {
            return base::fail(base::Code::Conflict,
                              fmt::format("{} exists; name an empty folder", path.string()));
        }
        fs::create_directories(path.parent_path(), error);
        std::ofstream out(path, std::ios::binary);
        out << content_files[i].bytes();
        if (error || !out.flush()) {
            return base::system_error(fmt::format("cannot write {}", path.string()), errno);
        }
    }
    return content_count;
}

} // namespace tanggap::app
