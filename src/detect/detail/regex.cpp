#define PCRE2_CODE_UNIT_WIDTH 8
#include "detect/detail/regex.h"

#include <pcre2.h>
#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"

namespace tanggap::detect {
namespace {

namespace limits = base::limits;

struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeContext {
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

std::string with_flags(std::string_view pattern, RegexFlags flags)
{
    std::string letters;
    letters += flags.ignore_case ? "i" : "";
    letters += flags.multi_line ? "m" : "";
    letters += flags.dot_all ? "s" : "";
    return letters.empty() ? std::string(pattern) : fmt::format("(?{}){}", letters, pattern);
}

RE2::Options re2_options()
{
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(limits::kRegexBytesMax);
    return options;
}

std::vector<std::string> required_texts_of(const std::string& pattern)
{
    constexpr int kShortestUseful = 3;
    re2::FilteredRE2 filter(kShortestUseful);
    int id = 0;
    if (filter.Add(pattern, re2_options(), &id) != RE2::NoError) {
        return {};
    }
    std::vector<std::string> texts;
    filter.Compile(&texts);
    std::vector<int> possible_without_any;
    filter.AllPotentials({}, &possible_without_any);
    // RE2 folds letters beyond ASCII too; our matchers do not, so such a text would miss.
    const bool ascii = std::ranges::all_of(texts, [](const std::string& text) {
        return std::ranges::all_of(text,
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    });
    return possible_without_any.empty() && ascii ? texts : std::vector<std::string>{};
}

} // namespace

struct Regex::Engines {
    std::unique_ptr<RE2> re2;
    std::unique_ptr<pcre2_code, FreeCode> pcre2;
};

Regex::Regex() : engines_(std::make_unique<Engines>()) {}
Regex::~Regex() = default;

bool Regex::backtracks() const
{
    return engines_->pcre2 != nullptr;
}

base::Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern,
                                                          RegexFlags flags)
{
    if (pattern.size() > limits::kRegexPatternBytesMax) {
        return base::invalid(fmt::format("the regular expression has {} bytes, more than {}",
                                         pattern.size(), limits::kRegexPatternBytesMax));
    }
    const std::shared_ptr<Regex> out(new Regex());
    const auto full = with_flags(pattern, flags);
    auto linear = std::make_unique<RE2>(full, re2_options());
    if (linear->ok()) {
        out->required_texts_ = required_texts_of(full);
        out->engines_->re2 = std::move(linear);
        return out;
    }
    int code = 0;
    PCRE2_SIZE offset = 0;
    out->engines_->pcre2.reset(pcre2_compile(
        reinterpret_cast<PCRE2_SPTR>(full.data()), full.size(),
        PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_INVALID_UTF, &code, &offset, nullptr));
    if (out->engines_->pcre2 == nullptr) {
        std::array<PCRE2_UCHAR, 256> text{};
        pcre2_get_error_message(code, text.data(), text.size());
        return base::invalid(
            fmt::format("the regular expression {} cannot be read: {} (at byte {})",
                        base::quoted(pattern), reinterpret_cast<const char*>(text.data()), offset));
    }
    return out;
}

bool Regex::matches(std::string_view value) const
{
    if (engines_->re2) {
        return RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *engines_->re2);
    }
    const std::unique_ptr<pcre2_match_data, FreeMatch> data(pcre2_match_data_create(1, nullptr));
    const std::unique_ptr<pcre2_match_context, FreeContext> context(
        pcre2_match_context_create(nullptr));
    if (!data || !context) {
        return false;
    }
    pcre2_set_match_limit(context.get(), limits::kRegexStepsMax);
    pcre2_set_depth_limit(context.get(), limits::kRegexDepthMax);
    pcre2_set_heap_limit(context.get(), limits::kRegexHeapKibibytesMax);
    return pcre2_match(engines_->pcre2.get(), reinterpret_cast<PCRE2_SPTR>(value.data()),
                       value.size(), 0, PCRE2_NO_JIT, data.get(), context.get()) >= 0;
}

} // namespace tanggap::detect
