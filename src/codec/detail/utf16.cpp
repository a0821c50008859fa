#include "codec/detail/utf16.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace tanggap::codec::detail {
namespace {

constexpr unsigned kReplacement = 0xFFFD;

void append_utf8(std::string& out, std::uint32_t code)
{
    std::array<char, base::kUtf8Max> bytes;
    out.append(bytes.data(), base::put_utf8(bytes.data(), code));
}

class Utf16Bytes final : public ByteReader {
public:
    Utf16Bytes(std::unique_ptr<ByteReader> rest, std::string head)
        : rest_(std::move(rest)), packed_(std::move(head)), big_endian_(packed_[0] == '\xFE')
    {
        packed_.erase(0, 2);
    }

    base::Result<std::size_t> read(std::span<char> into) override
    {
        while (taken_ == text_.size() && !ended_) {
            text_.clear();
            taken_ = 0;
            TRY_STATUS(fill());
        }
        const std::size_t count = std::min(into.size(), text_.size() - taken_);
        text_.copy(into.data(), count, taken_);
        taken_ += count;
        return count;
    }
    std::uint64_t position() const override { return rest_->position(); }

private:
    base::Status fill()
    {
        if (packed_.size() < 2) {
            std::array<char, 16 * 1024> piece;
            TRY(const std::size_t got, rest_->read(piece));
            packed_.append(piece.data(), got);
            ended_ = got == 0;
        }
        std::size_t i = 0;
        for (; i + 2 <= packed_.size(); i += 2) {
            take_unit(unit_at(i));
        }
        packed_.erase(0, i);
        if (ended_ && (high_ != 0 || !packed_.empty())) {
            append_utf8(text_, kReplacement);
            high_ = 0;
        }
        return {};
    }

    unsigned unit_at(std::size_t i) const
    {
        const unsigned first = static_cast<unsigned char>(packed_[i]);
        const unsigned second = static_cast<unsigned char>(packed_[i + 1]);
        return big_endian_ ? first << 8 | second : second << 8 | first;
    }

    void take_unit(unsigned unit)
    {
        const bool low = unit >= 0xDC00 && unit <= 0xDFFF;
        if (high_ != 0) {
            append_utf8(text_,
                        low ? 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00) : kReplacement);
            high_ = 0;
            if (low) {
                return;
            }
        } else if (low) {
            unit = kReplacement;
        }
        if (unit >= 0xD800 && unit <= 0xDBFF) {
            high_ = unit;
        } else {
            append_utf8(text_, unit);
        }
    }

    std::unique_ptr<ByteReader> rest_;
    std::string packed_;
    std::string text_;
    std::size_t taken_ = 0;
    unsigned high_ = 0; ///< first half of a pair, waiting for the second
    bool big_endian_;
    bool ended_ = false;
};

} // namespace

bool has_utf16_mark(std::string_view head)
{
    return head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF");
}

std::unique_ptr<ByteReader> utf16_to_utf8(std::unique_ptr<ByteReader> rest, std::string head)
{
    return std::make_unique<Utf16Bytes>(std::move(rest), std::move(head));
}

} // namespace tanggap::codec::detail
