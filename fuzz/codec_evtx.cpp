// Any bytes as a chunk of an event log: every record read and written in each form, within limits.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.h"
#include "base/text.h"
#include "codec/evtx.h"
#include "codec/evtx/writer_for_test.h"

namespace {

namespace codec = tanggap::codec;

/// A record may be this much over the limit: the last value is written whole.
constexpr std::size_t kTextBytesMax = tanggap::base::limits::kLineBytesMax + 512 * 1024;

void check(const tanggap::base::Result<std::string_view>& text)
{
    if (text && (text->size() > kTextBytesMax || !tanggap::base::is_utf8(*text))) {
        std::abort();
    }
}

/// What was flattened lies inside its text and is well-formed.
void check_leaves(codec::EvtxReader& reader)
{
    const auto leaves = reader.leaves(nullptr);
    if (!leaves) {
        return;
    }
    for (const auto& leaf : leaves->leaves) {
        if (leaf.at + std::size_t{leaf.size} > leaves->text.size() ||
            !tanggap::base::is_utf8(leaves->text_of(leaf)) ||
            leaves->names->text(leaf.name).empty()) {
            std::abort();
        }
    }
}

void read_all(const std::string& file, const codec::EvtxOptions& options)
{
    auto reader = codec::EvtxReader::open(codec::memory_bytes(file), options);
    if (!reader) {
        std::abort();
    }
    codec::EvtxRecord record;
    for (;;) {
        const auto more = (*reader)->next(record);
        if (!more || !*more) {
            break;
        }
        check((*reader)->json({}));
        check((*reader)->json(
            {.attributes = codec::EvtxAttributes::Beside, .style = codec::EvtxStyle::Plain}));
        check((*reader)->xml());
        check_leaves(**reader);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string file = codec::evtx::testing::file_of({});
    file.append(reinterpret_cast<const char*>(data), size);
    read_all(file, {});
    read_all(file, {.recover = true});
    return 0;
}
