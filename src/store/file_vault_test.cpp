#include "store/file_vault.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/id.h"
#include "base/text.h"

namespace tanggap::store {
namespace {

namespace fs = std::filesystem;

class FileVaultTest : public testing::Test {
protected:
    void TearDown() override { fs::remove_all(folder_); }

    std::unique_ptr<FileVault> open(char key = 'k')
    {
        auto vault = FileVault::open(folder_, std::string(32, key));
        EXPECT_TRUE(vault);
        return vault ? std::move(*vault) : nullptr;
    }
    std::vector<fs::path> files() const
    {
        std::vector<fs::path> found;
        for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
            if (entry.is_regular_file()) {
                found.push_back(entry.path());
            }
        }
        return found;
    }

    std::string folder_ =
        fs::temp_directory_path() / ("vault-" + base::to_hex(base::random_bytes(8)));
};

TEST_F(FileVaultTest, BytesComeBackAndTheSameBytesAreOneFile)
{
    const auto vault = open();
    const std::string bytes("MZ\0evil\xff", 8);
    const std::string hash = vault->put(bytes).value();
    EXPECT_EQ(hash, base::sha256_hex(bytes));
    EXPECT_EQ(vault->put(bytes).value(), hash);
    EXPECT_EQ(vault->read(hash).value(), bytes);
    EXPECT_EQ(files().size(), 1U);
}

TEST_F(FileVaultTest, OnDiskTheyAreSealedAndNobodyElseReadsThem)
{
    const auto vault = open();
    const std::string hash = vault->put("rahasia pelapor rahasia pelapor").value();
    const fs::path path = files().at(0);
    std::ifstream in(path, std::ios::binary);
    const std::string raw{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(raw.find("pelapor"), raw.npos);
    struct stat info{};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0400U);
    EXPECT_EQ(open('x')->read(hash).error().code, base::Code::Corrupt);
}

TEST_F(FileVaultTest, ADamagedFileIsSaidToBe)
{
    const auto vault = open();
    const std::string hash = vault->put("bukti").value();
    const fs::path path = files().at(0);
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(30);
    file.put('!');
    file.close();
    EXPECT_EQ(vault->read(hash).error().code, base::Code::Corrupt);
}

TEST_F(FileVaultTest, NamesThatAreNoHashAreNotFound)
{
    const auto vault = open();
    for (const std::string_view name : {"", "../../etc/passwd", "AB", "zz"}) {
        EXPECT_EQ(vault->read(name).error().code, base::Code::NotFound) << name;
    }
    const std::string hash = vault->put("x").value();
    EXPECT_TRUE(vault->remove(hash));
    EXPECT_TRUE(vault->remove(hash));
    EXPECT_EQ(vault->read(hash).error().code, base::Code::NotFound);
}

} // namespace
} // namespace tanggap::store
