#include "codec/form_data.h"

#include <gtest/gtest.h>

namespace tanggap::codec {
namespace {

constexpr std::string_view kMultipart = "multipart/form-data; boundary=----x";

std::string part(std::string_view disposition, std::string_view content)
{
    return "------x\r\nContent-Disposition: " + std::string(disposition) + "\r\n\r\n" +
           std::string(content) + "\r\n";
}

FormData must_parse(std::string_view type, const std::string& body)
{
    auto form = parse_form(type, body);
    EXPECT_TRUE(form) << (form ? "" : form.error().message);
    return form ? std::move(*form) : FormData{};
}

TEST(FormDataTest, UrlencodedValuesAreDecodedInOrder)
{
    const std::string body = "a=1+2&b=%C3%A9%26&a=again&c&=x&&d=100%&e=%zz";
    const FormData form = must_parse("application/x-www-form-urlencoded; charset=UTF-8", body);
    ASSERT_EQ(form.fields.size(), 7U);
    EXPECT_EQ(form.text("a"), "1 2");
    EXPECT_EQ(form.fields[2].text, "again");
    EXPECT_EQ(form.text("b"), "é&");
    EXPECT_TRUE(form.has("c"));
    EXPECT_EQ(form.text("d"), "100%");
    EXPECT_EQ(form.text("e"), "%zz");
    EXPECT_FALSE(form.has("f"));
}

TEST(FormDataTest, LineEndsBecomeOneKindAndBrokenUtf8IsShown)
{
    const FormData form =
        must_parse("application/x-www-form-urlencoded", "t=a%0D%0Ab%0Dc%0Ad&u=%FF");
    EXPECT_EQ(form.text("t"), "a\nb\nc\nd");
    EXPECT_EQ(form.text("u"), "\xEF\xBF\xBD");
}

TEST(FormDataTest, MultipartKeepsAFilesBytes)
{
    const std::string png("\x89PNG\r\n\x1a\n\0--\r\n--x", 16);
    const std::string body = part("form-data; name=\"note\"", "line 1\r\nline 2") +
                             part("form-data; name=\"berkas\"; filename=\"a%22b.png\"\r\n"
                                  "Content-Type: image/png",
                                  png) +
                             "------x--\r\n";
    const FormData form = must_parse(kMultipart, body);
    ASSERT_EQ(form.fields.size(), 2U);
    EXPECT_EQ(form.text("note"), "line 1\nline 2");
    EXPECT_TRUE(form.fields[1].is_file);
    EXPECT_EQ(form.fields[1].file_name, "a\"b.png");
    EXPECT_EQ(form.fields[1].bytes, png);
}

TEST(FormDataTest, AFileFieldLeftEmptyIsAFileWithoutNameAndBytes)
{
    const FormData form =
        must_parse(kMultipart, part("form-data; name=\"f\"; filename=\"\"", "") + "------x--\r\n");
    ASSERT_EQ(form.fields.size(), 1U);
    EXPECT_TRUE(form.fields[0].is_file);
    EXPECT_TRUE(form.fields[0].bytes.empty());
}

TEST(FormDataTest, WhatIsBrokenIsRefusedWithAReason)
{
    const std::string whole = part("form-data; name=\"a\"", "1");
    const std::vector<std::pair<std::string, std::string>> cases{
        {"text/plain", "a=1"},
        {"", ""},
        {"multipart/form-data", whole},
        {"multipart/form-data; boundary=" + std::string(71, 'x'), whole},
        {std::string(kMultipart), ""},
        {std::string(kMultipart), "no boundary"},
        {std::string(kMultipart), whole}, // cut before the last boundary
        {std::string(kMultipart), "------xJUNK\r\n"},
        {std::string(kMultipart), part("attachment; name=\"a\"", "1") + "------x--"},
        {std::string(kMultipart), part("form-data", "1") + "------x--"},
        {std::string(kMultipart), "------x\r\nContent-Type: a/b\r\n\r\n1\r\n------x--"},
        {std::string(kMultipart),
         "------x\r\nX: " + std::string(9000, 'a') + "\r\n\r\n1\r\n------x--"},
    };
    for (const auto& [type, body] : cases) {
        const auto form = parse_form(type, body);
        ASSERT_FALSE(form) << type << " " << body;
        EXPECT_EQ(form.error().code, base::Code::Invalid);
    }
}

TEST(FormDataTest, TooManyValuesAreRefused)
{
    std::string urlencoded;
    std::string multipart;
    for (int i = 0; i < 300; ++i) {
        urlencoded += "a=1&";
        multipart += part("form-data; name=\"a\"", "1");
    }
    EXPECT_FALSE(parse_form("application/x-www-form-urlencoded", urlencoded));
    EXPECT_FALSE(parse_form(kMultipart, multipart + "------x--"));
}

} // namespace
} // namespace tanggap::codec
