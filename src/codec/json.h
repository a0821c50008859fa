// One JSON object to flat fields: {"a":{"b":[1,2]}} gives a.b=1 and a.b=2.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/record.h"

namespace tanggap::codec {

/// Why a text is no object that we take.
struct JsonProblem {
    model::QuarantineReason reason = model::QuarantineReason::BadJson;
    std::string detail;
};

/// Owns the parser's memory, which is used again. Thread: one owner.
class JsonFlattener {
public:
    JsonFlattener();
    ~JsonFlattener();
    JsonFlattener(JsonFlattener&&) noexcept;
    JsonFlattener& operator=(JsonFlattener&&) noexcept;

    /// Fields of `object` in the order written; names and texts are kept in `batch`.
    /// Arrays give their elements under one name, also arrays of objects. Empty objects and arrays
    /// give nothing. Every value of a repeated key is given and `duplicate_key` is set.
    /// `object` must be UTF-8. Limits: kEventFieldsMax fields, kNestingMax levels.
    std::optional<JsonProblem> flatten(std::string_view object, model::EventBatch& batch,
                                       std::vector<model::Field>& fields, bool& duplicate_key);

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

} // namespace tanggap::codec
