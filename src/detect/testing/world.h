// A small world made up from a seed: rules and events whose values meet often.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "detect/engine.h"

namespace tanggap::detect::testing {

class World {
public:
    explicit World(std::uint64_t seed) : random_(seed) {}

    /// Log sources with several variants, field names that stand for several, placeholders.
    static std::string mappings();
    std::string rules(int count);
    /// Filters over some of the rules made so far.
    std::string filters(int count);
    void events(model::EventBatch& batch, int count);

    /// A few plain rules and correlations over them, some over each other.
    std::string correlations();
    void happenings(model::EventBatch& batch, int count);

    /// Rules of one line each, and events that meet it or miss it by little.
    std::string edge_rules(int count);
    void edge_events(model::EventBatch& batch, int count);

private:
    std::size_t pick(std::size_t below) { return random_() % below; }
    bool once_in(std::size_t times) { return pick(times) == 0; }
    const std::string& any(const std::vector<std::string>& of) { return of[pick(of.size())]; }

    std::string id(std::string_view kind, std::size_t number) const;
    std::string field();
    std::string word(std::size_t longest);
    std::string quoted(const std::string& text) const;
    std::string address();
    model::Value value(model::EventBatch& batch);
    std::string line();
    std::string text_line(const std::string& name);
    std::string special_line(std::size_t kind);
    std::string selection();
    std::string condition(const std::vector<std::string>& names);
    std::string correlation(std::size_t number);
    std::string edge_text(const std::string& text, std::string_view modifiers);
    std::string edge_text_line(std::string_view name, const std::vector<std::string>& texts,
                               const std::vector<std::string>& places);
    std::string edge_line();
    std::string edge_value(const std::string& text);
    model::Value edge_number(model::EventBatch& batch);
    void edge_fields(model::EventBatch& batch, model::Event& event);

    std::mt19937_64 random_;
    std::size_t made_ = 0; ///< rules
};

} // namespace tanggap::detect::testing
