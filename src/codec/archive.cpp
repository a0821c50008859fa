#include "codec/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace tanggap::codec {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

struct FreeArchive {
    void operator()(archive* opened) const { archive_read_free(opened); }
};
using ArchivePtr = std::unique_ptr<archive, FreeArchive>;

bool leaves_its_folder(std::string_view name)
{
    if (name.starts_with('/') || name.starts_with('\\') || (name.size() > 1 && name[1] == ':')) {
        return true;
    }
    while (!name.empty()) {
        const auto end = std::min(name.find_first_of("/\\"), name.size());
        if (name.substr(0, end) == "..") {
            return true;
        }
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return false;
}

class Reader final : public ArchiveReader {
public:
    Reader(ArchivePtr opened, const ArchiveLimits& limits)
        : archive_(std::move(opened)), limits_(limits)
    {
    }

    /// Called by libarchive.
    static la_ssize_t read_more(archive* /*archive*/, void* self, const void** piece)
    {
        auto& reader = *static_cast<Reader*>(self);
        const auto got = reader.source_->read(reader.piece_);
        *piece = reader.piece_.data();
        if (!got) {
            reader.failure_ = got.error();
            return -1;
        }
        return static_cast<la_ssize_t>(*got);
    }

    base::Status open_source(std::unique_ptr<ByteReader> source)
    {
        source_ = std::move(source);
        return checked(archive_read_open(archive_.get(), this, nullptr, read_more, nullptr));
    }
    base::Status open_path(const std::string& path)
    {
        return checked(archive_read_open_filename(archive_.get(), path.c_str(), kPieceBytes));
    }

    base::Result<bool> next(ArchiveMember& member) override
    {
        for (;;) {
            archive_entry* entry = nullptr;
            const int code = archive_read_next_header(archive_.get(), &entry);
            if (code == ARCHIVE_EOF) {
                ended_ = true;
                return false;
            }
            if (code < ARCHIVE_WARN) {
                ended_ = true;
                return std::unexpected(problem());
            }
            if (++members_ > limits_.members_max) {
                ended_ = true;
                return std::unexpected(base::Error{
                    base::Code::Exhausted,
                    fmt::format("an archive of more than {} members", limits_.members_max)});
            }
            if (archive_entry_filetype(entry) != AE_IFREG) {
                continue;
            }
            return take(entry, member);
        }
    }

    std::unique_ptr<ByteReader> bytes() override { return std::make_unique<MemberBytes>(*this); }
    bool ended() const override { return ended_; }

private:
    class MemberBytes final : public ByteReader {
    public:
        explicit MemberBytes(Reader& reader) : reader_(reader) {}
        base::Result<std::size_t> read(std::span<char> into) override
        {
            return reader_.read_member(into);
        }
        std::uint64_t position() const override { return reader_.packed_bytes(); }

    private:
        Reader& reader_;
    };

    base::Result<bool> take(archive_entry* entry, ArchiveMember& member)
    {
        const char* const name = archive_entry_pathname(entry);
        member = {};
        base::make_utf8(name == nullptr ? "" : name, member.name);
        if (member.name.empty() || leaves_its_folder(member.name)) {
            return base::invalid(fmt::format("the archive has a member called {}, which lies "
                                             "outside of it; it was not read",
                                             base::quoted(member.name)));
        }
        if (archive_entry_is_encrypted(entry) != 0) {
            return base::invalid(fmt::format("{} is locked with a password; unpack it first",
                                             base::quoted(member.name)));
        }
        member.size = archive_entry_size_is_set(entry) != 0
                          ? static_cast<std::uint64_t>(archive_entry_size(entry))
                          : 0;
        member.changed_s = archive_entry_mtime_is_set(entry) != 0 ? archive_entry_mtime(entry) : 0;
        return true;
    }

    base::Result<std::size_t> read_member(std::span<char> into)
    {
        const la_ssize_t got = archive_read_data(archive_.get(), into.data(), into.size());
        if (got < 0) {
            return std::unexpected(problem());
        }
        unpacked_ += static_cast<std::uint64_t>(got);
        const std::uint64_t packed = std::max<std::uint64_t>(packed_bytes(), 1);
        const bool inflated =
            unpacked_ > limits_.ratio_from_bytes && unpacked_ / packed > limits_.ratio_max;
        if (unpacked_ > limits_.bytes_max || inflated) {
            return std::unexpected(base::Error{
                base::Code::Exhausted,
                fmt::format("the archive unpacked {} bytes out of {}; more than {} to 1 is taken "
                            "for a bomb",
                            unpacked_, packed, limits_.ratio_max)});
        }
        return static_cast<std::size_t>(got);
    }

    std::uint64_t packed_bytes() const
    {
        const auto bytes = archive_filter_bytes(archive_.get(), -1);
        return bytes < 0 ? 0 : static_cast<std::uint64_t>(bytes);
    }

    base::Status checked(int code)
    {
        if (code == ARCHIVE_OK) {
            return {};
        }
        return std::unexpected(problem());
    }

    base::Error problem() const
    {
        if (failure_) {
            return *failure_;
        }
        const char* const why = archive_error_string(archive_.get());
        return {base::Code::Corrupt,
                fmt::format("the archive cannot be read further: {}",
                            base::quoted(why == nullptr ? "no reason given" : why, 200))};
    }

    ArchivePtr archive_;
    ArchiveLimits limits_;
    std::unique_ptr<ByteReader> source_;
    std::array<char, kPieceBytes> piece_{};
    std::optional<base::Error> failure_;
    std::uint64_t members_ = 0;
    std::uint64_t unpacked_ = 0;
    bool ended_ = false;
};

std::unique_ptr<Reader> new_reader(const ArchiveLimits& limits)
{
    ArchivePtr opened(archive_read_new());
    archive_read_support_format_zip(opened.get());
    archive_read_support_format_tar(opened.get());
    archive_read_support_format_gnutar(opened.get());
    return std::make_unique<Reader>(std::move(opened), limits);
}

} // namespace

bool is_archive(std::string_view head)
{
    constexpr std::size_t kTarMagicAt = 257;
    return head.starts_with("PK\x03\x04") ||
           (head.size() > kTarMagicAt + 5 && head.substr(kTarMagicAt, 5) == "ustar");
}

base::Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open_file(const std::string& path,
                                                                      const ArchiveLimits& limits)
{
    auto reader = new_reader(limits);
    TRY_STATUS(reader->open_path(path));
    return std::unique_ptr<ArchiveReader>(std::move(reader));
}

base::Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(std::unique_ptr<ByteReader> bytes,
                                                                 const ArchiveLimits& limits)
{
    auto reader = new_reader(limits);
    TRY_STATUS(reader->open_source(std::move(bytes)));
    return std::unique_ptr<ArchiveReader>(std::move(reader));
}

} // namespace tanggap::codec
