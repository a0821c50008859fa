// The pages that documents are printed from. Pure: the same values give the same page.
#pragma once

#include <string>
#include <vector>

#include "casework/case.h"
#include "count/statistics.h"
#include "model/words.h"
#include "service/profile.h"
#include "store/publications.h"

namespace tanggap::service {

std::string monthly_page(const Profile& profile, const store::Publication& publication,
                         const count::Statistics& statistics, model::Language language);

/// What the report of a case is made from.
struct CaseMatter {
    casework::Case subject{};
    std::string owner{}; ///< name of the account
    std::vector<model::Words> classes{};
    std::vector<casework::Task> tasks{};
    std::vector<casework::Entry> entries{}; ///< newest first
    std::vector<casework::CaseObservable> observables{};
    std::vector<casework::Evidence> evidence{};
    std::uint64_t alerts = 0;
    std::uint64_t reports = 0;
    bool demo = false;
};
std::string case_page(const Profile& profile, const CaseMatter& matter, model::Language language);

} // namespace tanggap::service
