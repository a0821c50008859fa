// The quick reader against JsonFlattener: where it says that it read an object, both say the same.
#include "codec/json_leaves.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/json_limits.h"
#include "base/limits.h"
#include "base/text.h"
#include "codec/json.h"
#include "codec/records.h"

namespace tanggap::codec {
namespace {

std::string show(std::string_view name, const model::Value& value)
{
    return std::string(name) + "=" + std::to_string(static_cast<int>(value.kind)) + ":" +
           std::to_string(value.integer) + ":" + std::to_string(value.real) +
           (value.boolean ? ":t:" : ":f:") + std::string(value.text) + ";";
}

std::string quick(JsonLeaves& leaves, std::string_view object, model::EventBatch& batch)
{
    if (!leaves.read(object, batch)) {
        return "not read";
    }
    std::string out;
    for (const JsonLeaf& leaf : leaves.leaves()) {
        out += show(leaves.names().text(leaf.name), leaf.value);
    }
    return out + (leaves.duplicate_key() ? "twice" : "");
}

std::string slow(JsonFlattener& flattener, std::string_view object, model::EventBatch& batch)
{
    std::vector<model::Field> fields;
    bool twice = false;
    if (const auto problem = flattener.flatten(object, batch, fields, twice)) {
        return "refused: " + problem->detail;
    }
    std::string out;
    for (const model::Field& field : fields) {
        out += show(field.name, field.value);
    }
    return out + (twice ? "twice" : "");
}

/// Both readers, as they are used: one after another object.
class Pair {
public:
    /// Whether the quick one read it; then both must say the same.
    bool read(const std::string& object)
    {
        model::EventBatch batch;
        const auto found = quick(leaves_, object, batch);
        if (found == "not read") {
            return false;
        }
        EXPECT_TRUE(base::is_utf8(object)) << base::quoted(object, 400);
        EXPECT_EQ(found, slow(flattener_, object, batch)) << base::quoted(object, 400);
        return true;
    }

private:
    JsonLeaves leaves_;
    JsonFlattener flattener_;
};

const std::vector<std::string>& usual_objects()
{
    static const std::vector<std::string> kObjects{
        "{}",
        " { } ",
        R"({"a":{"b":[1,-2.5,"x"],"c":null},"d":true,"e":{},"f":[]})",
        "{\n  \"a\" : \"b c \" ,\r\n\t\"d\" : [ 1 , 2 ] , \"e\" : false }\n",
        R"({"l":[{"k":1},{"k":2}],"m":[[1],[[2]]]})",
        R"({"u":"\/a\u0041\n\t\b\f\r\"\\","p":"C:\\Windows\\System32\\cmd.exe","e":"\ud83d\ude00\u00e9\u20ac"})",
        R"({"ip":"192.0.2.1","x":{"y":1,"y":2},"ip":"192.0.2.2"})",
        R"({"a\u0062":1,"ab":2,"a\\b":3})",
        R"({"n":18446744073709551615,"m":-9223372036854775808,"z":-0,"e":1E5,"f":0.10,"g":1e-3})",
        R"({"":{"":1,"a":2},"a.b":3,"a":{"b":4}})",
        R"({"kosong":"","null":null,"é":"…"})",
        R"({"a0123456789b":1,"a0123456780b":2,"abc":3,"abd":4,"ab":5,"a":6})",
    };
    return kObjects;
}

TEST(JsonLeaves, usual_objects_are_read_as_the_flattener_reads_them)
{
    Pair both;
    for (int round = 0; round < 2; ++round) { // with new names, and with known ones
        for (const auto& object : usual_objects()) {
            EXPECT_TRUE(both.read(object)) << object;
        }
    }
}

TEST(JsonLeaves, what_is_no_object_is_not_read)
{
    Pair both;
    for (const std::string object : {"",
                                     " ",
                                     "{",
                                     "}",
                                     "[1]",
                                     "\"x\"",
                                     "{\"a\":1}x",
                                     "{\"a\":1}{}",
                                     "{\"a\":}",
                                     "{a:1}",
                                     "{\"a\"1}",
                                     "{\"a\":1,}",
                                     "{,}",
                                     "{\"a\":[1,]}",
                                     "{\"a\":[1}",
                                     "{\"a\":tru}",
                                     "{\"a\":truex}",
                                     "{\"a\":nul}",
                                     "{\"a\":01}",
                                     "{\"a\":1.}",
                                     "{\"a\":-}",
                                     "{\"a\":1e}",
                                     "{\"a\":+1}",
                                     "{\"a\":.5}",
                                     "{\"a\":1 2}",
                                     "{\"a\":\"b\"\"c\"}",
                                     "{\"a\":\"b\"c}",
                                     "{\"a\":1\"b\"}",
                                     "{\"a\":\"\\x\"}",
                                     "{\"a\":\"\\u12\"}",
                                     "{\"a\":\"\\ud800\"}",
                                     "{\"a\":\"\\udc00\"}",
                                     "{\"a\":\"\\ud800\\u0041\"}",
                                     "{\"a\":\"b}",
                                     "{\"a\":\"\n\"}",
                                     "{\"a\":\"\xff\"}",
                                     "{\"a\":\"\xed\xa0\x80\"}",
                                     "{\"a\":1e999}",
                                     "{\"a\" \"b\":1}",
                                     "{\"a\":123456789012345678901234567890}",
                                     "{\"a\":1]",
                                     "\xef\xbb\xbf{}"}) {
        EXPECT_FALSE(both.read(object)) << base::quoted(object);
    }
}

