// Requests of the OWASP Core Rule Set's regression tests, as lines of an access log.
#pragma once

#include <array>
#include <map>

#include "codec/yaml.h"
#include "rules/shipped.h"

namespace tanggap::rules_check {

struct CrsRequest {
    std::string attack_class; ///< "942"
    std::string test;         ///< "942100-3"
    std::string line;         ///< of an access log, combined format
    bool is_attack = false;   ///< the test expects its rule to match
    /// The address, the User-Agent or the Referer differs from the plain request of the set, so
    /// that an access log can show what the test is about.
    bool is_visible = false;
};

/// As a web server writes a value into its log: quotes, back-slashes and control bytes escaped.
inline std::string log_escaped(std::string_view value)
{
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F || c == '"' || c == '\\') {
            out += "\\x";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    return out;
}

inline std::string text_at(const codec::YamlNode* node, std::string_view key)
{
    const codec::YamlNode* found = node != nullptr ? node->find(key) : nullptr;
    return found != nullptr ? found->text : std::string();
}

/// A header without regard to case.
inline std::string header_of(const codec::YamlNode* headers, std::string_view name)
{
    for (const auto& entry :
         headers != nullptr ? headers->entries : std::vector<codec::YamlEntry>()) {
        if (std::ranges::equal(entry.key.text, name, [](char a, char b) {
                return std::tolower(static_cast<unsigned char>(a)) == b;
            })) {
            return entry.value.text;
        }
    }
    return {};
}

/// A body, a cookie or a header of its own: what the test is about may lie there.
inline bool has_hidden_part(const codec::YamlNode& input)
{
    static constexpr std::array<std::string_view, 12> kUsual = {
        "host",          "user-agent",      "accept", "referer",         "connection",
        "pragma",        "keep-alive",      "origin", "accept-language", "accept-encoding",
        "cache-control", "proxy-connection"};
    const codec::YamlNode* headers = input.find("headers");
    const bool has_own_header =
        headers != nullptr && std::ranges::any_of(headers->entries, [](const auto& entry) {
            std::string name = entry.key.text;
            std::ranges::transform(name, name.begin(),
                                   [](unsigned char c) { return std::tolower(c); });
            return std::ranges::find(kUsual, name) == kUsual.end() && !name.starts_with("accept-");
        });
    return has_own_header || input.find("data") != nullptr ||
           input.find("encoded_request") != nullptr;
}

inline bool shows_something(const codec::YamlNode& input, const std::string& uri,
                            const std::string& agent, const std::string& referrer)
{
    static constexpr std::array<std::string_view, 6> kPlain = {"/",         "/get", "/post",
                                                               "/anything", "/put", "/headers"};
    const std::string path = uri.substr(0, uri.find('?'));
    const bool has_query = path.size() + 1 < uri.size();
    const bool is_plain = std::ranges::find(kPlain, path) != kPlain.end();
    const bool is_own_agent = agent.empty() || agent.find("OWASP CRS") != std::string::npos;
    return has_query || !is_own_agent || (!is_plain && !has_hidden_part(input)) ||
           (!referrer.empty() && !has_hidden_part(input));
}

inline CrsRequest to_request(const codec::YamlNode& input)
{
    const codec::YamlNode* headers = input.find("headers");
    std::string method = text_at(&input, "method");
    std::string uri = text_at(&input, "uri");
    const std::string agent = header_of(headers, "user-agent");
    const std::string referrer = header_of(headers, "referer");
    method = method.empty() ? "GET" : method;
    uri = uri.empty() ? "/" : uri;
    const auto shown = [](const std::string& text) {
        return text.empty() ? std::string("-") : log_escaped(text);
    };
    CrsRequest request;
    request.line = "203.0.113.7 - - [03/Oct/2026:07:05:09 +0000] \"" + log_escaped(method) + " " +
                   log_escaped(uri) + " HTTP/1.1\" 200 512 \"" + shown(referrer) + "\" \"" +
                   shown(agent) + "\"";
    request.is_visible = shows_something(input, uri, agent, referrer);
    return request;
}

inline bool has_items(const codec::YamlNode* log, std::string_view key)
{
    const codec::YamlNode* list = log != nullptr ? log->find(key) : nullptr;
    return list != nullptr && !list->items.empty();
}

/// Every stage of every test below `folder`; files that are no tests give none.
inline std::vector<CrsRequest> read_crs(const std::filesystem::path& folder)
{
    std::vector<CrsRequest> requests;
    for (const auto& path : yaml_below(folder, Kind::Content)) {
        const codec::YamlStream stream = codec::parse_yaml(read_text(path));
        const codec::YamlNode* tests =
            stream.documents.empty() ? nullptr : stream.documents[0].find("tests");
        if (tests == nullptr) {
            continue;
        }
        for (const codec::YamlNode& test : tests->items) {
            const codec::YamlNode* stages = test.find("stages");
            for (const auto& stage :
                 stages != nullptr ? stages->items : std::vector<codec::YamlNode>()) {
                const codec::YamlNode* input = stage.find("input");
                const codec::YamlNode* output = stage.find("output");
                if (input == nullptr || output == nullptr) {
                    continue;
                }
                CrsRequest request = to_request(*input);
                request.attack_class = path.stem().string().substr(0, 3);
                request.test = path.stem().string() + "-" + text_at(&test, "test_id");
                request.is_attack = has_items(output->find("log"), "expect_ids");
                requests.push_back(std::move(request));
            }
        }
    }
    return requests;
}

} // namespace tanggap::rules_check
