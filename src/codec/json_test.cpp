#include "codec/json.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace tanggap::codec {
namespace {

struct Flat {
    std::string text; ///< "name=kind:text;…"
    std::optional<JsonProblem> problem;
    bool duplicate_key = false;
};

Flat flatten(std::string_view json)
{
    static JsonFlattener flattener;
    model::EventBatch batch;
    std::vector<model::Field> fields;
    Flat flat;
    flat.problem = flattener.flatten(json, batch, fields, flat.duplicate_key);
    constexpr std::string_view kKinds = "nbifs";
    for (const model::Field& field : fields) {
        flat.text += std::string(field.name) + "=" +
                     kKinds[static_cast<std::size_t>(field.value.kind)] + ":" +
                     std::string(field.value.text) + ";";
    }
    return flat;
}

TEST(Json, nested_objects_become_dotted_names_and_arrays_repeat_them)
{
    EXPECT_EQ(flatten(R"({"a":{"b":[1,-2.5,"x"],"c":null},"d":true,"e":{},"f":[]})").text,
              "a.b=i:1;a.b=f:-2.5;a.b=s:x;a.c=n:;d=b:true;");
    EXPECT_EQ(flatten(R"({"l":[{"k":1},{"k":2}]})").text, "l.k=i:1;l.k=i:2;");
}

TEST(Json, escapes_are_undone)
{
    EXPECT_EQ(flatten(R"({"u":"\/a\u0041\n"})").text, "u=s:/aA\n;");
}

TEST(Json, every_value_of_a_duplicate_key_is_kept)
{
    const Flat flat = flatten(R"({"ip":"192.0.2.1","x":{"y":1,"y":2},"ip":"192.0.2.2"})");
    EXPECT_EQ(flat.text, "ip=s:192.0.2.1;x.y=i:1;x.y=i:2;ip=s:192.0.2.2;");
    EXPECT_TRUE(flat.duplicate_key);
    EXPECT_FALSE(flatten(R"({"x":{"y":1},"z":{"y":1}})").duplicate_key);
}

TEST(Json, numbers_beyond_the_machine_are_kept_as_text)
{
    EXPECT_EQ(flatten(R"({"n":18446744073709551615})").text, "n=s:18446744073709551615;");
    EXPECT_EQ(flatten(R"({"n":123456789012345678901234567890,"m":1,"s":"\"9"})").text,
              "n=s:123456789012345678901234567890;m=i:1;s=s:\"9;");
    EXPECT_EQ(flatten(R"({"n":-1e999})").text, "n=s:-1e999;");
}

TEST(Json, what_is_no_object_is_refused_with_its_reason)
{
    using model::QuarantineReason;
    const auto reason = [](std::string_view json) { return flatten(json).problem->reason; };
    for (const std::string_view bad :
         {"", "{", "[1]", "\"x\"", "{\"a\":1}x", "{\"a\":}", "{a:1}"}) {
        EXPECT_EQ(reason(bad), QuarantineReason::BadJson) << bad;
    }
    std::string deep;
    for (int i = 0; i < 10'000; ++i) {
        deep += "{\"a\":";
    }
    deep += "1" + std::string(10'000, '}');
    EXPECT_EQ(reason(deep), QuarantineReason::TooDeep);
    std::string wide = "{";
    for (int i = 0; i < 80'000; ++i) {
        wide += "\"f" + std::to_string(i) + "\":1,";
    }
    wide.back() = '}';
    EXPECT_EQ(reason(wide), QuarantineReason::TooManyFields);
}

TEST(Json, nesting_up_to_the_limit_is_read)
{
    std::string nested = "1";
    for (std::size_t i = 0; i < base::limits::kNestingMax - 1; ++i) {
        nested = "{\"a\":" + nested + "}";
    }
    EXPECT_FALSE(flatten(nested).problem);
}

} // namespace
} // namespace tanggap::codec
