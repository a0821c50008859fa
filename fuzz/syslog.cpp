// Any line as syslog: views stay inside the line.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "codec/syslog.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const auto envelope = tanggap::codec::cut_syslog(line);
    if (!envelope) {
        return 0;
    }
    for (std::string_view part : {envelope->time, envelope->host, envelope->program, envelope->pid,
                                  envelope->message, envelope->structured}) {
        if (!part.empty() &&
            (part.data() < line.data() || part.data() + part.size() > line.data() + line.size())) {
            std::abort();
        }
    }
    std::string_view message = envelope->message;
    tanggap::codec::take_repetition(message);
    (void)tanggap::codec::find_structured(envelope->structured, "ip");
    return 0;
}
