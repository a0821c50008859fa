// Any text as a source file: loaded or refused with reasons; a loaded one decodes a line.
#include <cstddef>
#include <cstdint>
#include <span>

#include "normalize/normalizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    const normalize::SourceFile file{.name = "fuzz",
                                     .yaml = {reinterpret_cast<const char*>(data), size}};
    std::vector<normalize::Diagnostic> diagnostics;
    const auto sources = normalize::Sources::load(std::span(&file, 1), diagnostics);
    const model::Record record{.id = {},
                               .bytes = "Oct  3 07:05:09 h p[1]: a {\"b\":1} 192.0.2.1",
                               .full_length = 0,
                               .full_sha256 = {}};
    for (const normalize::SourceInfo& info : sources->list()) {
        model::StreamContext stream;
        stream.source = info.id;
        model::EventBatch batch;
        normalize::decode(*sources, stream, std::span(&record, 1), base::Time::from_seconds(1),
                          batch);
    }
    return 0;
}
