#include "store/evidence_vault.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/evidence_limits.h"
#include "base/id.h"
#include "store/sqlite/test_world.h"

namespace tanggap::store {
namespace {

namespace fs = std::filesystem;

const std::string kKey(32, 'k');

std::string content_of(std::size_t size)
{
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<char>(i * 2654435761U >> 13);
    }
    return bytes;
}

std::unique_ptr<EvidenceVault> open_vault(const std::string& folder)
{
    auto vault = EvidenceVault::open(folder, kKey);
    EXPECT_TRUE(vault) << vault.error().message;
    return std::move(*vault);
}

SealedFile put(EvidenceVault& vault, const std::string& bytes, std::size_t piece)
{
    const auto id = vault.begin_upload();
    EXPECT_TRUE(id);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        EXPECT_TRUE(vault.append(*id, at, std::string_view(bytes).substr(at, piece)));
    }
    const auto sealed = vault.seal(*id, base::sha256_hex(bytes));
    EXPECT_TRUE(sealed) << sealed.error().message;
    return sealed.value_or(SealedFile{});
}

std::string take(EvidenceVault& vault, const std::string& sha256)
{
    std::string all;
    while (true) {
        const auto piece = vault.read(sha256, all.size());
        EXPECT_TRUE(piece) << piece.error().message;
        if (!piece || piece->empty()) {
            return all;
        }
        all += *piece;
    }
}

fs::path file_of(const sqlite::TestFolder& folder, const std::string& sha256)
{
    return fs::path(folder.path()) / sha256.substr(0, 2) / sha256;
}

TEST(Vault, what_went_in_comes_out_whatever_the_size_and_the_pieces)
{
    const sqlite::TestFolder folder;
    const auto vault = open_vault(folder.path());
    for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 131072U, 500000U, 5000000U}) {
        for (const std::size_t piece : {7777U, 65536U, 4194304U}) {
            const std::string bytes = content_of(size);
            const SealedFile sealed = put(*vault, bytes, piece);
            EXPECT_EQ(sealed.size, size);
            EXPECT_EQ(take(*vault, sealed.sha256), bytes) << size << " by " << piece;
            EXPECT_TRUE(vault->verify(sealed.sha256)) << size;
        }
    }
}

TEST(Vault, the_disk_holds_no_plain_byte_and_nobody_may_write)
{
    const sqlite::TestFolder folder;
    const auto vault = open_vault(folder.path());
    const std::string secret = "this sentence must not be found on the disk";
    const SealedFile sealed = put(*vault, secret, 10);
    std::ifstream in(file_of(folder, sealed.sha256), std::ios::binary);
    const std::string raw{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(raw.find("sentence"), std::string::npos);
    struct stat status{};
    ASSERT_EQ(::stat(file_of(folder, sealed.sha256).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0400U);
    EXPECT_TRUE(fs::is_empty(fs::path(folder.path()) / "incoming"));
}

TEST(Vault, every_changed_or_missing_byte_is_found)
{
    const sqlite::TestFolder folder;
    const auto vault = open_vault(folder.path());
    const SealedFile sealed = put(*vault, content_of(70000), 65536);
    const fs::path file = file_of(folder, sealed.sha256);
    std::ifstream in(file, std::ios::binary);
    const std::string raw{std::istreambuf_iterator<char>(in), {}};
    const auto write = [&](const std::string& bytes) {
        fs::remove(file);
        std::ofstream(file, std::ios::binary) << bytes;
    };
    for (std::size_t at = 0; at < raw.size(); at += 1009) {
        std::string changed = raw;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        write(changed);
        EXPECT_EQ(vault->verify(sealed.sha256).error().code, base::Code::Corrupt) << at;
    }
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{40}, std::size_t{80} + 65552, raw.size() - 1}) {
        write(raw.substr(0, size));
        EXPECT_FALSE(vault->verify(sealed.sha256)) << size;
    }
    write(raw);
    EXPECT_TRUE(vault->verify(sealed.sha256));
}

TEST(Vault, the_same_file_twice_is_kept_once)
{
    const sqlite::TestFolder folder;
    const auto vault = open_vault(folder.path());
    const SealedFile first = put(*vault, "sama", 10);
    const SealedFile second = put(*vault, "sama", 1);
    EXPECT_EQ(first.sha256, second.sha256);
    EXPECT_EQ(take(*vault, first.sha256), "sama");
}

TEST(Vault, refuses_gaps_wrong_hashes_and_unknown_uploads)
{
    const sqlite::TestFolder folder;
    auto vault = open_vault(folder.path());
    const std::string id = *vault->begin_upload();
    EXPECT_EQ(vault->append(id, 5, "x").error().code, base::Code::Conflict);
    EXPECT_EQ(vault->append(id, 0, "abc").value(), 3U);
    EXPECT_EQ(vault->append(id, 0, "abc").error().code, base::Code::Conflict);
    EXPECT_EQ(vault->seal(id, std::string(64, '0')).error().code, base::Code::Invalid);
    EXPECT_EQ(vault->append(id, 3, "d").error().code, base::Code::NotFound);
    EXPECT_EQ(vault->seal("none", "").error().code, base::Code::NotFound);
    EXPECT_EQ(vault->read("../../etc/passwd", 0).error().code, base::Code::NotFound);
    const std::string lost = *vault->begin_upload();
    vault = open_vault(folder.path()); // a restart
    EXPECT_EQ(vault->append(lost, 0, "x").error().code, base::Code::NotFound);
    EXPECT_TRUE(fs::is_empty(fs::path(folder.path()) / "incoming"));
}

TEST(Vault, another_key_opens_nothing)
{
    const sqlite::TestFolder folder;
    const SealedFile sealed = put(*open_vault(folder.path()), "rahasia", 10);
    const auto other = EvidenceVault::open(folder.path(), std::string(32, 'x'));
    ASSERT_TRUE(other);
    EXPECT_EQ((*other)->read(sealed.sha256, 0).error().code, base::Code::Corrupt);
}

TEST(Vault, uploads_at_once_are_bounded)
{
    const sqlite::TestFolder folder;
    const auto vault = open_vault(folder.path());
    for (std::size_t i = 0; i < base::limits::kUploadsMax; ++i) {
        EXPECT_TRUE(vault->begin_upload());
    }
    EXPECT_EQ(vault->begin_upload().error().code, base::Code::Exhausted);
}

TEST(Vault, what_is_removed_is_gone_and_may_be_removed_again)
{
    const sqlite::TestFolder folder;
    const auto vault = open_vault(folder.path());
    const SealedFile sealed = put(*vault, "rahasia", 10);
    EXPECT_TRUE(vault->remove(sealed.sha256));
    // Whoever still names a file that is not there has lost it.
    EXPECT_EQ(vault->read(sealed.sha256, 0).error().code, base::Code::Corrupt);
    EXPECT_TRUE(vault->remove(sealed.sha256));
    EXPECT_EQ(vault->remove("../../etc/passwd").error().code, base::Code::NotFound);
}

} // namespace
} // namespace tanggap::store
