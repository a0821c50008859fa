#include "detect/detail/literal_index.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/error.h"
#include "base/text.h"

namespace tanggap::detect {

void LoweredTexts::start(std::size_t bytes, std::size_t texts)
{
    const auto needed = bytes + texts * kRoom;
    if (bytes_.size() < needed) {
        bytes_.resize(std::max(needed, bytes_.size() * 2));
    }
    used_ = 0;
}

std::string_view LoweredTexts::add(std::string_view text)
{
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    TANGGAP_ASSERT(used_ + text.size() + kRoom <= bytes_.size());
    char* const out = bytes_.data() + used_;
    std::size_t at = 0;
    for (; at + kWord <= text.size(); at += kWord) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, kWord);
        word = lower_word(word);
        std::memcpy(out + at, &word, kWord);
    }
    const auto rest = lower_word(short_word(text.substr(at)));
    std::memcpy(out + at, &rest, kWord);
    used_ += text.size() + kRoom;
    return {out, text.size()};
}

bool holds_literal(std::string_view lowered, std::string_view literal)
{
    const auto size = literal.size();
    if (lowered.size() < size) {
        return false;
    }
#ifdef __SSE2__
    // Sixteen places at once where both its first and its last byte stand.
    const auto first = _mm_set1_epi8(literal.front());
    const auto last = _mm_set1_epi8(literal.back());
    const std::size_t places = lowered.size() - size + 1;
    const auto load = [&](std::size_t at) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(lowered.data() + at));
    };
    for (std::size_t at = 0; at < places; at += sizeof(__m128i)) {
        const auto both = _mm_and_si128(_mm_cmpeq_epi8(load(at), first),
                                        _mm_cmpeq_epi8(load(at + size - 1), last));
        for (auto found = static_cast<unsigned>(_mm_movemask_epi8(both)); found != 0;
             found &= found - 1) {
            const auto place = at + static_cast<unsigned>(std::countr_zero(found));
            if (place < places && std::memcmp(lowered.data() + place, literal.data(), size) == 0) {
                return true;
            }
        }
    }
    return false;
#else
    return lowered.contains(literal);
#endif
}

void AffixIndex::build()
{
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    const auto outer_of = [&](std::string_view literal) {
        return short_word(end_ == End::Front
                              ? literal.substr(0, kWord)
                              : literal.substr(literal.size() - std::min(literal.size(), kWord)));
    };
    std::map<std::pair<std::size_t, std::uint64_t>, std::vector<Entry>> groups;
    for (auto& entry : entries_) {
        const auto literal = entry.literal;
        if (literal.size() > kWord) {
            entry.inner = short_word(end_ == End::Front ? literal.substr(literal.size() - kWord)
                                                        : literal.substr(0, kWord));
        }
        groups[{std::min(literal.size(), kWord), outer_of(literal)}].push_back(entry);
    }
    entries_.clear();
    groups_.assign(std::bit_ceil(groups.size() * 4 + 1), {});
    mask_ = groups_.size() - 1;
    for (auto& [key, entries] : groups) {
        const auto length = static_cast<std::uint32_t>(key.first);
        std::ranges::sort(entries, {}, [](const Entry& entry) {
            return std::pair(entry.literal.size(), entry.id);
        });
        auto at = place(key.second, length);
        while (groups_[at].begin != groups_[at].end) {
            at = (at + 1) & mask_;
        }
        groups_[at] = {.word = key.second,
                       .length = length,
                       .begin = static_cast<std::uint32_t>(entries_.size()),
                       .end = static_cast<std::uint32_t>(entries_.size() + entries.size())};
        entries_.insert(entries_.end(), entries.begin(), entries.end());
        lengths_ |= 1U << length;
    }
}

namespace {

/// Words that logs of Windows, Linux and the web are full of.
constexpr std::string_view kCommon[] = {
    "c:\\windows\\system32\\",
    "\\syswow64\\",
    "c:\\program files (x86)\\",
    "c:\\users\\public\\",
    "\\appdata\\local\\temp\\",
    "\\appdata\\roaming\\microsoft\\windows\\",
    "\\programdata\\",
    "\\cmd.exe",
    "\\powershell.exe",
    "\\rundll32.exe",
    "\\svchost.exe",
    "\\services.exe",
    "\\explorer.exe",
    "\\wmiprvse.exe",
    "\\wscript.exe",
    "\\cscript.exe",
    "\\regsvr32.exe",
    "\\mshta.exe",
    "\\msiexec.exe",
    "\\schtasks.exe",
    "\\net.exe",
    "\\reg.exe",
    "\\conhost.exe",
    "\\registry\\machine\\software\\microsoft\\windows nt\\currentversion\\",
    "hklm\\system\\currentcontrolset\\control\\services\\",
    "windowspowershell\\v1.0\\powershell.exe",
    "svchost.exe -k ",
    "cmd.exe /c ",
    "rundll32.exe ",
    ".exe\" ",
    ".dll",
    "http://",
    "https://www.",
    "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/",
    "safari/",
    ".com/",
    ".html",
    ".php",
    "index",
    "/usr/bin/",
    "/bin/sh -c ",
    "/etc/",
    "/var/",
    "/home/",
    "  ",
    "0000",
    "    ",
    "microsoft corporation",
    "administrator",
    "-command ",
    "set-",
    "get-",
    "new-object system.",
    "function",
    "string",
    "value",
    "param",
    "error",
    "type",
    "name",
    "path",
    "file",
    "data",
    "user",
    "test",
    "ation",
    "tion",
    "ing ",
};

/// How many of the common words hold a gram of up to four bytes.
class CommonGrams {
public:
    CommonGrams()
    {
        for (const auto word : kCommon) {
            for (std::size_t bytes = 1; bytes <= 4; ++bytes) {
                for (std::size_t at = 0; at + bytes <= word.size(); ++at) {
                    ++counts_[key(word.substr(at, bytes))];
                }
            }
        }
    }
    double count(std::string_view gram) const
    {
        const auto found = counts_.find(key(gram));
        return found == counts_.end() ? 0.0 : found->second;
    }

private:
    static std::uint64_t key(std::string_view gram)
    {
        std::uint64_t out = gram.size() << 32;
        std::memcpy(&out, gram.data(), std::min<std::size_t>(gram.size(), 4));
        return out;
    }
    std::unordered_map<std::uint64_t, double> counts_;
};

} // namespace

