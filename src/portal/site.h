// All the content of the public pages, read and checked: texts, templates, form, documents.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/advisory.h"
#include "model/words.h"
#include "portal/templates.h"
#include "service/report_form.h"

namespace tanggap::portal {

/// One heading of RFC 2350.
struct Heading {
    std::string number; ///< "2.8"
    model::Words title;
    std::string from;  ///< member of the profile; empty: a heading with nothing below
    model::Words text; ///< where the profile says nothing
};

struct NoticeSection {
    model::Words heading;
    std::vector<model::Words> items;
};

using model::Advisory;

/// Immutable after load. Thread: any.
struct Site {
    Texts texts;
    TemplateSet templates;
    service::ReportForm form;
    std::vector<Heading> rfc2350;
    std::vector<NoticeSection> privacy;
    std::vector<Advisory> advisories; ///< newest first
    std::string style;                ///< the style sheet without the brand's colours

    /// Takes portal/, forms/ and advisories/ of content; a later file of a name takes the place of
    /// an earlier one. Errors: Invalid with file, place and what is wrong.
    static base::Result<std::shared_ptr<const Site>> load(std::span<const ContentFile> files);
};

} // namespace tanggap::portal
