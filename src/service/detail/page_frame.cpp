#include "service/detail/page_frame.h"

#include <algorithm>

#include "base/text.h"

namespace tanggap::service {
namespace {

// Source: tata naskah dinas as found in public (A4, left margin 3 cm, Arial 11; Liberation Sans has
// its measures). WeasyPrint 57 knows no grid.
constexpr std::string_view kStyle = R"(
body{font:10.5pt/1.45 "Liberation Sans",Arial,sans-serif;color:#111;margin:0}
.head{border-bottom:2.5pt solid #111;padding-bottom:8pt;margin-bottom:2pt}
.head table,.rule{width:100%;border-collapse:collapse}
.head td{border:0;padding:0;vertical-align:middle;text-align:center}
.head .crest{width:24mm}.head .crest img{max-width:22mm;max-height:22mm}
.head .org{font-size:12pt;text-transform:uppercase;letter-spacing:.3pt}
.head .team{font-size:15pt;font-weight:bold;text-transform:uppercase}
.head .where{font-size:9pt;color:#333}
.rule{border-top:.8pt solid #111;margin-bottom:16pt}
h1{font-size:14pt;text-align:center;text-transform:uppercase;margin:14pt 0 2pt}
.about{text-align:center;margin:0 0 4pt}
.number{text-align:center;margin:0 0 16pt;color:#333}
h2{font-size:11.5pt;margin:16pt 0 5pt;padding-bottom:2pt;border-bottom:.6pt solid #999;break-after:avoid}
h3{font-size:10.5pt;margin:10pt 0 3pt;break-after:avoid}
p{margin:0 0 6pt}.kept{white-space:pre-line}.note{font-size:9pt;color:#444}
.lead{border-left:2.5pt solid #0b5cad;padding:5pt 9pt;background:#f2f6fb;margin:0 0 10pt}
table.data{width:100%;border-collapse:collapse;margin:0 0 8pt;font-size:9.5pt}
table.data th,table.data td{border:.5pt solid #aaa;padding:3pt 5pt;text-align:left;vertical-align:top;overflow-wrap:anywhere}
table.data th{background:#eef1f4;font-weight:bold}
table.data thead{display:table-header-group}table.data tr{break-inside:avoid}
td.figure,th.figure{text-align:right !important;white-space:nowrap;width:15%}td.short,th.short{white-space:nowrap;width:8%}td.moment{white-space:nowrap;width:36%}
td.name{width:30%;font-weight:bold;background:#f7f8f9}
.keys td{text-align:center;border:.5pt solid #aaa;padding:7pt 4pt;vertical-align:top}
.keys{width:100%;border-collapse:collapse;margin:0 0 10pt;table-layout:fixed}
.keys b{display:block;font-size:17pt;line-height:1.2}.keys span{font-size:8.5pt;color:#333}
.chart{margin:4pt 0 2pt}
.sign{margin-top:28pt;margin-left:55%;break-inside:avoid}.sign .box{height:62pt}
.sign p{margin:0}.demo{border:1pt solid #a4133c;color:#a4133c;padding:3pt 6pt;text-align:center;font-weight:bold;margin-bottom:8pt}
.hash{font-family:"Liberation Mono",monospace;font-size:7pt;overflow-wrap:anywhere}
)";

/// A text inside a CSS string.
std::string css_string(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>') {
            out += ' ';
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string page_rules(const PageFrame& frame)
{
    const auto [page, of] = frame.language == model::Language::English
                                ? std::pair{"Page ", " of "}
                                : std::pair{"Halaman ", " dari "};
    std::string css = "@page{size:A4;margin:20mm 20mm 24mm 30mm;"
                      "@bottom-left{font:8pt \"Liberation Sans\",Arial;content:";
    css += css_string(std::string(frame.label) + "  ·  " + frame.footer);
    css += "}@bottom-right{font:8pt \"Liberation Sans\",Arial;content:\"";
    css.append(page).append("\" counter(page) \"").append(of);
    return css + "\" counter(pages)}}";
}

void letterhead(codec::HtmlWriter& page, const Profile& profile)
{
    page.open("div", R"(class="head")").open("table").open("tr");
    if (!profile.crest_png.empty()) { // base64, checked when it was kept
        page.open("td", R"(class="crest")")
            .markup("<img alt=\"\" src=\"data:image/png;base64," + profile.crest_png + "\">")
            .close("td");
    }
    page.open("td");
    if (!profile.organisation.empty()) {
        page.element("div", profile.organisation, R"(class="org")");
    }
    page.element("div", profile.team, R"(class="team")");
    std::string where = profile.address;
    std::ranges::replace(where, '\n', ' ');
    for (const std::string* each : {&profile.phone, &profile.email, &profile.domain}) {
        where += where.empty() || each->empty() ? "" : "  ·  ";
        where += *each;
    }
    page.element("div", where, R"(class="where")").close("td");
    page.close("tr").close("table").close("div").markup("<div class=\"rule\"></div>");
}

std::string_view class_of(Look look)
{
    switch (look) {
    case Look::Figure:
        return R"(class="figure")";
    case Look::Short:
        return R"(class="short")";
    case Look::Moment:
        return R"(class="moment")";
    case Look::Text:
        return {};
    }
    return {};
}

} // namespace

void begin_page(codec::HtmlWriter& page, const PageFrame& frame)
{
    page.markup("<!doctype html><html lang=\"").markup(model::code_of(frame.language));
    page.markup("\"><head><meta charset=\"utf-8\">");
    page.element("title", frame.title + " " + frame.footer);
    page.markup("<style>").markup(page_rules(frame)).markup(kStyle).markup("</style></head><body>");
    letterhead(page, frame.profile);
    if (frame.demo) {
        page.element("p",
                     in(frame.language, "DEMO: data contoh buatan, bukan kejadian nyata.",
                        "DEMO: made-up data, nothing of this happened."),
                     R"(class="demo")");
    }
    page.element("h1", frame.title);
}

void end_page(codec::HtmlWriter& page, const PageFrame& frame)
{
    page.open("div", R"(class="sign")");
    page.element("p", in(frame.language, "..................., ....................",
                         "..................., ...................."));
    page.element("p", in(frame.language, "Ketua Tim,", "Head of the team,"));
    page.markup("<div class=\"box\"></div>");
    page.element("p", ".............................................");
    page.element("p", in(frame.language, "NIP.", "Name and staff number"));
    page.close("div").markup("</body></html>");
}

void table_head(codec::HtmlWriter& page, std::initializer_list<Cell> names)
{
    page.open("table", R"(class="data")").open("thead").open("tr");
    for (const Cell& name : names) {
        page.element("th", name.text, class_of(name.look));
    }
    page.close("tr").close("thead").open("tbody");
}

void table_row(codec::HtmlWriter& page, std::initializer_list<Cell> cells)
{
    page.open("tr");
    for (const Cell& cell : cells) {
        page.element("td", cell.text, class_of(cell.look));
    }
    page.close("tr");
}

} // namespace tanggap::service
