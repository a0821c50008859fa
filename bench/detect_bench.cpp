// What detection costs a harmless access-log event under our own rules.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "detect/engine.h"

namespace {

using namespace tanggap;

std::string read(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

template <class File>
std::vector<File> files_below(const std::filesystem::path& folder)
{
    std::vector<File> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const bool samples = entry.path().stem().extension() == ".samples";
        if (entry.path().extension() == ".yaml" && !samples) {
            File file;
            file.name = entry.path().filename().string();
            file.yaml = read(entry.path());
            out.push_back(std::move(file));
        }
    }
    return out;
}

/// Harmless requests as a city's web server sees them. Seed 1.
void fill(model::EventBatch& batch, std::size_t count)
{
    std::mt19937_64 random(1);
    const char* agents[] = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/128.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"};
    for (std::size_t i = 0; i < count; ++i) {
        model::Event event;
        event.time = base::Time::from_seconds(1'790'000'000 + static_cast<std::int64_t>(i));
        event.received = event.time;
        event.dataset = "apache.access";
        const auto path = "/layanan/" + std::to_string(random() % 50'000) + "/detail.html";
        const auto query = "page=" + std::to_string(random() % 100) + "&sort=nama";
        const auto add = [&](std::string_view name, std::string_view text) {
            event.fields.push_back({.name = name, .value = model::string_value(batch.keep(text))});
        };
        add("event.category", "web");
        add("source.address", "198.51.100.7");
        add("source.ip", "198.51.100." + std::to_string(random() % 256));
        add("http.request.method", "GET");
        add("url.original", path + "?" + query);
        add("url.path", path);
        add("url.query", query);
        add("http.version", "1.1");
        event.fields.push_back(
            {.name = "http.response.status_code", .value = model::integer_value(batch, 200)});
        event.fields.push_back(
            {.name = "http.response.body.bytes", .value = model::integer_value(batch, 5'120)});
        add("http.request.referrer", "https://www.kota.example/");
        add("user_agent.original", agents[random() % 2]);
        event.original =
            batch.keep("198.51.100.7 - - \"GET " + path + "?" + query + " HTTP/1.1\" 200");
        batch.events.push_back(std::move(event));
    }
}

} // namespace

int main(int argc, char** argv)
{
    const std::filesystem::path content = argc > 1 ? argv[1] : "content";
    std::vector<detect::Diagnostic> diagnostics;
    const auto begin = std::chrono::steady_clock::now();
    const auto rules =
        detect::RuleSet::load(files_below<detect::RuleFile>(content / "rules"),
                              files_below<detect::MappingFile>(content / "mappings"), diagnostics);
    const std::chrono::duration<double> load = std::chrono::steady_clock::now() - begin;
    std::printf("%zu rules loaded in %.3f s, %zu diagnostics\n", rules->rules().size(),
                load.count(), diagnostics.size());

    model::EventBatch batch;
    fill(batch, 50'000);
    detect::Evaluator evaluator(rules);
    double best = 1e9;
    std::size_t found = 0;
    for (int round = 0; round < 7; ++round) {
        std::vector<model::Detection> detections;
        std::vector<detect::Signal> signals;
        const auto start = std::clock();
        evaluator.evaluate(batch, detections, signals);
        const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        best = std::min(best, seconds);
        found = detections.size() + signals.size();
    }
    std::printf("%.2f us CPU an event over %zu events (best of 7), %zu detections and signals\n",
                best * 1e6 / static_cast<double>(batch.events.size()), batch.events.size(), found);
    return 0;
}
