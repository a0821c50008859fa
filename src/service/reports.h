// Our side of reports: read, acknowledge, answer, note, sort into cases, tell all reporters at
// once. What goes to a reporter is a PublicText, what stays with us an InternalText.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/report.h"
#include "service/principal.h"
#include "service/report_form.h"
#include "service/world.h"
#include "store/reports.h"

namespace tanggap::service {

struct SeenReport {
    store::Report report;
    policy::Tlp tlp = policy::Tlp::Amber;
    std::uint64_t version = 0;
};

/// Errors: NotFound, also where the asker may not see it.
base::Result<SeenReport> see_report(const World& world, const Principal& principal,
                                    std::string_view id);

/// A change of one report. `expected`: the version it was made on.
struct ReportWish {
    const Principal& principal;
    store::Command command;
    std::string id;
    std::optional<std::uint64_t> expected;
};

/// Fields that are given are set.
struct ReportEdit {
    std::optional<std::string> title;
    std::optional<model::ReportStatus> status;
    std::optional<std::string> organisation;
    std::optional<std::string> assignee;
};
base::Status edit_report(const World& world, const ReportWish& wish, const ReportEdit& edit);

/// The first answer: thanks, the three first steps of this kind of incident in the reporter's
/// language, and what the officer adds. Errors: Conflict where it was acknowledged already.
base::Status acknowledge_report(const World& world, const ReportWish& wish, const ReportForm& form,
                                const std::optional<model::PublicText>& more);
/// What acknowledge_report would say.
model::PublicText acknowledgement_of(const store::ReportHead& head, const ReportForm& form,
                                     const std::optional<model::PublicText>& more);

base::Status answer_reporter(const World& world, const ReportWish& wish,
                             const model::PublicText& text,
                             std::optional<model::ReportStatus> status);
base::Status note_report(const World& world, const ReportWish& wish,
                         const model::InternalText& text);
/// The bytes of a file, with a record of who took it and why. Errors: NotFound; Invalid without a
/// reason.
struct TakenFile {
    std::string name;
    std::string bytes;
};
base::Result<TakenFile> take_report_file(const World& world, const ReportWish& wish,
                                         std::string_view file_id);

/// Puts reports into a case that the principal may change, or out of theirs (empty id); one that is
/// there already is left alone. All or none. Errors: NotFound; Denied; Conflict where a case ended.
base::Status move_reports(const World& world, const Principal& principal,
                          const store::Command& command, const std::vector<std::string>& ids,
                          std::string_view case_id);

/// The same news to every reporter of a case, each in the language they read.
struct PublicNews {
    model::PublicText id;
    model::PublicText en;
    std::optional<model::ReportStatus> status;
};
/// Gives how many were told. Errors: NotFound where the case has no report.
base::Result<std::size_t> inform_reporters(const World& world, const Principal& principal,
                                           const store::Command& command, std::string_view case_id,
                                           const PublicNews& news);

/// For the WHERE of lists.
policy::Filter visible_reports(const Principal& principal);

} // namespace tanggap::service
