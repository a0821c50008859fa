#include "base/log.h"

#include <gtest/gtest.h>

namespace tanggap::base {
namespace {

std::string logged(std::string_view detail)
{
    testing::internal::CaptureStderr();
    log(LogLevel::Error, "event", detail);
    return testing::internal::GetCapturedStderr();
}

TEST(Log, KeepsForeignTextFromActingInATerminal)
{
    const std::pair<std::string, std::string> cases[] = {
        {"a\x1b[31mb", "a\\u001b[31mb"}, // escape sequence
        {"a\nb", "a\\u000ab"},           // a line of its own
        {"a\x7f", "a\\u007f"},           // DEL
        {"a\xc2\x9b"
         "31m",
         "a\\u009b31m"}, // the same escape in one C1 character
        {"a\xe2\x80\xae"
         "gpj.exe",
         "a\\u202egpj.exe"}, // right to left
        {std::string("a\0b", 3), "a\\u0000b"},
        {"\"\\", "\\\"\\\\"},
        {"Jalan \xc3\xa9 \xe2\x82\xac", "Jalan \xc3\xa9 \xe2\x82\xac"},
    };
    for (const auto& [text, shown] : cases) {
        EXPECT_NE(logged(text).find("\"detail\":\"" + shown + "\"}"), std::string::npos)
            << logged(text);
    }
}

} // namespace
} // namespace tanggap::base
