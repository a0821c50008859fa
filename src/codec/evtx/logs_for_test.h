// For tests: the event logs of the corpora of real data, unpacked in memory.
#pragma once

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "codec/compress.h"

namespace tanggap::codec::testing {

inline constexpr const char* kLogSets[] = {"deepbluecli", "evtx-attack-samples",
                                           "evtx-to-mitre-attack", "parser-edge-cases", "yamato"};

/// The folder of event logs; empty where no corpora are named.
inline std::filesystem::path event_logs()
{
    const char* corpora = std::getenv("TANGGAP_CORPORA");
    return corpora == nullptr ? std::filesystem::path() : std::filesystem::path(corpora) / "evtx";
}

inline std::string text_of(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    EXPECT_TRUE(in.good()) << path;
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string unpacked(const std::filesystem::path& path)
{
    std::string out;
    auto file = open_file_bytes(path.string());
    auto bytes = file ? unpack(std::move(*file)) : std::move(file);
    std::vector<char> piece(1 << 20);
    while (bytes) {
        const auto count = (*bytes)->read(piece);
        if (!count || *count == 0) {
            break;
        }
        out.append(piece.data(), *count);
    }
    return out;
}

/// Source: POSIX ustar: name at 0 (100), size at 124 (12, octal), type at 156, prefix at 345 (155);
/// type x: a long name of the next, as "<length> path=<name>\n".
inline std::map<std::string, std::string> files_of_tar(const std::string& tar)
{
    constexpr std::size_t kBlock = 512;
    std::map<std::string, std::string> files;
    const auto text = [&](std::size_t at, std::size_t length) {
        const auto field = std::string_view(tar).substr(at, length);
        return std::string(field.substr(0, field.find('\0')));
    };
    std::string long_name;
    for (std::size_t at = 0; at + kBlock <= tar.size() && tar[at] != '\0';) {
        const auto octal = text(at + 124, 12);
        std::size_t size = 0;
        std::from_chars(octal.data(), octal.data() + octal.size(), size, 8);
        const char type = tar[at + 156];
        const auto prefix = text(at + 345, 155);
        auto path = prefix.empty() ? text(at, 100) : prefix + "/" + text(at, 100);
        auto body = tar.substr(at + kBlock, size);
        at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
        if (type == 'x') {
            const auto start = body.find(" path=");
            if (start != std::string::npos) {
                long_name = body.substr(start + 6, body.find('\n', start) - start - 6);
            }
            continue;
        }
        if (!long_name.empty()) {
            path = std::exchange(long_name, {});
        }
        if (path.ends_with(".evtx")) {
            files.emplace(std::move(path), std::move(body));
        }
    }
    return files;
}

} // namespace tanggap::codec::testing
