// Everything that this room knows from content, loaded and checked together.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "casework/calendar.h"
#include "casework/clock.h"
#include "casework/playbook.h"
#include "casework/taxonomy.h"

namespace tanggap::casework {

/// The files by folder of content/.
struct KnowledgeFiles {
    std::vector<ContentFile> taxonomies;
    std::vector<ContentFile> playbooks;
    std::vector<ContentFile> clocks;
    std::vector<ContentFile> holidays;
};

/// Immutable; published as a whole. Thread: any.
struct Knowledge {
    std::vector<IncidentClass> classes;
    std::vector<Playbook> playbooks;
    std::vector<ClockRule> clocks;
    std::shared_ptr<const WorkCalendar> calendar; ///< null: no usable file

    const IncidentClass* find_class(std::string_view id) const;
    const Playbook* find_playbook(std::string_view id) const;
    const ClockRule* find_clock(std::string_view id) const;
};

/// What people set beside the files.
struct OwnSettings {
    std::vector<Holiday> days_off{};
    std::set<std::string, std::less<>> playbooks_off{}; ///< ids
    std::set<std::string, std::less<>> clocks_off{};    ///< ids
};
/// What was loaded, with what people set. A statutory clock is always on: a duty by law is waived
/// in a case that it does not concern. Ids that are not loaded wait for their file.
Knowledge with_settings(Knowledge loaded, const OwnSettings& own);

/// `zone`: the install's. A file with an error is left out and told; the rest is loaded.
Knowledge load_knowledge(const KnowledgeFiles& files, std::string_view zone,
                         std::vector<Diagnostic>& diagnostics);

} // namespace tanggap::casework
