// Records to events: the decoder of a source, chosen and applied. Pure: no files, no clock.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/event.h"
#include "model/record.h"

namespace tanggap::normalize {

/// A problem in a text people wrote; all of a file's are given in one pass.
struct Diagnostic {
    enum class Severity { Warning, Error };
    Severity severity = Severity::Error;
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
    std::string message;
    std::string hint;
};

/// One content/sources file, already read by the caller.
struct SourceFile {
    std::string name; ///< file name, for messages
    std::string yaml;
    bool overriding = false; ///< a user's file; wins over an embedded one of the same id
};

struct SourceInfo {
    std::string id; ///< "apache_access"
    std::string title;
    std::string title_id;
    std::string dataset; ///< "apache.access"
    std::string format;  ///< "lines", "json"
    bool overriding = false;
};

/// The loaded sources. Immutable after load; published as shared_ptr<const Sources>.
class Sources {
public:
    struct Loaded;
    /// Files that fail are left out and reported; the rest loads.
    static std::shared_ptr<const Sources> load(std::span<const SourceFile> files,
                                               std::vector<Diagnostic>& diagnostics);
    ~Sources();
    Sources(const Sources&) = delete;

    std::vector<SourceInfo> list() const;
    bool knows(std::string_view id) const;

    /// Rulings 23: the source that reads most of the first records; "generic_text" at the least.
    std::string choose(std::span<const std::string_view> records) const;

    const Loaded& loaded() const { return *loaded_; }
    /// Keeps the names that events view; decode() gives it to the batch.
    std::shared_ptr<const void> hold() const { return loaded_; }

private:
    Sources();
    std::shared_ptr<Loaded> loaded_;
};

/// A record that gave no event.
struct Rejected {
    std::size_t record_index = 0;
    model::QuarantineReason reason;
    std::string detail; ///< what was found, what was expected
};

/// Decodes one chunk: each record gives one event in `out` (in order) or one entry in the result.
/// `stream.source` empty means choose from the chunk's own first records. Views in `out` point
/// into `records`, which must outlive it (EventBatch::hold).
/// Determinism: the same chunk and sources give byte-identical events.
std::vector<Rejected> decode(const Sources& sources, const model::StreamContext& stream,
                             std::span<const model::Record> records, base::Time received,
                             model::EventBatch& out);

/// Errors: Invalid, saying what a zone looks like. For options and settings, before they are used.
base::Status check_timezone(std::string_view name);

} // namespace tanggap::normalize
