#include "codec/records.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "base/id.h"
#include "base/limits.h"
#include "codec/evtx/writer_for_test.h"

namespace tanggap::codec {
namespace {

using base::limits::kLineBytesMax;
using base::limits::kOversizeKeptBytes;

std::string gzip(std::string_view plain)
{
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(plain.size() + 1024, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd(std::string_view plain)
{
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3));
    return out;
}

struct Read {
    std::vector<std::string> records;
    std::string error;
    Framing framing = Framing::Lines;
};

Read read_all(std::string_view bytes, std::size_t piece_bytes = 0, const UnpackLimits& limits = {})
{
    Read result;
    auto reader = RecordReader::open(memory_bytes(bytes, piece_bytes), limits);
    if (!reader) {
        result.error = reader.error().message;
        return result;
    }
    result.framing = (*reader)->framing();
    model::Record record;
    for (;;) {
        auto found = (*reader)->next(record);
        if (!found) {
            result.error = found.error().message;
            return result;
        }
        if (!*found) {
            return result;
        }
        result.records.push_back(record.bytes);
    }
}

using Records = std::vector<std::string>;

TEST(Records, lines_end_with_lf_or_crlf_and_the_last_may_lack_it)
{
    EXPECT_EQ(read_all("a\r\nb\n\n   \nc").records, (Records{"a", "b", "c"}));
    EXPECT_EQ(read_all("").records, Records{});
}

TEST(Records, the_size_of_the_pieces_read_makes_no_difference)
{
    const std::string text = "first line\r\nsecond\n{\"x\": \"a\\\"b\"}\nlast";
    for (const std::size_t piece : {1U, 2U, 3U, 7U}) {
        EXPECT_EQ(read_all(text, piece).records, read_all(text).records) << piece;
        EXPECT_EQ(read_all(gzip(text), piece).records, read_all(text).records) << piece;
        EXPECT_EQ(read_all(zstd(text), piece).records, read_all(text).records) << piece;
    }
}

TEST(Records, concatenated_members_are_one_stream)
{
    EXPECT_EQ(read_all(gzip("a\n") + gzip("b\n")).records, (Records{"a", "b"}));
    EXPECT_EQ(read_all(zstd("a\n") + zstd("b\n")).records, (Records{"a", "b"}));
}

TEST(Records, truncated_input_gives_the_good_part_and_then_a_clear_error)
{
    std::string plain;
    for (int i = 0; i < 20'000; ++i) {
        plain += base::sha256_hex(std::to_string(i)) + "\n";
    }
    for (const std::string& packed : {gzip(plain), zstd(plain)}) {
        const Read read = read_all(std::string_view(packed).substr(0, packed.size() / 2));
        EXPECT_GT(read.records.size(), 5'000U);
        EXPECT_NE(read.error.find("cut short"), std::string::npos) << read.error;
        EXPECT_EQ(read.records.front(), base::sha256_hex("0"));
    }
}

TEST(Records, a_damaged_member_is_an_error_not_an_end)
{
    std::string packed = gzip(std::string(100'000, 'x') + "\n");
    packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] ^ 1);
    EXPECT_NE(read_all(packed).error.find("damaged"), std::string::npos);
    EXPECT_NE(read_all(gzip("a\n") + "rubbish").error.find("no gzip member"), std::string::npos);
}

TEST(Records, a_ratio_limit_stops_a_bomb)
{
    const std::string bomb = gzip(std::string(20 * 1024 * 1024, '\n'));
    EXPECT_NE(read_all(bomb, 0, {.ratio_max = 100}).error.find("100"), std::string::npos);
    EXPECT_EQ(read_all(bomb).error, "");
    EXPECT_NE(read_all(bomb, 0, {.bytes_max = 1000}).error.find("quota"), std::string::npos);
}

TEST(Records, an_oversize_line_keeps_head_length_and_hash_and_reading_goes_on)
{
    const std::string long_line(5 * kLineBytesMax + 17, 'z');
    const std::string text = "before\n" + long_line + "\nafter\n";
    auto reader = *RecordReader::open(memory_bytes(text));
    model::Record record;
    ASSERT_TRUE(*reader->next(record));
    EXPECT_EQ(record.bytes, "before");
    EXPECT_FALSE(record.oversize());

    ASSERT_TRUE(*reader->next(record));
    EXPECT_EQ(record.full_length, long_line.size());
    EXPECT_EQ(record.full_sha256, base::sha256_hex(long_line));
    EXPECT_EQ(record.bytes, long_line.substr(0, kOversizeKeptBytes));
    EXPECT_LE(record.bytes.capacity(), 2 * kLineBytesMax);

    ASSERT_TRUE(*reader->next(record));
    EXPECT_EQ(record.bytes, "after");
    EXPECT_FALSE(record.oversize());
    EXPECT_FALSE(*reader->next(record));
}

TEST(Records, a_line_of_exactly_the_limit_is_not_oversize)
{
    const std::string text = std::string(kLineBytesMax, 'a') + "\n";
    auto reader = *RecordReader::open(memory_bytes(text));
    model::Record record;
    ASSERT_TRUE(*reader->next(record));
    EXPECT_FALSE(record.oversize());
    EXPECT_EQ(record.bytes.size(), kLineBytesMax);
}

TEST(Records, byte_order_marks_are_dropped_and_utf16_becomes_utf8)
{
    EXPECT_EQ(read_all("\xEF\xBB\xBFhalo\n").records, Records{"halo"});
    const std::string_view little("\xFF\xFEh\0a\0\r\0\n\0\x3D\xD8\x00\xDE!\0", 16);
    EXPECT_EQ(read_all(little).records, (Records{"ha", "\xF0\x9F\x98\x80!"}));
    EXPECT_EQ(read_all(little, 1).records, read_all(little).records);
    const std::string_view big("\xFE\xFF\0h\0a\0\n", 8);
    EXPECT_EQ(read_all(big).records, Records{"ha"});
    const std::string_view half("\xFF\xFE\x3D\xD8x\0", 6);
    EXPECT_EQ(read_all(half).records, Records{"\xEF\xBF\xBDx"});
}

TEST(Records, the_elements_of_one_json_array_are_records)
{
    const Read read = read_all("[\n  {\"a\": \"x]}\\\"\"},\n  {\"b\": [1, {\"c\": 2}]}\n]\n");
    EXPECT_EQ(read.framing, Framing::JsonValues);
    EXPECT_EQ(read.records, (Records{"{\"a\": \"x]}\\\"\"}", "{\"b\": [1, {\"c\": 2}]}"}));
    EXPECT_EQ(read_all("[{}]").records, Records{"{}"});
}

TEST(Records, pretty_printed_objects_are_records)
{
    const Read read = read_all("{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n");
    EXPECT_EQ(read.framing, Framing::JsonValues);
    EXPECT_EQ(read.records, (Records{"{\n  \"a\": 1\n}", "{\n  \"a\": 2\n}"}));
}

TEST(Records, objects_written_behind_each_other_are_records)
{
    const Read read = read_all("{\"a\":1}{\"a\":2} {\"a\":3}");
    EXPECT_EQ(read.framing, Framing::JsonValues);
    EXPECT_EQ(read.records, (Records{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}"}));
    EXPECT_EQ(read_all("{\"a\":1}").framing, Framing::Lines);
}

TEST(Records, json_lines_and_bracketed_logs_stay_lines)
{
    EXPECT_EQ(read_all("{\"a\":1}\n{\"a\":2}\n").framing, Framing::Lines);
    EXPECT_EQ(read_all("{\"a\":1,\n{\"a\":2}\n").framing, Framing::Lines);
    EXPECT_EQ(read_all("[Sat Oct 03 07:05:09 2026] [core:error] x\n").framing, Framing::Lines);
}

TEST(Records, one_broken_element_does_not_swallow_those_behind_it)
{
    const Read read = read_all("[\n{\"a\": \"unclosed},\n{\"b\": 2},\n{\"c\": 3}\n]");
    ASSERT_EQ(read.records.size(), 3U);
    EXPECT_EQ(read.records[0], "{\"a\": \"unclosed},");
    EXPECT_EQ(read.records[1], "{\"b\": 2}");
    EXPECT_EQ(read.records[2], "{\"c\": 3}");
}

TEST(Records, known_binary_formats_are_refused_by_name)
{
    const std::string elf = std::string("\x7f") + "ELF\x02\x01\x01" + std::string(60, '\0');
    EXPECT_NE(read_all(elf).error.find("an ELF program"), std::string::npos);
    EXPECT_NE(read_all(gzip(elf)).error.find("an ELF program"), std::string::npos);
    EXPECT_NE(read_all("\x89PNG\r\n\x1a\n").error.find("a PNG picture"), std::string::npos);
    EXPECT_NE(read_all(std::string_view("ElfFile\0\0\0", 10)).error.find("EVTX"),
              std::string::npos);
    EXPECT_NE(read_all(std::string(4096, '\x01')).error.find("accepted are"), std::string::npos);
}

TEST(Records, text_with_a_few_nul_bytes_is_still_text)
{
    const std::string text = std::string("line with a ") + '\0' + " byte\nnext\n";
    EXPECT_EQ(read_all(text).records.size(), 2U);
}

TEST(Records, a_missing_file_is_named)
{
    const auto reader = open_records("/nonexistent/x.log");
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().message, "cannot open /nonexistent/x.log: No such file or directory");
}

TEST(Records, an_event_log_gives_each_record_as_one_json_object)
{
    std::string chunk = evtx::testing::usual_chunk();
    chunk[chunk.find("**", 520)] = 'x';
    const std::string file = evtx::testing::file_of({evtx::testing::usual_chunk(), chunk});
    for (const std::string& bytes : {file, gzip(file), zstd(file)}) {
        const Read read = read_all(bytes, 777);
        EXPECT_EQ(read.error, "");
        EXPECT_EQ(read.framing, Framing::EvtxRecords);
        ASSERT_EQ(read.records.size(), 5U);
        EXPECT_TRUE(read.records[1].starts_with("{\"Event\":{\"System\"")) << read.records[1];
        EXPECT_TRUE(read.records[4].starts_with("EVTX record 0 at byte ")) << read.records[4];
    }
}

} // namespace
} // namespace tanggap::codec
