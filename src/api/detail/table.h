// A table sent as CSV: all of its rows are taken, or none.
#pragma once

#include "api/detail/route.h"
#include "base/limits.h"
#include "service/alerts.h"

namespace tanggap::api {

/// Whether the caller only wants the rows checked and counted.
inline base::Result<bool> only_checked(const Call& call)
{
    const std::string_view dry = call.parameter("dry_run");
    if (!dry.empty() && dry != "true" && dry != "false") {
        return base::invalid("dry_run is true or false");
    }
    return dry == "true";
}

/// Says what is wrong in which row, for the first of them; `rows` names them in the title, and
/// `code_of` the kind of a problem.
template <class Problem, class CodeOf>
Reply refuse_rows(const Call& call, std::string_view type, const service::Sentence& rows,
                  const std::vector<Problem>& problems, CodeOf code_of)
{
    const bool indonesian = wants_indonesian(call.request);
    std::vector<FieldError> errors;
    for (const Problem& problem : problems) {
        if (errors.size() == base::limits::kAssetProblemsShown) {
            break;
        }
        const service::Sentence words = service::sentence_of(problem);
        errors.push_back({"/lines/" + std::to_string(problem.line),
                          std::string(code_of(problem.kind)), indonesian ? words.id : words.en});
    }
    const std::string count = std::to_string(problems.size());
    return make_problem(call, 400, type,
                        indonesian ? count + " " + rows.id + " salah; tidak ada yang diambil"
                                   : count + " of the " + rows.en + " are wrong; nothing was taken",
                        errors);
}

} // namespace tanggap::api
