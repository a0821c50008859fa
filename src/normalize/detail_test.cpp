// Tables for the small readers under detail/.
#include <gtest/gtest.h>

#include <random>

#include "normalize/detail/address.h"
#include "normalize/detail/pattern.h"
#include "normalize/detail/timestamp.h"
#include "normalize/detail/url.h"

namespace tanggap::normalize::detail {
namespace {

base::Time at(std::string_view text)
{
    return base::parse_rfc3339(text).value();
}

std::string read_time(std::string_view format, std::string_view text, std::string_view zone = "",
                      std::string_view reference = "2026-10-10T00:00:00Z")
{
    const std::vector<TimeFormat> formats{TimeFormat::compile(format).value()};
    TimeReader reader(Zone::find(zone).value(), at(reference));
    const auto time = reader.read(text, formats);
    return time ? base::format_rfc3339(*time) : "none";
}

TEST(Timestamp, formats_read_what_logs_write)
{
    struct Case {
        std::string_view format;
        std::string_view text;
        std::string_view expected;
    };
    constexpr Case kCases[] = {
        {"iso", "2026-10-03T07:05:09.123+0700", "2026-10-03T00:05:09.123Z"},
        {"iso", "2026-10-03 07:05:09,5", "2026-10-03T07:05:09.500Z"},
        {"iso", "2026-10-03T07:05:09 UTC", "2026-10-03T07:05:09Z"},
        {"iso", "2026-13-03T07:05:09Z", "none"},
        {"iso", "2026-1-3T7:5:9Z", "2026-01-03T07:05:09Z"},
        {"iso", "2026-10-03  07:05:09", "2026-10-03T07:05:09Z"},
        {"iso", "2026-10-03T07:05:60.000000001Z", "2026-10-03T07:06:00.000000001Z"},
        {"iso", "2026-10-03T24:05:09Z", "none"},
        {"iso", "2026-10-03T07:05:0xZ", "none"},
        {"clf", "03/Oct/2026:07:05:09 +0700", "2026-10-03T00:05:09Z"},
        {"clf", "3/oct/2026:7:05:09 +07:00", "2026-10-03T00:05:09Z"},
        {"clf", "03/Oct/2026:07:05:09 +2400", "none"},
        {"clf", "03/Oct/2026:07:05:09 +0760", "none"},
        {"clf", "03/Xyz/2026:07:05:09 +0700", "none"},
        {"clf", "03/Okt/2026:07:05:09 -0330", "2026-10-03T10:35:09Z"},
        {"clf", "31/Feb/2026:07:05:09 +0000", "none"},
        {"bsd", "Oct  3 07:05:09", "2026-10-03T07:05:09Z"},
        {"bsd", "Oct 3 07:05:09", "2026-10-03T07:05:09Z"},
        {"epoch", "1790985909", "2026-10-03T00:05:09Z"},
        {"epoch", "1790985909.25", "2026-10-03T00:05:09.250Z"},
        {"epoch", "1790985909250", "2026-10-03T00:05:09.250Z"},
        {"epoch", "1790985909250000000", "2026-10-03T00:05:09.250Z"},
        {"epoch", "-5", "none"},
        {"%a %b %e %H:%M:%S %Y", "Sat Oct 03 07:05:09.5 2026", "2026-10-03T07:05:09.500Z"},
        {"%m/%d/%Y %I:%M:%S %p", "10/3/2026 7:05:09 PM", "2026-10-03T19:05:09Z"},
        {"%m/%d/%Y %I:%M:%S %p", "10/3/2026 12:05:09 AM", "2026-10-03T00:05:09Z"},
        {"%d.%m.%y", "03.10.26", "2026-10-03T00:00:00Z"},
        {"%Y", "20265", "none"},
    };
    for (const Case& c : kCases) {
        EXPECT_EQ(read_time(c.format, c.text), c.expected) << c.format << " | " << c.text;
    }
}

/// The usual forms are read by position; whatever is a little different must be read as before.
TEST(Timestamp, reading_by_position_reads_what_the_directives_read)
{
    struct Form {
        std::string_view name;
        std::string_view directives;
        std::string_view text;
    };
    constexpr Form kForms[] = {
        {"iso", "%Y-%m-%dT%H:%M:%S", "2026-10-03T07:05:09.123456"},
        {"iso", "%Y-%m-%d %H:%M:%S", "2026-10-03 07:05:09"},
        {"clf", "%d/%b/%Y:%H:%M:%S %z", "03/Oct/2026:07:05:09 +0700"},
    };
    constexpr std::string_view kOther = "0129:/- .,TtZ+OnA";
    std::mt19937_64 random(20261129);
    std::size_t read = 0;
    for (int i = 0; i < 30'000; ++i) {
        const Form& form = kForms[random() % std::size(kForms)];
        std::string text(form.text);
        const auto changes = random() % 3;
        for (std::size_t change = 0; change < changes; ++change) {
            text[random() % text.size()] = kOther[random() % kOther.size()];
        }
        const auto found = read_time(form.name, text);
        const auto expected = read_time(form.directives, text);
        // "iso" also takes a zone behind, and the other sign between day and hour.
        if (expected != "none") {
            ++read;
            EXPECT_EQ(found, expected) << form.name << " | " << text;
        } else if (form.name == "clf") {
            EXPECT_EQ(found, expected) << text;
        }
    }
    EXPECT_GT(read, 5'000U);
}

TEST(Timestamp, zones_are_those_of_the_stream)
{
    EXPECT_EQ(read_time("iso", "2026-10-03 07:05:09", "Asia/Jakarta"), "2026-10-03T00:05:09Z");
    EXPECT_EQ(read_time("iso", "2026-10-03 07:05:09", "-03:30"), "2026-10-03T10:35:09Z");
    EXPECT_EQ(read_time("iso", "2026-07-01 12:00:00", "Europe/Berlin"), "2026-07-01T10:00:00Z");
    EXPECT_EQ(read_time("iso", "2026-01-01 12:00:00", "Europe/Berlin"), "2026-01-01T11:00:00Z");
    EXPECT_EQ(read_time("iso", "2026-10-25 02:30:00", "Europe/Berlin"), "2026-10-25T00:30:00Z")
        << "of an hour that comes twice the first is taken";
    EXPECT_FALSE(Zone::find("Mars/Base"));
    EXPECT_FALSE(Zone::find("+7h"));
}

TEST(Timestamp, a_year_that_is_not_written_is_the_nearest_that_is_not_in_the_future)
{
    EXPECT_EQ(read_time("bsd", "Dec 31 23:59:59", "", "2026-01-01T00:00:05Z"),
              "2025-12-31T23:59:59Z");
    EXPECT_EQ(read_time("bsd", "Jan  1 00:00:05", "", "2026-12-31T23:59:59Z"),
              "2027-01-01T00:00:05Z");
    EXPECT_EQ(read_time("bsd", "Dec  1 00:00:00", "", "2026-10-10T00:00:00Z"),
              "2025-12-01T00:00:00Z");
    EXPECT_EQ(read_time("bsd", "Feb 29 00:00:00", "", "2026-10-10T00:00:00Z"),
              "2024-02-29T00:00:00Z");
}

std::string match(std::string_view pattern_text, std::string_view text)
{
    const auto pattern = Pattern::compile(pattern_text);
    if (!pattern) {
        return "refused: " + pattern.error().message;
    }
    std::vector<std::string_view> values(pattern->captures().size());
    if (!pattern->match(text, values)) {
        return "no match";
    }
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        out += pattern->captures()[i].name + "=" + std::string(values[i]) + ";";
    }
    return out;
}

TEST(Pattern, holes_take_what_their_type_allows)
{
    EXPECT_EQ(match("a {x} b", "a 1 b"), "x=1;");
    EXPECT_EQ(match("{x} from {y:ip}", "u from v from 192.0.2.1"), "x=u from v;y=192.0.2.1;");
    EXPECT_EQ(match("{x} from {y}", "u from v from w"), "x=u;y=v from w;");
    EXPECT_EQ(match("{x*} from {y}", "u from v from w"), "x=u from v;y=w;");
    EXPECT_EQ(match("p {x:port}", "p 80x"), "no match");
    EXPECT_EQ(match("p {x:word}", "p a b"), "no match");
    EXPECT_EQ(match("p {x:int}", "p -12"), "x=-12;");
    EXPECT_EQ(match("{{{x}}}", "{v}"), "x=v;");
    EXPECT_EQ(match("{x}", ""), "x=;");
    EXPECT_EQ(match("", ""), "");
}

TEST(Pattern, optional_parts_may_be_absent)
{
    EXPECT_EQ(match("{x:ip}[[ port {p:port}]]", "192.0.2.1"), "x=192.0.2.1;p=;");
    EXPECT_EQ(match("{x:ip}[[ port {p:port}]]", "192.0.2.1 port 80"), "x=192.0.2.1;p=80;");
    EXPECT_EQ(match("[[[c {x}] ]]rest", "[c 1] rest"), "x=1;");
    EXPECT_EQ(match("[[a[[b]]c]]d", "abcd"), "");
    EXPECT_EQ(match("[[a[[b]]c]]d", "acd"), "");
}

TEST(Pattern, mistakes_are_refused_with_a_reason)
{
    EXPECT_NE(match("{x", "").find("without '}'"), std::string::npos);
    EXPECT_NE(match("[[x", "").find("without ']]'"), std::string::npos);
    EXPECT_NE(match("{x}{y}", "").find("follows another hole"), std::string::npos);
    EXPECT_NE(match("{x:colour}", "").find("is not a type"), std::string::npos);
    EXPECT_NE(match("{}", "").find("no field name"), std::string::npos);
}

TEST(Pattern, a_hostile_line_stops_at_the_step_limit)
{
    std::string line;
    for (int i = 0; i < 20'000; ++i) {
        line += "a ";
    }
    EXPECT_EQ(match("{a*} {b*} {c*} {d*} {e*} end", line), "no match");
}

TEST(Url, parts_and_decoded_forms)
{
    const UrlParts absolute = split_url("http://u@h.example:8080/a/b?c=d?e", false);
    EXPECT_EQ(absolute.domain, "h.example");
    EXPECT_EQ(absolute.port, "8080");
    EXPECT_EQ(absolute.path, "/a/b");
    EXPECT_EQ(absolute.query, "c=d?e");
    EXPECT_EQ(split_url("/x?u=http://h/", false).domain, "");
    EXPECT_EQ(split_url("h.example:443", true).port, "443");

    struct Case {
        std::string_view target;
        std::string_view expected;
    };
    constexpr Case kCases[] = {
        {"/a%2525252e", "/a%2e"}, // three rounds, no more
        {"/a+b?c+d", "/a+b?c d"}, {"/%u0027", "/'"}, {"/%zz%4", "unchanged"},
        {"/%2", "unchanged"},     {"/%c3%a9", "/é"}, {"/%ff", "/\xEF\xBF\xBD"},
        {"/plain", "unchanged"},
    };
    for (const Case& c : kCases) {
        std::string decoded;
        EXPECT_EQ(decode_url(c.target, decoded) ? decoded : "unchanged", c.expected) << c.target;
    }
}

TEST(Address, one_form_for_each)
{
    const auto canonical = [](std::string_view text) {
        const auto address = canonical_address(text);
        return address ? std::string(address->text()) : "none";
    };
    EXPECT_EQ(canonical("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(canonical("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(canonical("[2001:DB8:0:0::1]"), "2001:db8::1");
    EXPECT_EQ(canonical("fe80::1%eth0"), "fe80::1");
    for (const std::string_view bad :
         {"192.0.2.256", "192.030.0.6", "1.2.3", "1.2.3.4.", "host", "", ":", "1.2.3.4.5"}) {
        EXPECT_EQ(canonical(bad), "none") << bad;
    }
    EXPECT_EQ(split_endpoint("192.0.2.1:80")->port, "80");
    EXPECT_EQ(split_endpoint("[2001:db8::1]:80")->address, "[2001:db8::1]");
    EXPECT_EQ(split_endpoint("192.0.2.1")->port, "");
    EXPECT_FALSE(split_endpoint("host:80"));
}

} // namespace
} // namespace tanggap::normalize::detail
