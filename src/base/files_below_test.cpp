#include "base/files_below.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tanggap::base {
namespace {

namespace fs = std::filesystem;

TEST(FilesBelow, are_sorted_and_links_to_nothing_or_to_folders_hinder_nothing)
{
    const fs::path folder = fs::temp_directory_path() / ("files-below-" + std::to_string(getpid()));
    fs::create_directories(folder / "a/b");
    for (const char* const name : {"z.log", "a/y.log", "a/b/x.log"}) {
        std::ofstream(folder / name) << "line";
    }
    fs::create_symlink("nowhere", folder / "a/gone.log");
    fs::create_symlink(folder, folder / "a/loop");
    fs::create_symlink("../z.log", folder / "a/link.log");
    const FilesBelow found = files_below(folder.string());
    std::vector<std::string> names;
    for (const std::string& file : found.files) {
        names.push_back(fs::path(file).lexically_relative(folder).string());
    }
    EXPECT_EQ(names, (std::vector<std::string>{"a/b/x.log", "a/link.log", "a/y.log", "z.log"}));
    EXPECT_TRUE(found.unlisted.empty());
    fs::remove_all(folder);

    const FilesBelow gone = files_below(folder.string());
    ASSERT_EQ(gone.unlisted.size(), 1U);
    EXPECT_EQ(gone.unlisted[0].first, folder.string());
    EXPECT_EQ(gone.unlisted[0].second, std::errc::no_such_file_or_directory);
}

} // namespace
} // namespace tanggap::base
