// Any bytes as each kind of content file: loaded, or refused with a place.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "casework/calendar.h"
#include "casework/clock.h"
#include "casework/playbook.h"
#include "casework/taxonomy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tanggap;
    using namespace tanggap::casework;
    const ContentFile file{"fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size),
                           true};
    std::vector<Diagnostic> problems;
    const auto playbooks = load_playbooks({&file, 1}, {}, problems);
    const auto clocks = load_clocks({&file, 1}, problems);
    const auto taxonomy = load_taxonomy({&file, 1}, problems);
    const auto calendar = load_calendar({&file, 1}, "Asia/Jayapura", problems);
    if (problems.empty()) {
        std::abort(); // no file is all four
    }
    for (const Diagnostic& problem : problems) {
        if (problem.line == 0 || problem.message.empty()) {
            std::abort();
        }
    }
    if (calendar) {
        const base::Time start = base::Time::from_seconds(1'780'000'000);
        const base::Time due = calendar->add(start, std::chrono::hours(5));
        if (due < start || calendar->between(start, due) > std::chrono::hours(5)) {
            std::abort();
        }
    }
    return 0;
}
