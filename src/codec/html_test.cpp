#include "codec/html.h"

#include <gtest/gtest.h>

namespace tanggap::codec {
namespace {

TEST(Html, NoTextIsMarkup)
{
    HtmlWriter page;
    page.element("td", "<script>alert('x')</script>&\"\x01\xff", R"(class="a")");
    EXPECT_EQ(page.take(), "<td class=\"a\">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"
                           "&quot;\xEF\xBF\xBD\xEF\xBF\xBD</td>");
}

TEST(Html, EmptyLinesPartParagraphs)
{
    HtmlWriter page;
    page.paragraphs("one\ntwo\n\n\n<b>three\n\n");
    EXPECT_EQ(page.take(), "<p class=\"kept\">one\ntwo</p><p class=\"kept\">&lt;b&gt;three</p>");
    HtmlWriter empty;
    EXPECT_EQ(empty.paragraphs("\n\n \n\n").take(), "");
}

} // namespace
} // namespace tanggap::codec
