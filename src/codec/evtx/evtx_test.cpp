#include "codec/evtx.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codec/evtx/writer_for_test.h"
#include "generated/source_dir.h"

namespace tanggap::codec {
namespace {

using evtx::testing::bytes_of;
using evtx::testing::ChunkWriter;
using evtx::testing::file_of;
using evtx::testing::TestValue;
using evtx::testing::text_value;
using evtx::testing::usual_chunk;
using evtx::testing::utf16;

enum class As { Json, Plain, Beside, Xml };

std::string written(EvtxReader& reader, As as)
{
    const EvtxJsonOptions plain{.attributes = EvtxAttributes::Inside, .style = EvtxStyle::Plain};
    const EvtxJsonOptions beside{.attributes = EvtxAttributes::Beside};
    const auto text = as == As::Xml      ? reader.xml()
                      : as == As::Plain  ? reader.json(plain)
                      : as == As::Beside ? reader.json(beside)
                                         : reader.json({});
    return text ? std::string(*text) : "! " + text.error().message;
}

/// Each record on a line, "! …" for what cannot be read.
std::vector<std::string> read_all(const std::string& file, As as = As::Json,
                                  const EvtxOptions& options = {})
{
    auto reader = EvtxReader::open(memory_bytes(file, 1000), options);
    if (!reader) {
        return {"! " + reader.error().message};
    }
    std::vector<std::string> out;
    EvtxRecord record;
    for (;;) {
        const auto more = (*reader)->next(record);
        if (!more || !*more) {
            break;
        }
        out.push_back(record.damage.empty() ? written(**reader, as) : "! " + record.damage);
    }
    return out;
}

/// One record of one template whose body `write` writes, with these values.
std::string one(const std::function<void(ChunkWriter&)>& write,
                const std::vector<TestValue>& values, As as = As::Json)
{
    ChunkWriter to;
    to.record(1, [&] {
        to.fragment_head();
        to.define([&] { write(to); }, values);
        to.end();
    });
    const auto all = read_all(file_of({to.finish()}), as);
    return all.empty() ? "nothing" : all.front();
}

std::string value_of(std::uint8_t type, const std::string& bytes, As as = As::Json)
{
    return one([](ChunkWriter& to) { to.element("V", 0); }, {{.type = type, .bytes = bytes}}, as);
}

TEST(Evtx, a_record_of_two_templates_is_one_event)
{
    const auto all = read_all(file_of({usual_chunk()}));
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[1], R"({"Event":{"System":{"Provider":{"#attributes":{)"
                      R"("Name":"Test-Provider","Guid":"{04030201-0605-0807-090A-0B0C0D0E0F10}"}},)"
                      R"("EventID":2,"TimeCreated":{"#attributes":{"SystemTime":)"
                      R"("2020-11-16T11:33:20.1234567Z"}}},"EventData":{"CommandLine":"cmd <1>",)"
                      R"("Threat Name":"Eicar","Item":5,"Item_1":6}}})");
    EXPECT_TRUE(all[2].contains(R"("EventID":3)")) << all[2];
}

TEST(Evtx, plain_style_keeps_what_is_absent_and_writes_six_digits)
{
    const auto all = read_all(file_of({usual_chunk()}), As::Plain);
    EXPECT_TRUE(all[1].starts_with(R"({"Event":{"#attributes":{"xmlns":"urn:x"},)")) << all[1];
    EXPECT_TRUE(all[1].contains(R"("Version":null)")) << all[1];
    EXPECT_TRUE(all[1].contains(R"("2020-11-16T11:33:20.123456Z")")) << all[1];
    EXPECT_TRUE(all[1].contains(R"("Guid":"04030201-)")) << all[1];
}

TEST(Evtx, attributes_can_stand_beside_their_element)
{
    const auto all = read_all(file_of({usual_chunk()}), As::Beside);
    EXPECT_TRUE(all[1].starts_with(R"({"Event":{"System":{"Provider_attributes":{)")) << all[1];
    EXPECT_FALSE(all[1].contains("\"Provider\"")) << all[1];
}

TEST(Evtx, xml_escapes_and_leaves_out_what_is_absent)
{
    const auto all = read_all(file_of({usual_chunk()}), As::Xml);
    EXPECT_EQ(all[1],
              R"(<Event xmlns="urn:x"><System><Provider Name="Test-Provider" )"
              R"(Guid="{04030201-0605-0807-090A-0B0C0D0E0F10}"/><EventID>2</EventID>)"
              R"(<TimeCreated SystemTime="2020-11-16T11:33:20.1234567Z"/></System><EventData>)"
              R"(<Data Name="CommandLine">cmd &lt;1&gt;</Data><Data Name="Threat Name">Eicar)"
              R"(</Data><Item>5</Item><Item>6</Item></EventData></Event>)");
}

TEST(Evtx, values_of_each_type)
{
    const auto json = [](std::uint8_t type, const std::string& bytes) {
        const std::string whole = value_of(type, bytes);
        return whole.substr(5, whole.size() - 6);
    };
    EXPECT_EQ(json(0x00, ""), "null");
    EXPECT_EQ(json(0x01, utf16("ab\\\n")), R"("ab\\\n")");
    EXPECT_EQ(json(0x01, utf16({"ab\0\0", 4})), R"("ab")");
    EXPECT_EQ(json(0x01, std::string("\x3D\xD8\x00\xDE", 4)), "\"\xF0\x9F\x98\x80\"");
    EXPECT_EQ(json(0x01, std::string("\x00\xD8\x41\x00", 4)), "\"\xEF\xBF\xBD"
                                                              "A\"");
    EXPECT_EQ(json(0x02, std::string("\x80x\0", 3)), "\"\xE2\x82\xACx\"");
    EXPECT_EQ(json(0x03, "\xFF"), "-1");
    EXPECT_EQ(json(0x04, "\xFF"), "255");
    EXPECT_EQ(json(0x05, "\xFE\xFF"), "-2");
    EXPECT_EQ(json(0x06, "\xFE\xFF"), "65534");
    EXPECT_EQ(json(0x07, bytes_of(-3)), "-3");
    EXPECT_EQ(json(0x08, bytes_of(4'000'000'000U)), "4000000000");
    EXPECT_EQ(json(0x09, bytes_of(std::int64_t{-4})), "-4");
    EXPECT_EQ(json(0x0A, bytes_of(UINT64_MAX)), "18446744073709551615");
    EXPECT_EQ(json(0x0B, bytes_of(1.5F)), R"("1.5")");
    EXPECT_EQ(json(0x0C, bytes_of(-0.1)), R"("-0.1")");
    EXPECT_EQ(json(0x0D, bytes_of(0)), "false");
    EXPECT_EQ(json(0x0D, bytes_of(256)), "true");
    EXPECT_EQ(json(0x0E, "\x0F\xA0"), R"("0FA0")");
    EXPECT_EQ(json(0x10, bytes_of(0x7EECU)), R"("0x7eec")");
    EXPECT_EQ(json(0x11, bytes_of(std::uint64_t{0})), R"("1601-01-01T00:00:00.0000000Z")");
    std::string system_time;
    for (const int part : {2020, 2, 6, 29, 23, 59, 58, 7}) {
        system_time += bytes_of(static_cast<std::uint16_t>(part));
    }
    EXPECT_EQ(json(0x12, system_time), R"("2020-02-29T23:59:58.0070000Z")");
    EXPECT_EQ(json(0x13, std::string("\x01\x02\0\0\0\0\0\x05", 8) + bytes_of(32U) + bytes_of(544U)),
              R"("S-1-5-32-544")");
    EXPECT_EQ(json(0x14, bytes_of(0x1FU)), R"("0x1f")");
    EXPECT_EQ(json(0x15, bytes_of(std::uint64_t{0x8020000000000000})), R"("0x8020000000000000")");
}

TEST(Evtx, a_value_that_does_not_fit_its_type_is_written_in_hex)
{
    EXPECT_EQ(value_of(0x08, "\x01\x02"), R"({"V":"0102"})");
    EXPECT_EQ(value_of(0x13, "\x01\x7F"), R"({"V":"017F"})");
    EXPECT_EQ(value_of(0x7F, "\x01"), R"({"V":"01"})");
}

TEST(Evtx, arrays_repeat_the_element_around_them)
{
    EXPECT_EQ(value_of(0x81, utf16({"a\0\0b", 4})), R"({"V":"a","V_1":null,"V_2":"b"})");
    EXPECT_EQ(value_of(0x86, ""), R"({"V":null})");
    EXPECT_EQ(value_of(0x81, utf16({"a\0\0b", 4}), As::Xml), "<V>a</V><V/><V>b</V>");
    const auto both = [](ChunkWriter& to) {
        to.open("V", true);
        to.attribute("n");
        to.hole(0);
        to.content();
        to.hole(1);
        to.close();
    };
    EXPECT_EQ(one(both, {{.type = 0x84, .bytes = "\x01\x02"}, {.type = 0x81, .bytes = utf16("x")}},
                  As::Xml),
              R"(<V n="1">x</V><V n="2"/>)");
}

TEST(Evtx, data_without_names_is_one_list)
{
    const auto body = [](ChunkWriter& to) {
        to.open("EventData");
        to.content();
        to.element("Data", 0);
        to.element("Binary", 1);
        to.close();
    };
    const TestValue binary{.type = 0x0E, .bytes = "\x01"};
    EXPECT_EQ(one(body, {{.type = 0x81, .bytes = utf16({"a\0b\0\0", 5})}, binary}),
              R"({"EventData":{"Data":{"#text":["a","b",""]},"Binary":"01"}})");
    EXPECT_EQ(one(body, {text_value("a"), binary}),
              R"({"EventData":{"Data":{"#text":"a"},"Binary":"01"}})");
}

TEST(Evtx, text_entities_and_elements_may_stand_together)
{
    const auto body = [](ChunkWriter& to) {
        to.open("A");
        to.content();
        to.text("1");
        to.entity("lt");
        to.hole(0);
        to.open("B", true);
        to.attribute("x");
        to.text("<");
        to.close_empty();
        to.text("z");
        to.close();
    };
    const std::vector<TestValue> values{{.type = 0x04, .bytes = "\x07"}};
    EXPECT_EQ(one(body, values),
              R"({"A":{"#text":"1<7","B":{"#attributes":{"x":"<"}},"#text_1":"z"}})");
    EXPECT_EQ(one(body, values, As::Xml), R"(<A>1&lt;7<B x="&lt;"/>z</A>)");
}

TEST(Evtx, text_of_each_length_is_whole_with_and_without_other_letters)
{
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
    for (std::size_t length = 1; length <= kLetters.size(); ++length) {
        const std::string plain(kLetters.substr(0, length));
        EXPECT_EQ(value_of(0x01, utf16(plain)), R"({"V":")" + plain + R"("})");
        for (std::size_t at = 0; at < length; ++at) {
            std::string units = utf16(plain);
            units.replace(at * 2, 2, "\xE9\x00", 2); // e with an acute accent
            std::string expected = plain;
            expected.replace(at, 1, "\xC3\xA9");
            EXPECT_EQ(value_of(0x01, units), R"({"V":")" + expected + R"("})");
            expected.replace(at, 2, "&lt;");
            units.replace(at * 2, 2, "<\x00", 2);
            EXPECT_EQ(value_of(0x01, units, As::Xml), "<V>" + expected + "</V>");
        }
    }
}

/// A record of elements alone.
std::string bare_chunk()
{
    ChunkWriter to;
    to.record(9, [&] {
        to.fragment_head();
        to.open_bare("Event", true);
        to.attribute("a");
        to.text("1");
        to.content();
        to.open_bare("B");
        to.content();
        to.text("x");
        to.close();
        to.close();
        to.end();
    });
    return to.finish();
}

TEST(Evtx, a_record_may_do_without_a_template)
{
    EXPECT_EQ(read_all(file_of({bare_chunk()})).at(0),
              R"({"Event":{"#attributes":{"a":"1"},"B":"x"}})");
}

TEST(Evtx, names_cannot_break_out_of_the_markup)
{
    const auto body = [](ChunkWriter& to) { to.element("a><b \"", 0); };
    EXPECT_EQ(one(body, {text_value("x")}, As::Xml), "<a__b__>x</a__b__>");
}

TEST(Evtx, damage_costs_its_record_and_no_more)
{
    std::string chunk = usual_chunk();
    const std::size_t second = chunk.find("**", 520);
    std::string bad_token = chunk;
    bad_token[bad_token.find(utf16("EventID")) - 19] = '\x7F'; // the token that opens EventID
    auto all = read_all(file_of({bad_token, chunk}));
    ASSERT_EQ(all.size(), 6U);
    EXPECT_TRUE(all[1].starts_with("! BinXML at byte")) << all[1];
    EXPECT_TRUE(all[2].starts_with("! BinXML at byte")) << all[2];
    EXPECT_TRUE(all[4].starts_with("{\"Event\"")) << all[4];

    std::string bad_head = chunk;
    bad_head[second] = 'x';
    all = read_all(file_of({bad_head, chunk}));
    ASSERT_EQ(all.size(), 5U);
    EXPECT_TRUE(all[1].contains("where a record starts with")) << all[1];
    all = read_all(file_of({bad_head, chunk}), As::Json, {.recover = true});
    EXPECT_EQ(all.size(), 6U);

    std::string bad_chunk = chunk;
    bad_chunk[0] = 'x';
    all = read_all(file_of({bad_chunk, std::string(65'536, '\0'), chunk}));
    ASSERT_EQ(all.size(), 4U);
    EXPECT_TRUE(all[0].contains("where a chunk starts with")) << all[0];
}

TEST(Evtx, a_wrong_sum_is_told_and_read_past)
{
    std::string chunk = usual_chunk();
    chunk[chunk.find(utf16("cmd"))] = 'C';
    const std::string file = file_of({chunk});
    auto reader = EvtxReader::open(memory_bytes(file)).value();
    EvtxRecord record;
    ASSERT_TRUE(reader->next(record).value());
    EXPECT_FALSE(record.checksum_ok);
    EXPECT_EQ(reader->totals().checksum_mismatches, 1U);
    EXPECT_EQ(record.id, 1U);
    EXPECT_EQ(base::format_rfc3339(record.written), "2020-11-16T11:33:20.123456700Z");
}

TEST(Evtx, what_is_no_event_log_is_refused)
{
    EXPECT_EQ(read_all("MZ").at(0).substr(0, 6), "! 'MZ'");
    EXPECT_TRUE(read_all(file_of({})).empty());
    EXPECT_TRUE(read_all(file_of({usual_chunk()}).substr(0, 4096 + 300)).empty());
}

/// A value that stands in many holes, each of them BinXML that does the same, would never end.
std::string endless_chunk()
{
    ChunkWriter to;
    std::uint32_t fan = 0;
    to.record(1, [&] {
        to.fragment_head();
        fan = to.define(
            [&] {
                to.open("a");
                to.content();
                for (int i = 0; i < 100; ++i) {
                    to.hole(0, 0x21);
                }
                to.close();
            },
            {});
        to.end();
    });
    std::string value;
    for (int level = 0; level < 8; ++level) {
        ChunkWriter nested;
        nested.bytes().clear();
        nested.fragment_head();
        nested.use(fan, {{.type = 0x21, .bytes = value}});
        nested.end();
        value = nested.bytes();
    }
    to.record(2, [&] { to.raw(value); });
    return to.finish();
}

TEST(Evtx, what_writes_out_without_end_is_refused)
{
    const auto all = read_all(file_of({endless_chunk()}));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all[1].contains("writes out to more than")) << all[1];
}

TEST(Evtx, a_definition_outside_its_chunk_is_refused)
{
    for (const std::uint32_t place : {0U, 100U, 65'530U, 70'000U, UINT32_MAX}) {
        ChunkWriter to;
        to.record(1, [&] {
            to.fragment_head();
            to.use(place, {});
            to.end();
        });
        EXPECT_TRUE(read_all(file_of({to.finish()})).at(0).starts_with("! a template at byte"));
    }
}

std::string written(const EvtxLeaves& leaves)
{
    std::string out;
    for (const EvtxLeaf& leaf : leaves.leaves) {
        out += fmt::format("{}={};", leaves.names->text(leaf.name), leaves.text_of(leaf));
    }
    return out;
}

/// Wants the values whose name ends in one of some words, once Event.System is read.
class WantsEndings final : public EvtxWanted {
public:
    explicit WantsEndings(std::vector<std::string> endings) : endings_(std::move(endings)) {}
    void begin(const EvtxNames& names) override
    {
        names_ = &names;
        read_ = false;
    }
    void system_read(const EvtxLeaves& so_far) override
    {
        read_ = true;
        head = written(so_far);
    }
    bool wants(std::uint32_t name) override
    {
        return !read_ || std::ranges::any_of(endings_, [&](const std::string& ending) {
            return names_->text(name).ends_with(ending);
        });
    }
    std::string head;

private:
    std::vector<std::string> endings_;
    const EvtxNames* names_ = nullptr;
    bool read_ = false;
};

TEST(Evtx, values_come_with_the_paths_of_their_json)
{
    const std::string file = file_of({usual_chunk()});
    auto reader = EvtxReader::open(memory_bytes(file)).value();
    EvtxRecord record;
    ASSERT_TRUE(reader->next(record).value());
    ASSERT_TRUE(reader->next(record).value());
    const std::string system =
        "Event.System.Provider.#attributes.Name=Test-Provider;"
        "Event.System.Provider.#attributes.Guid={04030201-0605-0807-090A-0B0C0D0E0F10};"
        "Event.System.EventID=2;"
        "Event.System.TimeCreated.#attributes.SystemTime=2020-11-16T11:33:20.1234567Z;";
    const auto all = reader->leaves(nullptr).value();
    EXPECT_EQ(written(all), system + "Event.EventData.CommandLine=cmd <1>;"
                                     "Event.EventData.Threat Name=Eicar;"
                                     "Event.EventData.Item=5;Event.EventData.Item_1=6;");
    EXPECT_EQ(all.leaves[2].kind, model::Value::Kind::Integer);
    EXPECT_EQ(all.leaves[2].integer, 2);

    WantsEndings wanted({"Threat Name"});
    EXPECT_EQ(written(reader->leaves(&wanted).value()),
              system + "Event.EventData.Threat Name=Eicar;");
    EXPECT_EQ(wanted.head, system);
}

TEST(Evtx, the_name_of_data_may_come_in_parts_and_differ_from_record_to_record)
{
    const auto body = [](ChunkWriter& to) {
        to.open("EventData");
        to.content();
        for (const bool in_parts : {false, true, false}) {
            to.open("Data", true);
            to.attribute("Name");
            to.text("a");
            if (in_parts) {
                to.entity("amp");
                to.hole(0);
            }
            to.content();
            to.hole(1);
            to.close();
        }
        to.close();
    };
    ChunkWriter to;
    std::uint32_t definition = 0;
    std::uint64_t id = 0;
    for (const std::string_view part : {"x", "y"}) {
        to.record(++id, [&] {
            to.fragment_head();
            const std::vector<TestValue> values{text_value(part), text_value("v")};
            if (definition == 0) {
                definition = to.define([&] { body(to); }, values);
            } else {
                to.use(definition, values);
            }
            to.end();
        });
    }
    const std::string file = file_of({to.finish()});
    auto reader = EvtxReader::open(memory_bytes(file)).value();
    EvtxRecord record;
    for (const std::string part : {"x", "y"}) {
        ASSERT_TRUE(reader->next(record).value());
        EXPECT_EQ(written(reader->leaves(nullptr).value()),
                  "EventData.a=v;EventData.a&" + part + "=v;EventData.a_1=v;");
    }
}

TEST(Evtx, chunks_can_be_read_without_their_file)
{
    const std::string chunk = usual_chunk();
    auto reader = EvtxReader::of_chunks();
    for (const std::uint64_t at : {4096U, 69632U}) {
        reader->turn_to(memory_bytes(chunk), at);
        EvtxRecord record;
        ASSERT_TRUE(reader->next(record).value());
        EXPECT_EQ(record.id, 1U);
        EXPECT_EQ(record.offset, at + 512);
        EXPECT_TRUE(reader->leaves(nullptr).has_value());
    }
}

/// What fuzzing starts from: nothing finds the way through two templates by chance.
/// TANGGAP_GOLDEN_UPDATE=1 writes the seeds.
TEST(Evtx, the_seeds_of_fuzzing_are_what_the_writer_writes)
{
    const std::string folder = TANGGAP_SOURCE_DIR "/fuzz/seeds/codec_evtx/";
    for (const auto& [name, whole] :
         {std::pair("usual", usual_chunk()), std::pair("bare", bare_chunk())}) {
        const std::string chunk = whole.substr(0, whole.find_last_not_of('\0') + 1);
        if (std::getenv("TANGGAP_GOLDEN_UPDATE") != nullptr) {
            std::filesystem::create_directories(folder);
            std::ofstream(folder + name, std::ios::binary) << chunk;
        }
        std::ifstream in(folder + name, std::ios::binary);
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), chunk) << name;
    }
}

} // namespace
} // namespace tanggap::codec
