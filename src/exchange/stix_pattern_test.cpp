#include "exchange/stix_pattern.h"

#include <string>

#include <gtest/gtest.h>

namespace tanggap::exchange {
namespace {

std::string read(std::string_view pattern)
{
    const auto values = values_of_pattern(pattern);
    if (!values) {
        return "! " + values.error().message;
    }
    std::string out;
    for (const auto& value : *values) {
        out += std::string(model::name_of(value.kind)) + " " + value.value + ";";
    }
    return out;
}

TEST(StixPattern, comparisons_with_values_are_taken)
{
    const std::string hash = "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f";
    const std::pair<std::string, std::string> kCases[] = {
        {"[ipv4-addr:value = '203.0.113.7']", "address 203.0.113.7;"},
        {"[ ipv6-addr:value = '2001:DB8::7' ]", "address 2001:db8::7;"},
        {"[ipv4-addr:value = '203.0.113.0/24']", "network 203.0.113.0/24;"},
        {"[ipv4-addr:value ISSUBSET '203.0.113.0/24']", "network 203.0.113.0/24;"},
        {"[domain-name:value IN ('a.example', 'B.example')]", "domain a.example;domain b.example;"},
        {"[url:value = 'http://x.example/it\\'s']", "url x.example/it's;"},
        {"[email-message:from_ref.value = 'A@b.example']", "email a@b.example;"},
        {"[file:hashes.'SHA-256' = '" + hash + "']", "hash " + hash + ";"},
        {"[file:hashes.MD5 = '44D88612FEA8A8F36DE82E1278ABB02F' AND file:name = 'x.exe' AND "
         "file:size = 5]",
         "hash 44d88612fea8a8f36de82e1278abb02f;"},
        {"[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = "
         "'c2.example']",
         "domain c2.example;"},
        {"[file:name = 'C:\\\\x\\\\Evil.EXE'] OR ([url:value='https://y.example'] OR "
         "[ipv4-addr:value='192.0.2.1'])",
         "file_name evil.exe;url y.example/;address 192.0.2.1;"},
        {"[(ipv4-addr:value = '192.0.2.1' or ipv4-addr:value = '192.0.2.2')]",
         "address 192.0.2.1;address 192.0.2.2;"},
    };
    for (const auto& [pattern, expected] : kCases) {
        EXPECT_EQ(read(pattern), expected) << pattern;
    }
}

TEST(StixPattern, the_rest_is_refused_by_name)
{
    const std::pair<std::string, std::string> kCases[] = {
        {"[url:value MATCHES 'a.*']", "operator 'MATCHES'"},
        {"[url:value LIKE 'a%']", "operator 'LIKE'"},
        {"[ipv4-addr:value != '192.0.2.1']", "operator '!='"},
        {"[ipv4-addr:value NOT = '192.0.2.1']", "NOT"},
        {"[NOT ipv4-addr:value = '192.0.2.1']", "NOT"},
        {"[EXISTS file:name]", "EXISTS"},
        {"[windows-registry-key:key = 'HKLM']", "object path 'windows-registry-key:key'"},
        {"[ipv4-addr:value = '192.0.2.1' AND url:value = 'http://a.example/']", "AND"},
        {"[ipv4-addr:value = '192.0.2.1'] AND [url:value = 'http://a.example/']", "AND between"},
        {"[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [url:value = 'http://a.example/']",
         "FOLLOWEDBY"},
        {"[ipv4-addr:value = '192.0.2.1'] REPEATS 5 TIMES", "REPEATS"},
        {"[ipv4-addr:value = '192.0.2.1'] WITHIN 5 SECONDS", "WITHIN"},
        {"[ipv4-addr:value = '192.0.2.1'] START t'2026-01-01T00:00:00Z' STOP "
         "t'2027-01-01T00:00:00Z'",
         "START"},
        {"[ipv4-addr:value = 'x']", "no address"},
        {"[network-traffic:dst_ref.type = 'ipv4-addr']", "a type and no value"},
        {"[ipv4-addr:value = '192.0.2.1'", "where ']' is expected"},
        {"[ipv4-addr:value = '192.0.2.1", "has no end"},
        {"ipv4-addr:value = '192.0.2.1'", "where '[' is expected"},
        {"", "where '[' is expected"},
        {std::string(40, '(') + "[", "parentheses"},
    };
    for (const auto& [pattern, reason] : kCases) {
        const auto said = read(pattern);
        EXPECT_TRUE(said.starts_with("! ") && said.find(reason) != std::string::npos)
            << pattern << "\n"
            << said;
    }
}

} // namespace
} // namespace tanggap::exchange
