#include "store/clickhouse/shape.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "store/clickhouse/varint.h"

namespace tanggap::store::clickhouse {
namespace {

using model::Value;

/// How far beyond the last value found the next is looked for: JSON keeps the order of its fields.
constexpr std::size_t kSearchBytes = 256;
/// Shorter values cost less as text than as a place.
constexpr std::size_t kPlaceBytesMin = 3;

constexpr std::string_view kKinds = "nbifs"; ///< by Value::Kind

/// Where values lie in the record.
class Places {
public:
    explicit Places(std::string_view record) : record_(record) {}

    /// Offset of `text` in the record; npos when it is not found nearby.
    std::size_t find(std::string_view text)
    {
        if (text.size() < kPlaceBytesMin) {
            return std::string_view::npos;
        }
        std::size_t at = offset_of_view(text);
        if (at == std::string_view::npos) {
            const std::size_t window =
                std::min(record_.size() - cursor_, text.size() + kSearchBytes);
            const std::size_t found = record_.substr(cursor_, window).find(text);
            at = found == std::string_view::npos ? found : cursor_ + found;
        }
        if (at != std::string_view::npos) {
            cursor_ = at + text.size();
        }
        return at;
    }

private:
    std::size_t offset_of_view(std::string_view text) const
    {
        const std::less_equal<const char*> before;
        const bool inside = before(record_.data(), text.data()) &&
                            before(text.data() + text.size(), record_.data() + record_.size());
        return inside ? static_cast<std::size_t>(text.data() - record_.data())
                      : std::string_view::npos;
    }

    std::string_view record_;
    std::size_t cursor_ = 0;
};

void append_name(std::string& shape, std::string_view name)
{
    constexpr std::string_view kMarks("\n\\\0", 3);
    if (name.find_first_of(kMarks) == std::string_view::npos) {
        shape += name;
    } else {
        for (const char c : name) {
            shape += kMarks.contains(c) ? std::string("\\") : std::string();
            shape += c == '\n' ? 'n' : c == '\0' ? '0' : c;
        }
    }
    shape += '\n';
}

std::string unescape_name(std::string_view name)
{
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '\\' && i + 1 < name.size()) {
            ++i;
            out += name[i] == 'n' ? '\n' : name[i] == '0' ? '\0' : name[i];
        } else {
            out += name[i];
        }
    }
    return out;
}

std::uint64_t nanoseconds_below_micro(base::Time time)
{
    return static_cast<std::uint64_t>(time.ns - time.micros() * 1000);
}

std::unexpected<base::Error> does_not_fit(std::string_view what)
{
    return base::corrupt("an archived event cannot be read back: " + std::string(what));
}

/// Takes the text of one value.
base::Result<std::string_view> take_value(std::string_view& values, std::string_view record)
{
    std::uint64_t number = 0;
    if (!take_varint(values, number)) {
        return does_not_fit("its values end early");
    }
    const std::uint64_t size = number / 2;
    if (number % 2 == 0) {
        if (size > values.size()) {
            return does_not_fit("a value is cut off");
        }
        const std::string_view text = values.substr(0, size);
        values.remove_prefix(size);
        return text;
    }
    std::uint64_t at = 0;
    if (!take_varint(values, at) || at > record.size() || size > record.size() - at) {
        return does_not_fit("a value lies outside the record");
    }
    return record.substr(at, size);
}

void set_number(Value& value)
{
    const char* const end = value.text.data() + value.text.size();
    if (value.kind == Value::Kind::Integer) {
        std::from_chars(value.text.data(), end, value.integer);
    } else if (value.kind == Value::Kind::Float) {
        std::from_chars(value.text.data(), end, value.real);
    } else if (value.kind == Value::Kind::Bool) {
        value.boolean = value.text == "true";
    }
}

} // namespace

void append_shape(std::string& shape, const model::Event& event)
{
    for (const model::Field& field : event.fields) {
        shape += kKinds[static_cast<std::size_t>(field.value.kind)];
        append_name(shape, field.name);
    }
}

void append_values(std::string& values, const model::Event& event)
{
    Places places(event.original);
    append_varint(values, nanoseconds_below_micro(event.time));
    append_varint(values, nanoseconds_below_micro(event.received));
    for (const model::Field& field : event.fields) {
        const std::string_view text = field.value.text;
        if (field.value.kind == Value::Kind::Null) {
            continue;
        }
        const std::size_t at = places.find(text);
        if (at == std::string_view::npos) {
            append_varint(values, text.size() * 2);
            values += text;
        } else {
            append_varint(values, text.size() * 2 + 1);
            append_varint(values, at);
        }
    }
}

base::Status read_shape(std::string_view shape, std::string_view values, model::EventBatch& batch,
                        model::Event& event)
{
    std::uint64_t time_ns = 0;
    std::uint64_t received_ns = 0;
    if (!take_varint(values, time_ns) || !take_varint(values, received_ns) || time_ns > 999 ||
        received_ns > 999) {
        return does_not_fit("its times are cut off");
    }
    event.time.ns += static_cast<std::int64_t>(time_ns);
    event.received.ns += static_cast<std::int64_t>(received_ns);
    while (!shape.empty()) {
        const std::size_t kind = kKinds.find(shape.front());
        const std::size_t end = shape.find('\n');
        if (kind == std::string_view::npos || end == std::string_view::npos) {
            return does_not_fit("its list of fields is broken");
        }
        std::string_view name = shape.substr(1, end - 1);
        shape.remove_prefix(end + 1);
        if (name.contains('\\')) {
            name = batch.keep(unescape_name(name));
        }
        Value value;
        value.kind = static_cast<Value::Kind>(kind);
        if (value.kind != Value::Kind::Null) {
            TRY(const std::string_view text, take_value(values, event.original));
            value.text = text;
            set_number(value);
        }
        event.fields.push_back({.name = name, .value = value});
    }
    if (!values.empty()) {
        return does_not_fit("it has more values than fields");
    }
    return {};
}

} // namespace tanggap::store::clickhouse
