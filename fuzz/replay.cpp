// Runs a fuzz target over the files of a folder and over fixed variations of each: cut short, bytes
// changed, pieces doubled and joined. The same inputs every time; what libFuzzer finds becomes a
// seed.
//
//   replay_syslog fuzz/seeds/syslog [VARIATIONS]
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

using Random = std::minstd_rand;

constexpr unsigned kSeed = 20261122;
constexpr std::size_t kVariations = 400;      // of each seed: under a second for most targets
constexpr std::size_t kInputBytesMax = 65536; // doubling must not run away
constexpr const char* kCrashFile = "replay-crash.bin";

std::string current; // what is being read, for whoever has to mend it

void save_current()
{
    std::ofstream(kCrashFile, std::ios::binary) << current;
    std::fprintf(
        stderr,
        "replay: the input of %zu bytes that failed is in %s; keep its smallest form as a seed\n",
        current.size(), kCrashFile);
}

void run(std::string input)
{
    current = std::move(input);
    // A copy of its exact size on the heap: a read beyond its end is seen.
    const std::vector<std::uint8_t> bytes(current.begin(), current.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::size_t below(Random& random, std::size_t end)
{
    return end == 0 ? 0 : random() % end;
}

void change_bytes(std::string& text, Random& random)
{
    static constexpr char kTelling[] = {'\0', '\n', '"', '\\',   '{',    '[',   ':',
                                        '-',  '9',  '%', '\x7f', '\x80', '\xff'};
    for (std::size_t i = below(random, 4) + 1; i > 0 && !text.empty(); --i) {
        text[below(random, text.size())] = kTelling[below(random, sizeof kTelling)];
    }
}

std::string vary(const std::vector<std::string>& seeds, std::string text, Random& random)
{
    switch (below(random, 5)) {
    case 0:
        text.resize(below(random, text.size()));
        break;
    case 1:
        text.erase(below(random, text.size()), below(random, 8) + 1);
        break;
    case 2: {
        const std::size_t at = below(random, text.size());
        const std::string piece = text.substr(at, below(random, 32) + 1);
        for (std::size_t i = below(random, 64); i > 0 && text.size() < kInputBytesMax; --i) {
            text.insert(at, piece);
        }
        break;
    }
    case 3: {
        const std::string& other = seeds[below(random, seeds.size())];
        text =
            text.substr(0, below(random, text.size())) + other.substr(below(random, other.size()));
        break;
    }
    default:
        break;
    }
    change_bytes(text, random);
    return text;
}

std::vector<std::string> read_seeds(const char* folder)
{
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::vector<std::string> seeds;
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return seeds;
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> seeds = read_seeds(argc > 1 ? argv[1] : "");
    if (seeds.empty()) {
        std::fprintf(stderr, "replay: no seeds in %s; expected a folder with at least one file\n",
                     argc > 1 ? argv[1] : "(nothing given)");
        return 2;
    }
    const std::size_t variations = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : kVariations;
    if (__sanitizer_set_death_callback != nullptr) {
        __sanitizer_set_death_callback(save_current);
    }
    std::signal(SIGABRT, [](int) {
        save_current();
        std::_Exit(1);
    });
    Random random(kSeed);
    run({});
    for (const std::string& seed : seeds) {
        run(seed);
        for (std::size_t i = 0; i < variations; ++i) {
            run(vary(seeds, seed, random));
        }
    }
    std::printf("%zu inputs read\n", 1 + seeds.size() * (variations + 1));
    return 0;
}
