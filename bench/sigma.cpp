// What the whole public rule collection costs on Windows events, beside the fastest reading of
// them.
//
//   sigma [--corpora DIR] [--events N] [--seed S] [--rounds R] [--set structured|message|process]
//
// The ceiling reads only the fields that some rule uses (simdjson, strings unescaped) and does
// nothing with them. Events are those of winjson, shuffled, none twice. One thread; figures are
// processor time, ratios of one run.
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include "codec/records.h"
#include "detect/detail/compiled.h"
#include "sigma_corpus.h"

namespace {

using namespace tanggap;

struct Options {
    std::string corpora = bench::corpora_folder();
    std::size_t events = 80'000;
    std::uint64_t seed = 20261129;
    int rounds = 3;
    std::string set;
};

Options read_options(int argc, char** argv)
{
    Options out;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--corpora") {
            out.corpora = value;
        } else if (name == "--events") {
            out.events = std::stoull(value);
        } else if (name == "--seed") {
            out.seed = std::stoull(value);
        } else if (name == "--rounds") {
            out.rounds = std::stoi(value);
        } else if (name == "--set") {
            out.set = value;
        }
    }
    return out;
}

/// The line without its rendered text, which is most of it.
std::string without_message(const std::string& line)
{
    const std::string_view key = "\"Message\":\"";
    const auto begin = line.find(key);
    if (begin == std::string::npos) {
        return line;
    }
    auto end = begin + key.size();
    while (end < line.size() && line[end] != '"') {
        end += line[end] == '\\' ? 2 : 1;
    }
    end = std::min(end + 1, line.size());
    if (end < line.size() && line[end] == ',') {
        ++end;
    }
    auto out = line.substr(0, begin) + line.substr(end);
    const auto comma = out.find(",}");
    return comma == std::string::npos ? out : out.replace(comma, 2, "}");
}

std::vector<std::string> windows_lines(const std::string& corpora)
{
    std::vector<std::string> out;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(corpora + "/winjson/otrf")) {
        if (entry.path().extension() == ".zst") {
            paths.push_back(entry.path());
        }
    }
    std::ranges::sort(paths);
    for (const auto& path : paths) {
        auto reader = codec::open_records(path.string());
        model::Record record;
        while (reader && (*reader)->next(record).value_or(false)) {
            if (record.bytes.contains("\"EventID\"") && record.bytes.contains("\"Channel\"")) {
                out.push_back(record.bytes);
            }
        }
    }
    return out;
}

bool is_process_creation(const std::string& line)
{
    const bool sysmon = line.contains("Sysmon/Operational") &&
                        (line.contains("\"EventID\":1,") || line.contains("\"EventID\":1}"));
    return sysmon || line.contains("\"EventID\":4688,") || line.contains("\"EventID\":4688}");
}

/// Names of the JSON keys that some rule reads.
std::unordered_set<std::string> used_names(const detect::RuleSet& rules)
{
    std::unordered_set<std::string> out{"EventID", "Channel", "Hostname", "SourceName",
                                        "@timestamp"};
    for (const auto& [name, slot] : rules.compiled().slots) {
        if (name.starts_with("winlog.event_data.")) {
            out.insert(name.substr(name.rfind('.') + 1));
        }
    }
    return out;
}

/// A set of short words, asked once a key.
class Words {
public:
    explicit Words(const std::unordered_set<std::string>& words)
    {
        for (const auto& word : words) {
            auto at = place(word);
            while (!table_[at].empty()) {
                at = (at + 1) % table_.size();
            }
            table_[at] = word;
        }
    }
    bool has(std::string_view word) const
    {
        for (auto at = place(word); !table_[at].empty(); at = (at + 1) % table_.size()) {
            if (table_[at] == word) {
                return true;
            }
        }
        return false;
    }

private:
    std::size_t place(std::string_view word) const
    {
        std::uint64_t head = 0;
        std::memcpy(&head, word.data(), std::min<std::size_t>(word.size(), 8));
        head = (head ^ word.size()) * 0x9E3779B97F4A7C15ULL;
        return head >> 51;
    }
    std::vector<std::string> table_ = std::vector<std::string>(8192);
};

/// Reads the used fields of every line; the sum keeps the compiler from leaving it out.
std::uint64_t read_only(const std::vector<simdjson::padded_string>& lines, const Words& words)
{
    std::uint64_t sum = 0;
    simdjson::ondemand::parser parser;
    for (const auto& line : lines) {
        simdjson::ondemand::document document;
        if (parser.iterate(line).get(document) != simdjson::SUCCESS) {
            continue;
        }
        simdjson::ondemand::object object;
        if (document.get_object().get(object) != simdjson::SUCCESS) {
            continue;
        }
        for (auto field : object) {
            std::string_view key;
            if (field.unescaped_key().get(key) != simdjson::SUCCESS || !words.has(key)) {
                continue;
            }
            simdjson::ondemand::value value;
            std::string_view text;
            if (field.value().get(value) == simdjson::SUCCESS) {
                if (value.get_string().get(text) == simdjson::SUCCESS) {
                    sum += text.size();
                } else {
                    sum += value.raw_json_token().size();
                }
            }
        }
    }
    return sum;
}