TEST(JsonLeaves, what_is_deep_wide_or_long_is_left_to_the_flattener)
{
    Pair both;
    std::string deep = "1";
    for (std::size_t i = 0; i < base::limits::kNestingMax - 1; ++i) {
        deep = "{\"a\":" + deep + "}";
    }
    EXPECT_FALSE(both.read(deep));
    EXPECT_FALSE(
        both.read("{\"" + std::string(base::limits::kJsonNameBytesMax + 1, 'a') + "\":1}"));
    std::string wide = "{";
    for (std::size_t i = 0; i <= base::limits::kEventFieldsMax; ++i) {
        wide += "\"f" + std::to_string(i) + "\":1,";
    }
    wide.back() = '}';
    EXPECT_FALSE(both.read(wide));
    // Empty objects give no fields, but names.
    std::string many = "{";
    for (std::size_t i = 0; i <= base::limits::kJsonNamesMax; ++i) {
        many += "\"g" + std::to_string(i) + "\":{},";
    }
    many.back() = '}';
    EXPECT_FALSE(both.read(many));
    EXPECT_TRUE(both.read(R"({"a":1})")) << "the next object is read again";
}

TEST(JsonLeaves, names_keep_their_numbers_until_they_are_too_many)
{
    JsonLeaves leaves;
    model::EventBatch batch;
    ASSERT_TRUE(leaves.read(R"({"a":{"b":1}})", batch));
    const auto number = leaves.leaves().front().name;
    const auto generation = leaves.names().generation();
    ASSERT_TRUE(leaves.read(R"({"x":0,"a":{"b":1}})", batch));
    EXPECT_EQ(leaves.leaves().back().name, number);
    EXPECT_EQ(leaves.names().generation(), generation);
    for (std::size_t i = 0; i <= base::limits::kJsonNamesMax; ++i) {
        ASSERT_TRUE(leaves.read("{\"k" + std::to_string(i) + "\":1}", batch)) << i;
    }
    EXPECT_NE(leaves.names().generation(), generation);
    EXPECT_LE(leaves.names().size(), base::limits::kJsonNamesMax);
}

/// Objects broken and joined at random: whatever is still read is read alike.
TEST(JsonLeaves, mutated_objects_are_read_alike_or_not)
{
    constexpr std::string_view kPieces[] = {
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "\\u",
        "\\ud83d",
        "\\ude00",
        "\\\\",
        "0",
        "1",
        "-",
        ".",
        "e",
        "E",
        "+",
        "9",
        "true",
        "false",
        "null",
        "\"a\":",
        "\"b\":",
        "{\"a\":",
        "é",
        "\xff",
        "\n",
        "\t",
        std::string_view("\0", 1),
        "99999999999999999999",
    };
    std::mt19937_64 random(20261129);
    Pair both;
    std::size_t read = 0;
    for (int i = 0; i < 60'000; ++i) {
        const auto& objects = usual_objects();
        std::string object = objects[random() % objects.size()];
        const auto changes = 1 + random() % 3;
        for (std::size_t change = 0; change < changes; ++change) {
            const auto at = random() % (object.size() + 1);
            const auto piece = kPieces[random() % std::size(kPieces)];
            const auto gone = random() % 3;
            object.replace(at, std::min(gone, object.size() - at), piece);
        }
        read += both.read(object) ? 1U : 0U;
        if (::testing::Test::HasFailure()) {
            return; // one difference is enough to read
        }
    }
    EXPECT_GT(read, 2'000U);
}

TEST(JsonLeaves, nearly_all_records_of_the_corpora_are_read_and_all_alike)
{
    const char* root = std::getenv("TANGGAP_CORPORA");
    if (root == nullptr) {
        GTEST_SKIP() << "TANGGAP_CORPORA is not set";
    }
    constexpr std::size_t kRecordsOfAFile = 20'000;
    Pair both;
    std::size_t objects = 0;
    std::size_t read = 0;
    for (const char* folder : {"winjson", "suricata", "zeek"}) {
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(std::filesystem::path(root) / folder)) {
            const auto name = entry.path().string();
            if (!entry.is_regular_file() || name.find(".json") == std::string::npos ||
                name.find(".tar") != std::string::npos) {
                continue;
            }
            auto reader = open_records(name);
            model::Record record;
            for (std::size_t i = 0;
                 i < kRecordsOfAFile && reader && (*reader)->next(record).value_or(false); ++i) {
                if (record.bytes.starts_with('{') && !record.oversize()) {
                    ++objects;
                    read += both.read(record.bytes) ? 1U : 0U;
                }
                ASSERT_FALSE(::testing::Test::HasFailure()) << name << ", record " << i + 1;
            }
        }
    }
    std::printf("%zu objects, %zu read\n", objects, read);
    EXPECT_GT(objects, 10'000U);
    EXPECT_GT(read * 100, objects * 99);
}

} // namespace
} // namespace tanggap::codec
