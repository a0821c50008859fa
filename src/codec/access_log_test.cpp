#include "codec/access_log.h"

#include <gtest/gtest.h>

#include <random>

namespace tanggap::codec {
namespace {

std::string show(std::string_view line)
{
    AccessLine a;
    const std::string_view problem = cut_access_line(line, a);
    if (!problem.empty()) {
        return "bad: " + std::string(problem);
    }
    std::string out;
    for (const auto part :
         {a.vhost, a.client, a.user, a.time, a.request, a.status, a.bytes, a.referrer, a.agent}) {
        out += std::string(part) + "|";
    }
    for (std::size_t i = 0; i < a.extras_count; ++i) {
        out += std::string(a.extras[i]) + "|";
    }
    return out;
}

TEST(AccessLog, reads_common_combined_vhost_and_extra_fields)
{
    struct Case {
        std::string_view line;
        std::string_view expected;
    };
    constexpr Case kCases[] = {
        {R"(192.0.2.1 - - [t z] "GET / HTTP/1.1" 200 5)",
         "|192.0.2.1||t z|GET / HTTP/1.1|200|5|||"},
        {R"(192.0.2.1 - budi [t] "GET / HTTP/1.1" 304 - "-" "curl/8")",
         "|192.0.2.1|budi|t|GET / HTTP/1.1|304|||curl/8|"},
        {R"(www.kota.example:443 192.0.2.1 - - [t] "-" 408 0 "-" "-")",
         "www.kota.example:443|192.0.2.1||t||408|0|||"},
        {R"(www.kota.example 2001:db8::1 - - [t] "GET / HTTP/2.0" 200 1)",
         "www.kota.example|2001:db8::1||t|GET / HTTP/2.0|200|1|||"},
        {R"(www.kota.example:80 pc.kota.example - - [t] "GET / HTTP/1.0" 200 1)",
         "www.kota.example:80|pc.kota.example||t|GET / HTTP/1.0|200|1|||"},
        {R"(pc.kota.example - Siti Aminah [t] "GET / HTTP/1.0" 200 1)",
         "|pc.kota.example|Siti Aminah|t|GET / HTTP/1.0|200|1|||"},
        {R"(192.0.2.9, 198.51.100.2 - - [t] "GET / HTTP/1.1" 200 1)",
         "|192.0.2.9||t|GET / HTTP/1.1|200|1|||"},
        {R"(192.0.2.1 - - [t] "GET / HTTP/1.1" 200 1 "r" "a" "203.0.113.9" 0.012 x=y)",
         "|192.0.2.1||t|GET / HTTP/1.1|200|1|r|a|203.0.113.9|0.012|x=y|"},
        {R"(192.0.2.1 - - [t] "GET /?q=\"x\" HTTP/1.1" 200 1 "-" "a \"b\" c")",
         "|192.0.2.1||t|GET /?q=\\\"x\\\" HTTP/1.1|200|1||a \\\"b\\\" c|"},
        {R"(192.0.2.1 - - [t] "GET /?q="x"y HTTP/1.1" 200 1 "-" "a")",
         "|192.0.2.1||t|GET /?q=\"x\"y HTTP/1.1|200|1||a|"},
        {R"(192.0.2.1 - - [t] "\x16\x03\x01" 400 226 "-" "-")",
         "|192.0.2.1||t|\\x16\\x03\\x01|400|226|||"},
        {R"(192.0.2.1 - - [t] "" 400 0 "-" "-")", "|192.0.2.1||t||400|0|||"},
        {R"([2001:db8::80]:443 2001:db8::7 - - [t] "GET / HTTP/1.1" 200 1)",
         "[2001:db8::80]:443|2001:db8::7||t|GET / HTTP/1.1|200|1|||"},
        {R"(unknown, 192.0.2.9, 10.0.0.1 - - [t] "GET / HTTP/1.1" 200 1)",
         "|192.0.2.9||t|GET / HTTP/1.1|200|1|||"},
        {R"(192.0.2.1 - "Siti Aminah" [t] "GET / HTTP/1.1" 200 1)",
         "|192.0.2.1|Siti Aminah|t|GET / HTTP/1.1|200|1|||"},
    };
    for (const Case& c : kCases) {
        EXPECT_EQ(show(c.line), c.expected) << c.line;
    }
}

/// Where a quoted text ends, byte by byte: at a quote that no backslash takes with it and that a
/// blank or the end follows.
std::string quoted_front(std::string_view text)
{
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"' && (i + 1 == text.size() || text[i + 1] == ' ')) {
            return std::string(text.substr(1, i - 1));
        }
    }
    return "does not end";
}

TEST(AccessLog, quoted_texts_end_where_a_reading_byte_by_byte_ends)
{
    constexpr std::string_view kBytes = "\"\\ ax";
    std::mt19937_64 random(20261129);
    for (int i = 0; i < 50'000; ++i) {
        std::string agent = "\"";
        for (auto left = random() % 12; left > 0; --left) {
            agent += kBytes[random() % kBytes.size()];
        }
        AccessLine line;
        const std::string text = "192.0.2.1 - - [t] \"x\" 200 1 \"y\" " + agent;
        const bool good = cut_access_line(text, line).empty();
        const auto expected = quoted_front(agent);
        EXPECT_EQ(good ? std::string(line.agent) : "does not end", expected) << text;
    }
}

TEST(AccessLog, says_what_was_expected)
{
    EXPECT_NE(show("nothing of the kind").find("time in brackets"), std::string::npos);
    EXPECT_NE(show("[t] \"GET / HTTP/1.1\" 200 1").find("expected a client"), std::string::npos);
    EXPECT_NE(show("192.0.2.1 - - [t] GET / 200").find("quoted request"), std::string::npos);
    EXPECT_NE(show("192.0.2.1 - - [t] \"GET /\" 20x 1").find("three digits"), std::string::npos);
    EXPECT_NE(show("192.0.2.1 - - [t] \"GET /\" 200 x").find("number of bytes"), std::string::npos);
    EXPECT_NE(show("192.0.2.1 - - [t] \"GET /\" 200 1 \"cut").find("does not end"),
              std::string::npos);
}

TEST(AccessLog, request_lines_are_cut_and_rubbish_is_told)
{
    RequestLine r;
    ASSERT_TRUE(cut_request_line("GET /a b?c HTTP/1.1", r));
    EXPECT_EQ(r.target, "/a b?c");
    EXPECT_EQ(r.version, "1.1");
    ASSERT_TRUE(cut_request_line("GET /old", r));
    EXPECT_EQ(r.version, "");
    for (const std::string_view bad :
         {"", "-", "\\x16\\x03\\x01", "GET", "GET ", "Gh0st\\xAD x", "GET HTTP/1.1"}) {
        EXPECT_FALSE(cut_request_line(bad, r)) << bad;
    }
}

TEST(AccessLog, escapes_are_undone_only_to_printable_text)
{
    std::string out;
    ASSERT_TRUE(undo_log_escapes(R"(a\"b\\c\x22\x16)", out));
    EXPECT_EQ(out, R"(a"b\c"\x16)");
    EXPECT_FALSE(undo_log_escapes("plain", out));
    EXPECT_FALSE(undo_log_escapes(R"(\x16\n)", out));
    EXPECT_FALSE(undo_log_escapes(R"(\xff)", out)) << "half a character is no text";
    ASSERT_TRUE(undo_log_escapes(R"(\xc3\xa9)", out));
    EXPECT_EQ(out, "é");
}

} // namespace
} // namespace tanggap::codec
