// Adds typed fields to one event.
#pragma once

#include <string>
#include <string_view>

#include "model/event.h"
#include "normalize/detail/spec.h"

namespace tanggap::normalize::detail {

/// Texts given to it must lie in the record or in the batch's arena; names in the sources.
class EventBuilder {
public:
    EventBuilder(model::EventBatch& batch, model::Event& event) : batch_(batch), event_(event) {}

    model::EventBatch& batch() { return batch_; }
    model::Event& event() { return event_; }

    void add(std::string_view name, model::Value value)
    {
        event_.fields.push_back({.name = name, .value = value});
    }
    /// Empty texts give no field.
    void add_text(std::string_view name, std::string_view text)
    {
        if (!text.empty()) {
            add(name, model::string_value(text));
        }
    }
    void add_flag(std::string_view name)
    {
        add(name, {.kind = model::Value::Kind::Bool, .boolean = true, .text = "true"});
    }
    /// `digits` must be an integer; what does not fit 64 bits is kept as text.
    void add_integer(std::string_view name, std::string_view digits);
    /// The constant must live in a source: events view its texts.
    void add_constant(const Constant& constant);
    void add_constants(const Constants& constants);
    /// False where `text` has not the shape of the type; nothing is added then.
    bool add(const Target& target, std::string_view text);
    /// An address in canonical form under `ip_name`, or anything else under `name`.
    void add_address(std::string_view name, std::string_view ip_name, std::string_view text);
    /// url.original with path, query, domain, port and tanggap.url.decoded.
    void add_url(std::string_view target, bool is_connect);
    /// Replaces what log writers escape; views the original where nothing changes.
    std::string_view without_escapes(std::string_view text);

private:
    model::EventBatch& batch_;
    model::Event& event_;
    std::string scratch_;
};

} // namespace tanggap::normalize::detail
