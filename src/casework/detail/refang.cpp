#include "casework/detail/refang.h"

#include <array>

#include "base/text.h"

namespace tanggap::casework::detail {
namespace {

struct Form {
    std::string_view written; ///< lower case
    std::string_view meant;
};

/// Longer ones first. "titik" is Indonesian for dot.
constexpr std::array kBracketed{
    Form{"[titik]", "."}, Form{"(titik)", "."}, Form{"{titik}", "."}, Form{"[://]", "://"},
    Form{"[dot]", "."},   Form{"(dot)", "."},   Form{"{dot}", "."},   Form{"[at]", "@"},
    Form{"(at)", "@"},    Form{"{at}", "@"},    Form{"[.]", "."},     Form{"(.)", "."},
    Form{"{.}", "."},     Form{"[@]", "@"},     Form{"(@)", "@"},     Form{"[:]", ":"},
    Form{"[/]", "/"},     Form{"[.", "."},      Form{"\\.", "."},
};

/// Schemes; only where "://" or its defanged forms follow.
constexpr std::array kSchemes{
    Form{"hxxps", "https"}, Form{"hxxp", "http"}, Form{"hxtps", "https"}, Form{"hxtp", "http"},
    Form{"htxps", "https"}, Form{"htxp", "http"}, Form{"h**ps", "https"}, Form{"h**p", "http"},
    Form{"fxps", "ftps"},   Form{"fxp", "ftp"},
};

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool starts_with_any_case(std::string_view text, std::string_view lower)
{
    return text.size() >= lower.size() &&
           base::equals_ignore_case_ascii(text.substr(0, lower.size()), lower);
}

class Refanger {
public:
    explicit Refanger(std::string_view text) : text_(text)
    {
        out_.text.reserve(text.size());
        out_.from.reserve(text.size() + 1);
    }

    Refanged run()
    {
        while (at_ < text_.size()) {
            if (!take_bracketed() && !take_scheme()) {
                put(text_.substr(at_, 1), 1);
            }
        }
        out_.from.push_back(static_cast<std::uint32_t>(text_.size()));
        return std::move(out_);
    }

private:
    void put(std::string_view meant, std::size_t written)
    {
        for (std::size_t i = 0; i < meant.size(); ++i) {
            out_.text += meant[i];
            out_.from.push_back(static_cast<std::uint32_t>(at_ + (i == 0 ? 0 : written)));
        }
        at_ += written;
    }

    bool take_bracketed()
    {
        const char first = text_[at_];
        if (first != '[' && first != '(' && first != '{' && first != '\\') {
            return false;
        }
        const std::string_view rest = text_.substr(at_);
        for (const Form& form : kBracketed) {
            if (starts_with_any_case(rest, form.written)) {
                const bool closed = form.written.size() > 2;
                const bool after_word = at_ > 0 && (is_word(text_[at_ - 1]) ||
                                                    text_[at_ - 1] == ' ' || form.meant != ".");
                const std::size_t end = at_ + form.written.size();
                const bool before_word = end < text_.size() && (is_word(text_[end]) || closed);
                if (!after_word || !before_word) {
                    return false; // "[.bashrc]" or an escaped dot of an expression
                }
                put_between_words(form, closed);
                return true;
            }
        }
        return false;
    }

    /// "evil [.] example" means evil.example: one space on either side goes.
    void put_between_words(const Form& form, bool closed)
    {
        std::size_t written = form.written.size();
        const std::size_t end = at_ + written;
        const bool spaced = closed && form.meant != "://" && at_ > 1 && text_[at_ - 1] == ' ' &&
                            is_word(text_[at_ - 2]) && end + 1 < text_.size() &&
                            text_[end] == ' ' && is_word(text_[end + 1]);
        if (spaced && !out_.text.empty() && out_.text.back() == ' ') {
            out_.text.pop_back();
            out_.from.pop_back();
            at_ -= 1;
            written += 2;
        }
        put(form.meant, written);
    }

    bool take_scheme()
    {
        if ((text_[at_] | 0x20) != 'h' && (text_[at_] | 0x20) != 'f') {
            return false;
        }
        if (at_ > 0 && is_word(text_[at_ - 1])) {
            return false;
        }
        for (const Form& form : kSchemes) {
            const std::string_view rest = text_.substr(at_);
            if (!starts_with_any_case(rest, form.written)) {
                continue;
            }
            const std::string_view after = rest.substr(form.written.size());
            for (const std::string_view sign : {"://", "[://]", "[:]//"}) {
                if (after.starts_with(sign)) {
                    put(form.meant, form.written.size());
                    return true;
                }
            }
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Refanged out_;
};

} // namespace

Refanged refang(std::string_view text)
{
    return Refanger(text).run();
}

} // namespace tanggap::casework::detail