double commonness(std::string_view gram)
{
    static const CommonGrams kGrams;
    double score = 3.0 * kGrams.count(gram);
    for (const char c : gram) {
        const bool letter = c >= 'a' && c <= 'z';
        const bool frequent = std::string_view("etaoinsr").contains(c);
        score += frequent ? 1.0 : letter || c == '\\' || c == ' ' || c == '.' ? 0.6 : 0.2;
    }
    return score;
}

bool stands_in_common_word(std::string_view literal)
{
    static const std::string kAll = [] {
        std::string all;
        for (const auto word : kCommon) {
            all.append(word) += '\n';
        }
        return all;
    }();
    return kAll.contains(base::to_lower_ascii(literal));
}

void GramIndex::build()
{
    constexpr std::size_t kGramMax = 4;
    std::map<std::uint32_t, std::vector<std::uint32_t>> by_size;
    for (std::uint32_t i = 0; i < literals_.size(); ++i) {
        by_size[static_cast<std::uint32_t>(std::min(literals_[i].text.size(), kGramMax))].push_back(
            i);
    }
    // Of few texts grams of three bytes are rare too, and one pass is quicker than two.
    constexpr std::size_t kFew = 512;
    if (by_size.contains(3) && by_size[kGramMax].size() <= kFew) {
        auto& together = by_size[3];
        together.insert(together.end(), by_size[kGramMax].begin(), by_size[kGramMax].end());
        by_size.erase(kGramMax);
    }
    std::erase_if(by_size, [](const auto& one) { return one.second.empty(); });
    for (const auto& [bytes, literals] : by_size) {
        build_size(bytes, literals);
    }
}

/// Commonness, and one more for each text before that was given the gram.
double& GramIndex::score_of(std::string_view gram, Scores& scores)
{
    std::uint32_t key = 0;
    std::memcpy(&key, gram.data(), gram.size());
    const auto [found, fresh] = scores.try_emplace(key, 0.0);
    if (fresh) {
        found->second = commonness(gram);
    }
    return found->second;
}

/// Where in `text` the grams stand, one behind another, that are least common in all.
std::uint32_t GramIndex::rarest_row(std::string_view text, const Size& size, Scores& scores)
{
    std::size_t best = 0;
    double best_score = 1e9;
    std::vector<double> single;
    for (std::size_t at = 0; at + size.bytes <= text.size(); ++at) {
        single.push_back(score_of(text.substr(at, size.bytes), scores));
    }
    for (std::size_t at = 0; at + size.stride <= single.size(); ++at) {
        double score = 0;
        for (std::size_t j = 0; j < size.stride; ++j) {
            score += single[at + j];
        }
        if (score < best_score) {
            best = at;
            best_score = score;
        }
    }
    return static_cast<std::uint32_t>(best);
}

void GramIndex::build_size(std::uint32_t bytes, const std::vector<std::uint32_t>& literals)
{
    constexpr std::size_t kPlacesMin = 256;
    constexpr std::size_t kPlacesMax = 65'536;
    constexpr std::size_t kPlacesOfAGram = 16;
    constexpr std::size_t kStrideMax = 8;
    auto& size = sizes_.emplace_back();
    size.bytes = bytes;
    size.mask = bytes == 4 ? 0xFFFFFFFFU : (1U << (8 * bytes)) - 1;
    size.shortest = literals_[literals.front()].text.size();
    for (const auto index : literals) {
        size.shortest = std::min(size.shortest, literals_[index].text.size());
    }
    size.stride = static_cast<std::uint32_t>(std::min(kStrideMax, size.shortest - bytes + 1));
    const auto grams = literals.size() * size.stride;
    const auto places = std::clamp(std::bit_ceil(grams * kPlacesOfAGram), kPlacesMin, kPlacesMax);
    size.shift = 32 - static_cast<std::uint32_t>(std::countr_zero(places));
    Scores scores;
    for (const auto index : literals) {
        const auto text = literals_[index].text;
        const auto first = rarest_row(text, size, scores);
        for (std::uint32_t at = first; at < first + size.stride; ++at) {
            ++score_of(text.substr(at, bytes), scores);
            std::uint32_t gram = 0;
            std::memcpy(&gram, text.data() + at, bytes);
            size.entries.push_back({.gram = folded(size, gram), .offset = at, .literal = index});
        }
    }
    std::ranges::sort(size.entries, {}, [&](const Entry& entry) {
        return std::tuple(place(size, entry.gram), entry.gram, entry.literal);
    });
    size.filter.assign(places / 64, 0);
    size.begins.assign(places + 1, 0);
    for (const auto& entry : size.entries) {
        const auto at = place(size, entry.gram);
        size.filter[at >> 6] |= std::uint64_t{1} << (at & 63);
        ++size.begins[at + 1];
    }
    for (std::size_t i = 1; i < size.begins.size(); ++i) {
        size.begins[i] += size.begins[i - 1];
    }
}

} // namespace tanggap::detect
