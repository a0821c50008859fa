#include "query/query.h"

#include <random>

#include <gtest/gtest.h>

#include "base/limits.h"

namespace tanggap::query {
namespace {

struct Case {
    const char* text;
    const char* canonical;
};

void expect_canonical(const Scope& scope, std::initializer_list<Case> cases)
{
    for (const Case& c : cases) {
        const Parsed parsed = parse(c.text, scope);
        ASSERT_TRUE(parsed.errors.empty()) << c.text << ": " << parsed.errors.front().message;
        EXPECT_EQ(format(parsed.root), c.canonical) << c.text;
        const Parsed again = parse(format(parsed.root), scope);
        ASSERT_TRUE(again.errors.empty()) << c.canonical << ": " << again.errors.front().message;
        EXPECT_TRUE(same(parsed.root, again.root)) << c.text;
    }
}

TEST(Query, alert_queries_have_one_canonical_text)
{
    expect_canonical(
        alert_scope(),
        {
            {"", ""},
            {"  \t", ""},
            {"is:open severity>=tinggi (rule:\"ssh brute*\" OR src.ip:203.0.113.0/24) -asset:lab* "
             "age>2h",
             "is:open severity>=high (rule:\"ssh brute*\" OR source:203.0.113.0/24) -asset:lab* "
             "first_seen<now-2h"},
            {"KEPARAHAN:kritis", "severity:critical"},
            {"severity:low..tinggi", "severity:low..high"},
            {"is:berulang and not is:DITUTUP", "is:recurring -is:closed"},
            {"is:(open OR berulang)", "is:open OR is:recurring"},
            {"status:terbuka outcome:berhasil", "status:open outcome:succeeded"},
            {"is:open -is:ditunda (pj:@me OR is:tanpa-pj)",
             "is:open -is:snoozed (assignee:@me OR is:unassigned)"},
            {"is:memuncak OR is:kambuh OR is:berlanjut OR is:duplikat",
             "is:escalating OR is:regressed OR is:ongoing OR is:merged"},
            {"has:kasus -label:\"pemindai internal\" alasan:jinak",
             "case:* -label:\"pemindai internal\" reason:benign"},
            {"status:(baru OR diarsipkan) into:ALR-7", "(status:new OR status:archived) into:7"},
            {"ALR-0012", "number:12"},
            {"id:alr-12", "number:12"},
            {"\"ALR-12\"", "\"ALR-12\""},
            {"source:root@web-1", "source:root@web-1"},
            {"src.ip:2001:DB8::/32", "source:2001:db8::/32"},
            {"source:10.0.0.1..10.0.0.9", "source:10.0.0.1..10.0.0.9"},
            {"source:web*", "source:web*"},
            {"a or b and c", "a OR b c"},
            {"(a OR b) c", "(a OR b) c"},
            {"((a))", "a"},
            {"(a b) c", "a b c"},
            {"NOT NOT a", "a"},
            {"- a", "\"-\" a"},
            {"-(a OR b)", "-(a OR b)"},
            {"rule:(\"web shell\" OR -scanner)", "rule:\"web shell\" OR -rule:scanner"},
            {"first_seen:-24h", "first_seen:now-24h"},
            {"first_seen:3/10/2026", "first_seen:2026-10-03"},
            {"last_seen>=\"2026-10-03 07:05:09 +0700\"", "last_seen>=2026-10-03T07:05:09+0700"},
            {"last_seen:2026-10-01..2026-10-03", "last_seen:2026-10-01..2026-10-03"},
            {"priority:>80", "priority>80"},
            {"priority:400..499", "priority:400..499"},
            {"asset:*", "asset:*"},
            {"has:asset", "asset:*"},
            {"http://example.com/x?y", "\"http://example.com/x?y\""},
            {"technique:t1110", "technique:t1110"},
            {"-asset:(a b)", "-(asset:a asset:b)"},
            {"serangan judi", "serangan judi"},
            {"\"and\"", "\"and\""},
            {"age<=7d", "first_seen>=now-7d"},
        });
}

TEST(Query, the_queue_knows_kinds_beside_all_that_alerts_know)
{
    expect_canonical(triage_scope(), {{"jenis:laporan is:open", "kind:report is:open"},
                                      {"kind:alert severity:tinggi", "kind:alert severity:high"}});
    EXPECT_FALSE(parse("kind:case", triage_scope()).errors.empty());
    EXPECT_FALSE(parse("kind:alert", alert_scope()).errors.empty());
}

TEST(Query, me_is_whoever_asks)
{
    auto node = parse("is:open (assignee:@me OR -is:mine) assignee:@media", alert_scope()).root;
    put_account(node, "u-1");
    EXPECT_EQ(format(node), "is:open (assignee:u-1 OR -assignee:u-1) assignee:@media");
    auto nobody = parse("is:mine", alert_scope()).root;
    put_account(nobody, "");
    EXPECT_EQ(nobody.value, "@nobody") << "no account can have this name";
}

TEST(Query, event_queries_have_one_canonical_text)
{
    expect_canonical(event_scope(),
                     {
                         {"src.ip:203.0.113.7 status:404",
                          "source.ip:203.0.113.7 http.response.status_code:404"},
                         {"winlog.event_data.CommandLine:*mimikatz*",
                          "winlog.event_data.CommandLine:*mimikatz*"},
                         {"winlog.event_data.LogonType>3", "winlog.event_data.LogonType>3"},
                         {"url.path:/wp-admin\\*/x", "url.path:\"/wp-admin\\*/x\""},
                         {"url.path:../../etc/passwd", "url.path:../../etc/passwd"},
                         {"url:/union.+select/", "url.original:/union.+select/"},
                         {"/a\\/b c/", "/a\\/b c/"},
                         {"/etc/passwd", "\"/etc/passwd\""},
                         {"path:C:\\Windows\\System32", "url.path:\"C:\\\\Windows\\\\System32\""},
                         {"fe80::1", "\"fe80::1\""},
                         {"has:alert is:terdeteksi", "has:alert is:detected"},
                         {"has:user.name", "user.name:*"},
                         {"alert:ALR-12 level>=sedang", "alert:12 level>=medium"},
                         {"ALR-7", "alert:7"},
                         {"id=1", "\"id=1\""},
                         {"message:\"failed password\"", "message:\"failed password\""},
                     });
}

TEST(Query, mistakes_are_named_with_span_and_hint)
{
    struct Mistake {
        const char* text;
        std::size_t begin;
        std::size_t end;
        const char* message;
        const char* hint;
    };
    const Mistake mistakes[] = {
        {"severety:high", 0, 8, "not a field of alerts", "did you mean severity?"},
        {"soruce:1.2.3.4", 0, 6, "not a field", "did you mean source?"},
        {"a qqqqq:1", 2, 7, "not a field", "quotes"},
        {"severity:huge", 9, 13, "not a level", "tinggi"},
        {"is:opne", 3, 7, "not a word for is:", "did you mean open?"},
        {"outcome:won", 8, 11, "one of succeeded", ""},
        {"priority:many", 9, 13, "is a number", "priority:400..499"},
        {"priority:4*", 9, 11, "star", "range"},
        {"first_seen:yesterdayish", 11, 23, "not a time", ""},
        {"first_seen>2*", 11, 13, "star cannot be compared", ""},
        {"title>x", 6, 7, "holds words", ""},
        {"(a OR b", 0, 1, "not closed", "add )"},
        {"a) b", 1, 2, "opens nowhere", ""},
        {"\"abc", 0, 4, "quote is not closed", ""},
        {"a OR", 4, 4, "missing", ""},
        {"OR a", 0, 1, "missing", ""},
        {"()", 1, 2, "missing", ""},
        {"a NOT", 2, 5, "missing after NOT", ""},
        {"asset:", 6, 6, "value is missing", ""},
        {"asset: b", 6, 7, "value is missing", ""},
        {"severity=high", 0, 13, "joined by a colon", "severity:high"},
        {"title:/x/", 6, 9, "event searches only", "quotes"},
        {"*", 0, 1, "everything", ""},
        {"age:2h", 4, 6, "age is compared", ""},
        {"\xff", 0, 1, "not text", ""},
    };
    for (const Mistake& m : mistakes) {
        const Parsed parsed = parse(m.text, alert_scope());
        ASSERT_FALSE(parsed.errors.empty()) << m.text;
        const Diagnostic& error = parsed.errors.front();
        EXPECT_EQ(error.begin, m.begin) << m.text;
        EXPECT_EQ(error.end, m.end) << m.text;
        EXPECT_TRUE(error.message.contains(m.message)) << m.text << ": " << error.message;
        EXPECT_TRUE(error.hint.contains(m.hint)) << m.text << ": " << error.hint;
    }
}

TEST(Query, every_mistake_is_reported_at_once)
{
    const Parsed parsed = parse("severety:high is:opne priority:many", alert_scope());
    EXPECT_EQ(parsed.errors.size(), 3U);
    const auto error = parse_or_error("severety:high is:opne", alert_scope());
    ASSERT_FALSE(error);
    EXPECT_EQ(error.error().code, base::Code::Invalid);
    EXPECT_TRUE(error.error().message.contains("did you mean severity?")) << error.error().message;
}

TEST(Query, networks_with_stray_bits_name_the_right_one)
{
    const Parsed parsed = parse("source.ip:203.0.113.7/24", event_scope());
    ASSERT_EQ(parsed.errors.size(), 1U);
    EXPECT_TRUE(parsed.errors.front().message.contains("203.0.113.0/24"))
        << parsed.errors.front().message;
    EXPECT_FALSE(parse("source.ip:192.0.2.*", event_scope()).errors.empty());
    EXPECT_FALSE(parse("source.ip:192.0.2.0/33", event_scope()).errors.empty());
}

TEST(Query, limits_stop_with_a_reason)
{
    namespace limits = base::limits;
    const auto first = [](const std::string& text) {
        const Parsed parsed = parse(text, alert_scope());
        return parsed.errors.empty() ? std::string() : parsed.errors.front().message;
    };
    EXPECT_TRUE(first(std::string(limits::kQueryBytesMax + 1, 'a')).contains("bytes"));
    EXPECT_EQ(first(std::string(limits::kQueryBytesMax, 'a')), "");
    EXPECT_TRUE(first(std::string(limits::kQueryDepthMax + 1, '(') + "a" +
                      std::string(limits::kQueryDepthMax + 1, ')'))
                    .contains("deeper"));
    EXPECT_TRUE(first(std::string(4000, '-') + "a").contains("deeper"));
    std::string many;
    for (std::size_t i = 0; i < limits::kQueryTermsMax; ++i) {
        many += "a ";
    }
    EXPECT_EQ(first(many), "");
    EXPECT_TRUE(first(many + "a").contains("terms"));
}

TEST(Query, whatever_parses_reads_back_the_same)
{
    constexpr std::uint64_t kSeed = 20261122;
    const char* const pieces[] = {"a",
                                  "-",
                                  "(",
                                  ")",
                                  " ",
                                  " ",
                                  " OR ",
                                  " AND ",
                                  "NOT ",
                                  "\"x y\"",
                                  "\"a*\\\"b\\\\\"",
                                  "severity",
                                  "source",
                                  ":",
                                  ">",
                                  "<=",
                                  "high",
                                  "tinggi",
                                  "10.0.0.0/8",
                                  "::1",
                                  "*",
                                  "\\",
                                  "/re x/",
                                  "user.name",
                                  "status",
                                  "404",
                                  "400..499",
                                  "now-2h",
                                  "rule",
                                  "is:open",
                                  "has:alert",
                                  "ALR-9",
                                  "é",
                                  "title:",
                                  "url.path:",
                                  "src.ip:",
                                  "..",
                                  "@timestamp>",
                                  "\\*",
                                  "x.y.z:",
                                  "=",
                                  "age>1d",
                                  "or",
                                  "\"and\"",
                                  "%",
                                  "_"};
    std::mt19937_64 random(kSeed);
    std::size_t valid = 0;
    for (int round = 0; round < 6000; ++round) {
        std::string text;
        for (std::uint64_t n = random() % 9; n > 0; --n) {
            text += pieces[random() % std::size(pieces)];
        }
        for (const Scope* scope : {&alert_scope(), &event_scope()}) {
            const Parsed parsed = parse(text, *scope);
            if (!parsed.errors.empty()) {
                continue;
            }
            ++valid;
            const std::string canonical = format(parsed.root);
            const Parsed again = parse(canonical, *scope);
            ASSERT_TRUE(again.errors.empty()) << "seed " << kSeed << ": " << text << " → "
                                              << canonical << ": " << again.errors.front().message;
            ASSERT_TRUE(same(parsed.root, again.root)) << text << " → " << canonical;
            ASSERT_EQ(format(again.root), canonical);
        }
    }
    EXPECT_GT(valid, 500U);
}

TEST(QueryTime, texts_become_spans)
{
    const base::Time now = *base::parse_rfc3339("2026-10-07T10:20:30Z"); // a Wednesday
    struct TimeCase {
        const char* text;
        int zone_minutes;
        const char* begin;
        const char* end;
    };
    const TimeCase cases[] = {
        {"now-24h", 0, "2026-10-06T10:20:30Z", "2026-10-06T10:20:30.000000001Z"},
        {"-7d@d", 0, "2026-09-30T00:00:00Z", "2026-10-01T00:00:00Z"},
        {"-1d@d", 420, "2026-10-05T17:00:00Z", "2026-10-06T17:00:00Z"},
        {"now@w", 0, "2026-10-05T00:00:00Z", "2026-10-12T00:00:00Z"},
        {"now+30m", 0, "2026-10-07T10:50:30Z", "2026-10-07T10:50:30.000000001Z"},
        {"2026-10-03", 420, "2026-10-02T17:00:00Z", "2026-10-03T17:00:00Z"},
        {"3/10/2026", 0, "2026-10-03T00:00:00Z", "2026-10-04T00:00:00Z"},
        {"2026-10-03T07:05", 0, "2026-10-03T07:05:00Z", "2026-10-03T07:06:00Z"},
        {"2026-10-03T07:05:09", 420, "2026-10-03T00:05:09Z", "2026-10-03T00:05:10Z"},
        {"2026-10-03T07:05:09+07:00", 0, "2026-10-03T00:05:09Z", "2026-10-03T00:05:10Z"},
        {"2026-10-03T07:05:09.5Z", 420, "2026-10-03T07:05:09.500Z", "2026-10-03T07:05:09.500001Z"},
    };
    for (const TimeCase& c : cases) {
        const auto span = parse_time_span(c.text, now, c.zone_minutes);
        ASSERT_TRUE(span) << c.text << ": " << span.error().message;
        EXPECT_EQ(base::format_rfc3339(span->begin), c.begin) << c.text;
        EXPECT_EQ(base::format_rfc3339(span->end), c.end) << c.text;
    }
    for (const char* bad : {"", "now-", "now-h", "now--5h", "now-99999999999d", "2026-13-01",
                            "30/2/2026", "2026", "now@x", "-5y", "10:20", "now-5h@"}) {
        EXPECT_FALSE(parse_time_span(bad, now, 0)) << bad;
    }
}

TEST(QueryAddress, networks_become_ranges)
{
    const auto range = parse_address_range("203.0.113.0/24");
    ASSERT_TRUE(range);
    EXPECT_EQ(range->first[10], 0xFF);
    EXPECT_EQ(range->first[15], 0);
    EXPECT_EQ(range->last[15], 255);
    EXPECT_EQ(range->first[14], 113);
    EXPECT_TRUE(parse_address_range("::/0"));
    EXPECT_TRUE(parse_address_range("0.0.0.0/0"));
    for (const char* bad :
         {"", "/", "1.2.3", "1.2.3.4/", "1.2.3.4/33", "::1/129", "1.2.3.4/-1", "1.2.3.4/8x"}) {
        EXPECT_FALSE(parse_address_range(bad)) << bad;
    }
}

TEST(QueryLike, only_stars_are_wild)
{
    EXPECT_EQ(like_pattern({.value = "a%b_c\\d*", .wildcard = false}), "a\\%b\\_c\\\\d*");
    EXPECT_EQ(like_pattern({.value = "a*\\*\\\\%", .wildcard = true}), "a%*\\\\\\%");
}

} // namespace
} // namespace tanggap::query
