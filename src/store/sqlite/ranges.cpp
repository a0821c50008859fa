#include "store/sqlite/ranges.h"

#include <unordered_map>

#include <nlohmann/json.hpp>

namespace tanggap::store::sqlite {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& document)
{
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Each rule id once, in order of first use.
class RuleTable {
public:
    std::size_t position_of(const std::string& id)
    {
        const auto [place, added] = positions_.try_emplace(id, positions_.size());
        if (added) {
            ids_.push_back(id);
        }
        return place->second;
    }
    const Json& ids() const { return ids_; }

private:
    std::unordered_map<std::string, std::size_t> positions_;
    Json ids_ = Json::array();
};

template <class Body>
auto reading(std::string_view what, Body body) -> base::Result<decltype(body())>
{
    try {
        return body();
    } catch (const Json::exception& broken) {
        return base::corrupt(std::string(what) + " in the case database: " + broken.what());
    }
}

} // namespace

std::string write_annotations(const std::vector<Annotation>& annotations)
{
    RuleTable rules;
    Json events = Json::array();
    for (const Annotation& annotation : annotations) {
        Json positions = Json::array();
        for (const std::string& rule : annotation.rule_ids) {
            positions.push_back(rules.position_of(rule));
        }
        events.push_back(Json::array({annotation.sequence, annotation.record_index,
                                      annotation.level, std::move(positions), annotation.alerts}));
    }
    return text_of({{"rules", rules.ids()}, {"events", std::move(events)}});
}

base::Result<std::vector<Annotation>> read_annotations(std::string_view text)
{
    return reading("annotations of an archive range", [&] {
        const Json document = Json::parse(text);
        const auto rules = document.at("rules").get<std::vector<std::string>>();
        std::vector<Annotation> annotations;
        for (const Json& event : document.at("events")) {
            Annotation annotation{.sequence = event.at(0).get<std::uint64_t>(),
                                  .record_index = event.at(1).get<std::uint32_t>(),
                                  .rule_ids = {},
                                  .alerts = event.at(4).get<std::vector<std::uint64_t>>(),
                                  .level = event.at(2).get<int>()};
            for (const Json& position : event.at(3)) {
                annotation.rule_ids.push_back(rules.at(position.get<std::size_t>()));
            }
            annotations.push_back(std::move(annotation));
        }
        return annotations;
    });
}

std::string write_batch(const BatchResult& batch)
{
    Json quarantined = Json::object();
    for (const auto& [reason, count] : batch.quarantined) {
        quarantined[reason] = count;
    }
    return text_of({{"sequence", batch.sequence},
                    {"records", batch.records},
                    {"stored", batch.stored},
                    {"quarantined", std::move(quarantined)},
                    {"detections", batch.detections},
                    {"alerts", batch.alerts}});
}

base::Result<BatchResult> read_batch(std::string_view text)
{
    return reading("result of a batch", [&] {
        const Json document = Json::parse(text);
        BatchResult batch{.sequence = document.at("sequence").get<std::uint64_t>(),
                          .records = document.at("records").get<std::uint64_t>(),
                          .stored = document.at("stored").get<std::uint64_t>(),
                          .quarantined = {},
                          .detections = document.at("detections").get<std::uint64_t>(),
                          .alerts = document.at("alerts").get<std::vector<std::uint64_t>>()};
        for (const auto& [reason, count] : document.at("quarantined").items()) {
            batch.quarantined.emplace_back(reason, count.get<std::uint64_t>());
        }
        return batch;
    });
}

} // namespace tanggap::store::sqlite
