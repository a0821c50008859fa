// For tests and fuzzing: writes small EVTX files, right ones and wrong ones.
// Source: MS-EVEN6 §2.2.12 (BinXML), libevtx "Windows XML Event Log (EVTX) format" (file, chunk).
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::codec::evtx::testing {

inline std::string utf16(std::string_view ascii)
{
    std::string out;
    for (const char c : ascii) {
        out += c;
        out += '\0';
    }
    return out;
}

template <class Number>
std::string bytes_of(Number number)
{
    std::string out(sizeof(Number), '\0');
    std::memcpy(out.data(), &number, sizeof(Number));
    return out;
}

struct TestValue {
    std::uint8_t type = 0;
    std::string bytes;
};

inline TestValue text_value(std::string_view ascii)
{
    return {.type = 0x01, .bytes = utf16(ascii)};
}

/// One chunk, written from front to back: places in it are absolute, as the format wants them.
class ChunkWriter {
public:
    ChunkWriter() : bytes_(512, '\0') { bytes_.replace(0, 8, "ElfChnk", 8); }

    std::size_t at() const { return bytes_.size(); }
    void raw(std::string_view bytes) { bytes_ += bytes; }
    template <class Number>
    void number(Number value)
    {
        bytes_ += bytes_of(value);
    }
    std::string& bytes() { return bytes_; }

    /// A record whose BinXML `body` writes.
    void record(std::uint64_t id, const std::function<void()>& body)
    {
        const std::size_t start = at();
        raw(std::string_view("**\0\0", 4));
        number(std::uint32_t{0});
        number(id);
        number(std::uint64_t{132'500'000'001'234'567}); // 2020-11-16T11:33:20.1234567Z
        body();
        number(static_cast<std::uint32_t>(at() - start + 4));
        const auto size = static_cast<std::uint32_t>(at() - start);
        std::memcpy(bytes_.data() + start + 4, &size, sizeof size);
        last_id_ = id;
    }

    void fragment_head() { raw(std::string_view("\x0F\x01\x01\x00", 4)); }

    /// An instance with the definition in it; gives the place of the definition.
    std::uint32_t define(const std::function<void()>& body, const std::vector<TestValue>& values)
    {
        const auto definition = static_cast<std::uint32_t>(at() + 10);
        instance_head(definition);
        number(std::uint32_t{0});
        raw(std::string(16, 'g'));
        const std::size_t size_at = at();
        number(std::uint32_t{0});
        const std::size_t start = at();
        fragment_head();
        body();
        number(std::uint8_t{0});
        const auto size = static_cast<std::uint32_t>(at() - start);
        std::memcpy(bytes_.data() + size_at, &size, sizeof size);
        substitutions(values);
        return definition;
    }

    void use(std::uint32_t definition, const std::vector<TestValue>& values)
    {
        instance_head(definition);
        substitutions(values);
    }

    void open(std::string_view name, bool attributes = false, std::uint16_t dependency = 0xFFFF)
    {
        number(static_cast<std::uint8_t>(attributes ? 0x41 : 0x01));
        number(dependency);
        open_tail(name, attributes);
    }
    /// As in a record without a template.
    void open_bare(std::string_view name, bool attributes = false)
    {
        number(static_cast<std::uint8_t>(attributes ? 0x41 : 0x01));
        open_tail(name, attributes);
    }
    void attribute(std::string_view name)
    {
        number(std::uint8_t{0x06});
        this->name(name);
    }
    void text(std::string_view ascii)
    {
        raw(std::string_view("\x05\x01", 2));
        number(static_cast<std::uint16_t>(ascii.size()));
        raw(utf16(ascii));
    }
    void hole(std::uint16_t slot, std::uint8_t type = 0x01)
    {
        number(std::uint8_t{0x0E});
        number(slot);
        number(type);
    }
    void entity(std::string_view name)
    {
        number(std::uint8_t{0x09});
        this->name(name);
    }
    void content() { number(std::uint8_t{0x02}); }
    void close_empty() { number(std::uint8_t{0x03}); }
    void close() { number(std::uint8_t{0x04}); }
    void end() { number(std::uint8_t{0x00}); }

    /// <name>…</name> with one hole.
    void element(std::string_view name, std::uint16_t slot, std::uint16_t dependency = 0xFFFF)
    {
        open(name, false, dependency);
        content();
        hole(slot);
        close();
    }
    /// <Data Name="…">…</Data> with one hole.
    void data(std::string_view name, std::uint16_t slot)
    {
        open("Data", true);
        attribute("Name");
        text(name);
        content();
        hole(slot);
        close();
    }

    /// The chunk as it lies in a file: head filled in, sums right, 64 KiB.
    std::string finish() const
    {
        std::string out = bytes_;
        const auto free_space = static_cast<std::uint32_t>(out.size());
        put(out, 32, last_id_);
        put(out, 40, std::uint32_t{128});
        put(out, 48, free_space);
        put(out, 52, sum(out, 512, out.size()));
        out.resize(65'536);
        const std::uint32_t front = sum(out, 0, 120);
        put(out, 124,
            static_cast<std::uint32_t>(
                crc32(front, reinterpret_cast<const unsigned char*>(out.data()) + 128, 384)));
        return out;
    }

private:
    template <class Number>
    static void put(std::string& out, std::size_t at, Number value)
    {
        std::memcpy(out.data() + at, &value, sizeof value);
    }
    static std::uint32_t sum(const std::string& bytes, std::size_t from, std::size_t to)
    {
        return static_cast<std::uint32_t>(
            crc32(0, reinterpret_cast<const unsigned char*>(bytes.data()) + from,
                  static_cast<unsigned>(to - from)));
    }

    void instance_head(std::uint32_t definition)
    {
        raw(std::string_view("\x0C\x01", 2));
        number(std::uint32_t{7});
        number(definition);
    }
    void substitutions(const std::vector<TestValue>& values)
    {
        number(static_cast<std::uint32_t>(values.size()));
        for (const TestValue& value : values) {
            number(static_cast<std::uint16_t>(value.bytes.size()));
            number(value.type);
            number(std::uint8_t{0});
        }
        for (const TestValue& value : values) {
            raw(value.bytes);
        }
    }
    void open_tail(std::string_view name, bool attributes)
    {
        number(std::uint32_t{0});
        this->name(name);
        if (attributes) {
            number(std::uint32_t{0});
        }
    }
    void name(std::string_view ascii)
    {
        number(static_cast<std::uint32_t>(at() + 4));
        number(std::uint32_t{0});
        number(std::uint16_t{0});
        number(static_cast<std::uint16_t>(ascii.size()));
        raw(utf16(ascii));
        number(std::uint16_t{0});
    }

    std::string bytes_;
    std::uint64_t last_id_ = 0;
};

/// A file of whole chunks.
inline std::string file_of(const std::vector<std::string>& chunks)
{
    std::string out("ElfFile\0", 8);
    out.resize(4096);
    for (const std::string& chunk : chunks) {
        out += chunk;
    }
    return out;
}

/// Records of the usual shape: System in a template of its own, EventData in a second inside it.
inline std::string usual_chunk()
{
    ChunkWriter to;
    std::uint32_t event = 0;
    std::uint32_t data = 0;
    const auto system = [&] {
        to.open("Event", true);
        to.attribute("xmlns");
        to.text("urn:x");
        to.content();
        to.open("System");
        to.content();
        to.open("Provider", true);
        to.attribute("Name");
        to.text("Test-Provider");
        to.attribute("Guid");
        to.hole(3, 0x0F);
        to.close_empty();
        to.element("EventID", 0);
        to.element("Version", 4, 4);
        to.open("TimeCreated", true);
        to.attribute("SystemTime");
        to.hole(1, 0x11);
        to.close_empty();
        to.close();
        to.open("EventData");
        to.content();
        to.hole(2, 0x21);
        to.close();
        to.close();
    };
    const auto values = [&](std::uint16_t id, const std::string& nested) {
        return std::vector<TestValue>{
            {.type = 0x06, .bytes = bytes_of(id)},
            {.type = 0x11, .bytes = bytes_of(std::uint64_t{132'500'000'001'234'567})},
            {.type = 0x21, .bytes = nested},
            {.type = 0x0F,
             .bytes = std::string("\x01\x02\x03\x04\x05\x06\x07\x08"
                                  "\x09\x0A\x0B\x0C\x0D\x0E\x0F\x10",
                                  16)},
            {.type = 0x00, .bytes = {}}};
    };
    // A definition inside a value must know its place: it is defined by a record of its own first.
    to.record(1, [&] {
        to.fragment_head();
        data = to.define(
            [&] {
                to.data("CommandLine", 0);
                to.data("Threat Name", 1);
                to.element("Item", 2);
            },
            {text_value("a \"b\""), text_value(""), {.type = 0x81, .bytes = utf16({"x\0y\0", 4})}});
        to.end();
    });
    for (std::uint16_t id = 2; id < 4; ++id) {
        to.record(id, [&] {
            to.fragment_head();
            ChunkWriter nested;
            nested.bytes().clear();
            nested.fragment_head();
            nested.use(data, {text_value("cmd <1>"),
                              text_value("Eicar"),
                              {.type = 0x88, .bytes = bytes_of(5U) + bytes_of(6U)}});
            nested.end();
            if (id == 2) {
                event = to.define(system, values(id, nested.bytes()));
            } else {
                to.use(event, values(id, nested.bytes()));
            }
            to.end();
        });
    }
    return to.finish();
}

} // namespace tanggap::codec::evtx::testing
