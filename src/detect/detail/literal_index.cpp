#include "detect/detail/literal_index.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>
#include <unordered_map>

#include "detect/detail/pattern.h"

namespace tanggap::detect {

void LoweredText::assign(std::string_view text)
{
    if (bytes_.size() < text.size() + kPadding) {
        bytes_.resize(std::max(text.size() + kPadding, bytes_.size() * 2));
    }
    size_ = text.size();
    std::ranges::transform(text, bytes_.begin(), lower_ascii);
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(size_), kPadding, '\0');
}

std::uint64_t AffixIndex::hash_of(std::string_view literal) const
{
    std::uint64_t hash = kSeed;
    for (std::size_t i = 0; i < literal.size(); ++i) {
        hash = step(hash, end_ == End::Front ? literal[i] : literal[literal.size() - 1 - i]);
    }
    return hash;
}

void AffixIndex::build()
{
    for (const auto& entry : entries_) {
        longest_ = std::max(longest_, entry.literal.size());
    }
    lengths_.assign(longest_ + 1, false);
    slots_.assign(std::bit_ceil(entries_.size() * 2 + 1), kFree);
    mask_ = slots_.size() - 1;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        lengths_[entries_[i].literal.size()] = true;
        auto at = hash_of(entries_[i].literal) & mask_;
        while (slots_[at] != kFree) {
            at = (at + 1) & mask_;
        }
        slots_[at] = i;
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

void GramIndex::build()
{
    constexpr std::size_t kGramMax = 4;
    std::map<std::uint32_t, std::vector<std::uint32_t>> by_size;
    for (std::uint32_t i = 0; i < literals_.size(); ++i) {
        by_size[static_cast<std::uint32_t>(std::min(literals_[i].text.size(), kGramMax))].push_back(
            i);
    }
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
    constexpr std::size_t kStrideMax = 4;
    auto& size = sizes_.emplace_back();
    size.bytes = bytes;
    size.mask = bytes == 4 ? 0xFFFFFFFFU : (1U << (8 * bytes)) - 1;
    std::size_t shortest = kStrideMax + bytes;
    for (const auto index : literals) {
        shortest = std::min(shortest, literals_[index].text.size());
    }
    size.stride = static_cast<std::uint32_t>(std::min(kStrideMax, shortest - bytes + 1));
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
            size.entries.push_back({.gram = gram, .offset = at, .literal = index});
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
