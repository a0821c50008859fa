// One usual JSON object to its values: what JsonFlattener gives, several times faster, with numbers
// in place of names.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "codec/json_names.h"
#include "model/event.h"

namespace tanggap::codec {

struct JsonLeaf {
    std::uint32_t name = 0;
    model::Value value;
};

/// Owns the memory of its work, which is used again. Thread: one owner.
class JsonLeaves {
public:
    JsonLeaves();
    ~JsonLeaves();
    JsonLeaves(const JsonLeaves&) = delete;

    /// Reads `object`, which may be anything. True: leaves() are the fields that
    /// JsonFlattener::flatten() gives for it, and it is UTF-8. False: it is no such object, or so
    /// unusual (deep, numbers beyond the machine, very many names) that the other must look at it.
    /// Lifetime: texts view `object` where it has no escapes, else `batch`.
    bool read(std::string_view object, model::EventBatch& batch);

    std::span<const JsonLeaf> leaves() const { return leaves_; }
    /// Whether an object of the last one read has a key twice.
    bool duplicate_key() const { return duplicate_key_; }
    const JsonNames& names() const { return names_; }

private:
    struct Marks;
    class Walk;

    std::unique_ptr<Marks> marks_;
    JsonNames names_;
    std::vector<JsonLeaf> leaves_;
    std::uint64_t objects_ = 0;
    bool duplicate_key_ = false;
};

} // namespace tanggap::codec
