#include "codec/syslog.h"

#include <gtest/gtest.h>

#include <string>

namespace tanggap::codec {
namespace {

std::string show(std::string_view line)
{
    const auto e = cut_syslog(line);
    if (!e) {
        return "none";
    }
    const auto part = [](std::string_view text) { return "|" + std::string(text); };
    return (e->priority ? std::to_string(*e->priority) : "") + part(e->time) + part(e->host) +
           part(e->program) + part(e->pid) + part(e->message_id) + part(e->structured) +
           part(e->message);
}

TEST(Syslog, reads_the_forms_that_programs_write)
{
    struct Case {
        std::string_view line;
        std::string_view expected;
    };
    constexpr Case kCases[] = {
        {"<34>Oct  3 07:05:09 web-1 su: 'su root' failed",
         "34|Oct  3 07:05:09|web-1|su||||'su root' failed"},
        {"Oct  3 07:05:09 web-1 sshd[811]: x", "|Oct  3 07:05:09|web-1|sshd|811|||x"},
        {"Oct 3 07:05:09    sshd[811]: x", "|Oct 3 07:05:09||sshd|811|||x"},
        {"Oct  3 07:05:09 [sshd]: x y", "|Oct  3 07:05:09||sshd||||x y"},
        {"Oct  3 07:05:09 h su(pam_unix)[9]: x", "|Oct  3 07:05:09|h|su|9|||x"},
        {"Oct  3 07:05:09 h /usr/sbin/cron[9]: x", "|Oct  3 07:05:09|h|cron|9|||x"},
        {"Oct  3 2026 07:05:09 h a: x", "|Oct  3 2026 07:05:09|h|a||||x"},
        {"Oct  3 07:05:09 2026 h a: x", "|Oct  3 07:05:09 2026|h|a||||x"},
        {"Oct  3 07:05:09 192.0.2.1 a[1]: x", "|Oct  3 07:05:09|192.0.2.1|a|1|||x"},
        {"Oct  3 07:05:09 h proftpd[12] h.example (x): y",
         "|Oct  3 07:05:09|h|proftpd|12|||h.example (x): y"},
        {"Oct  3 07:05:09 h words without a tag", "|Oct  3 07:05:09|h|||||words without a tag"},
        {"2026-10-03T07:05:09.123456+07:00 h sshd[8]: x",
         "|2026-10-03T07:05:09.123456+07:00|h|sshd|8|||x"},
        {"2026-10-03 07:05:09 h a: x", "|2026-10-03 07:05:09|h|a||||x"},
        {"<165>1 2026-10-03T07:05:09Z h app 7 ID47 [e@1 k=\"v]\\\"\"][f] text",
         "165|2026-10-03T07:05:09Z|h|app|7|ID47|[e@1 k=\"v]\\\"\"][f]|text"},
        {"<165>1 - - - - - -", "165|-||||||"},
        {"1 2026-10-03T07:05:09Z h app - - - \xEF\xBB\xBFtext",
         "|2026-10-03T07:05:09Z|h|app||||text"},
        {"<192>Oct  3 07:05:09 h a: x", "none"},
        {"<34>no time here", "34|||||||no time here"},
        {"<166>%ASA-6-302013: Built", "166|||%ASA-6-302013||||Built"},
        {"Oct  3 07:05:09 h auth.info sshd[8]: x", "38|Oct  3 07:05:09|h|sshd|8|||x"},
        {"Oct  3 07:05:09 h auth.other sshd[8]: x", "|Oct  3 07:05:09|h|||||auth.other sshd[8]: x"},
        {"<165>1 2026-10-03T07:05:09Z h app 7 - [broken text", "none"},
        {"Oct 33x", "none"},
        {"", "none"},
    };
    for (const Case& c : kCases) {
        EXPECT_EQ(show(c.line), c.expected) << c.line;
    }
}

TEST(Syslog, a_repetition_is_unwrapped)
{
    std::string_view message = "message repeated 3 times: [ Failed password for root]";
    EXPECT_EQ(take_repetition(message), 3U);
    EXPECT_EQ(message, "Failed password for root");
    for (std::string_view other :
         {"message repeated x times: [ a]", "message repeated 3 times", "a"}) {
        EXPECT_EQ(take_repetition(other), 0U);
    }
}

TEST(Syslog, structured_parameters_are_found_by_name)
{
    constexpr std::string_view kData = "[a@1 x=\"1\" ip=\"192.0.2.1\"][b y=\"q\\\"r\"]";
    EXPECT_EQ(find_structured(kData, "ip"), "192.0.2.1");
    EXPECT_EQ(find_structured(kData, "y"), "q\\\"r");
    EXPECT_EQ(find_structured(kData, "z"), "");
}

} // namespace
} // namespace tanggap::codec
