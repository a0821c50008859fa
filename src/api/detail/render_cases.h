// Cases and what lies in them as the API's JSON.
#pragma once

#include <map>

#include "api/detail/route.h"
#include "service/case_items.h"

namespace tanggap::api {

/// Names of accounts by id, asked once a request. An account that is gone has no name.
class Names {
public:
    explicit Names(const service::World& world) : world_(world) {}
    Json operator()(const std::string& id); ///< null: nobody

private:
    const service::World& world_;
    std::map<std::string, std::string> known_;
};

Json clock_json(const casework::Knowledge& knowledge, const casework::Clock& clock);
Json case_row(const Call& call, Names& names, const casework::Case& subject,
              const store::CaseCounts& counts, base::Time updated_at);
Json case_json(const Call& call, const service::CaseView& view);
Json task_json(Names& names, const casework::Task& task, std::uint64_t version);
Json entry_json(const casework::Entry& entry, std::uint64_t version);
Json note_json(const casework::Note& note, std::uint64_t version);
Json case_activity_json(const store::Activity& activity);
Json knowledge_json(const casework::Knowledge& knowledge);
Json both_json(const casework::Text& text);

} // namespace tanggap::api
