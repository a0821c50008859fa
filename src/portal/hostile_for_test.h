// Texts that try to be markup, for tests: every vector after every way to break out of its place.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tanggap::portal {

inline std::vector<std::string> hostile_texts()
{
    constexpr std::array<std::string_view, 8> kBreaks{"",         "\">", "'>", "</textarea>",
                                                      "</title>", "-->", "\n", "{{X}}[[lang]]"};
    constexpr std::array<std::string_view, 28> kVectors{
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<body onload=alert(1)>",
        "<a href=javascript:alert(1)>x</a>",
        "<form action=javascript:alert(1)><button>x",
        "<input autofocus onfocus=alert(1)>",
        "<details open ontoggle=alert(1)>",
        "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
        "<base href=//evil.example/>",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<object data=javascript:alert(1)>",
        "<embed src=javascript:alert(1)>",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//http://",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        " onmouseover=alert(1) x=",
        "\" onmouseover=alert(1) x=\"",
        "' onmouseover=alert(1) x='",
        "` onmouseover=alert(1) x=`",
        "<style>*{background:url(javascript:alert(1))}</style>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "\xE2\x80\xAE<b>gnp.exe",
        "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    };
    std::vector<std::string> texts;
    for (const std::string_view way_out : kBreaks) {
        for (const std::string_view vector : kVectors) {
            texts.push_back(std::string(way_out) + std::string(vector));
        }
    }
    return texts;
}

} // namespace tanggap::portal