struct Measured {
    double decode = 1e9;
    double evaluate = 1e9;
    std::size_t detections = 0;
    std::size_t events = 0;
};

Measured run_ours(const bench::Content& content, const std::vector<model::Record>& records,
                  int rounds)
{
    Measured best;
    detect::Evaluator evaluator(content.rules);
    model::StreamContext stream;
    stream.sensor = "bench";
    stream.source = "windows_json";
    const auto received = base::Time::from_seconds(1'793'000'000);
    constexpr std::size_t kChunk = 1'000;
    for (int round = 0; round < rounds; ++round) {
        double decode = 0;
        double evaluate = 0;
        std::size_t found = 0;
        std::size_t events = 0;
        for (std::size_t at = 0; at < records.size(); at += kChunk) {
            const auto chunk =
                std::span(records).subspan(at, std::min(kChunk, records.size() - at));
            model::EventBatch batch;
            const double begin = bench::processor_seconds();
            normalize::decode(*content.sources, stream, chunk, received, batch);
            const double middle = bench::processor_seconds();
            std::vector<model::Detection> detections;
            std::vector<detect::Signal> signals;
            evaluator.evaluate(batch, detections, signals);
            evaluate += bench::processor_seconds() - middle;
            decode += middle - begin;
            found += detections.size();
            events += batch.events.size();
        }
        if (decode + evaluate < best.decode + best.evaluate) {
            best = {.decode = decode, .evaluate = evaluate, .detections = found, .events = events};
        }
    }
    return best;
}

void run_set(const std::string& name, std::vector<std::string> lines, const bench::Content& content,
             const Options& options)
{
    std::mt19937_64 random(options.seed);
    std::ranges::shuffle(lines, random);
    lines.resize(std::min(lines.size(), options.events));
    std::vector<simdjson::padded_string> padded;
    std::vector<model::Record> records;
    std::size_t bytes = 0;
    for (auto& line : lines) {
        padded.emplace_back(line);
        bytes += line.size();
        model::Record record;
        record.bytes = std::move(line);
        records.push_back(std::move(record));
    }
    const Words words(used_names(*content.rules));
    double ceiling = 1e9;
    std::uint64_t sum = 0;
    for (int round = 0; round < options.rounds; ++round) {
        const double begin = bench::processor_seconds();
        sum += read_only(padded, words);
        ceiling = std::min(ceiling, bench::processor_seconds() - begin);
    }
    const auto ours = run_ours(content, records, options.rounds);
    const auto count = static_cast<double>(records.size());
    const double whole = ours.decode + ours.evaluate;
    fmt::print("{:<11} {} events of {:.0f} bytes, {} detections (seed {})\n", name, records.size(),
               static_cast<double>(bytes) / count, ours.detections, options.seed);
    fmt::print("  ceiling   {:>8.0f} events/s   {:.2f} us   (checksum {})\n", count / ceiling,
               ceiling * 1e6 / count, sum % 997);
    fmt::print("  ours      {:>8.0f} events/s   {:.2f} us = decode {:.2f} + evaluate {:.2f}\n",
               count / whole, whole * 1e6 / count, ours.decode * 1e6 / count,
               ours.evaluate * 1e6 / count);
    fmt::print("  ratio     {:.3f}   evaluate alone {:.3f}\n", ceiling / whole,
               ceiling / ours.evaluate);
}

} // namespace

int main(int argc, char** argv)
{
    const auto options = read_options(argc, argv);
    const auto content = bench::load_content(options.corpora);
    fmt::print("{} rules, {} partitions, {} predicates, loaded in {:.3f} s\n",
               content.rules->rules().size(), content.rules->compiled().partitions.size(),
               content.rules->compiled().predicates.size(), content.load_seconds);
    const auto lines = windows_lines(options.corpora);
    const auto wanted = [&](std::string_view name) {
        return options.set.empty() || options.set == name;
    };
    std::vector<std::string> structured;
    std::vector<std::string> process;
    for (const auto& line : lines) {
        structured.push_back(without_message(line));
        if (is_process_creation(line)) {
            process.push_back(structured.back());
        }
    }
    if (wanted("structured")) {
        run_set("structured", structured, content, options);
    }
    if (wanted("message")) {
        run_set("message", lines, content, options);
    }
    if (wanted("process")) {
        run_set("process", process, content, options);
    }
    return 0;
}
