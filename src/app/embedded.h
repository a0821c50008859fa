// Files linked into the binary: content/ (knowledge as data), and the parts of the hunt's page.
#pragma once

#include <cstddef>
#include <string_view>

namespace tanggap::app {

struct EmbeddedFile {
    const char* path; ///< relative to content/, e.g. "sources/apache_access.yaml"
    const char* begin;
    const char* end;

    std::string_view bytes() const { return {begin, static_cast<std::size_t>(end - begin)}; }
};

extern const EmbeddedFile content_files[];
extern const std::size_t content_count;
extern const EmbeddedFile hunt_page_files[]; ///< page.css, page.js

} // namespace tanggap::app
