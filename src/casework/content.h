// What the files of content/{playbooks,clocks,holidays,taxonomies} have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tanggap::casework {

/// One text in both languages.
struct Text {
    std::string id{}; ///< Indonesian
    std::string en{};

    friend bool operator==(const Text&, const Text&) = default;
};

/// One file, already read by the caller. A later file of the same id wins.
struct ContentFile {
    std::string name;
    std::string yaml;
    bool overriding = false;
};

/// Units: line and column count from 1.
struct Diagnostic {
    enum class Severity : std::uint8_t { Warning, Error };
    Severity severity = Severity::Error;
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
    std::string message;
    std::string hint;
};

} // namespace tanggap::casework
