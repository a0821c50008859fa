// HTML templates: loaded once, checked, filled in with values that are escaped by their place.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/words.h"

namespace tanggap::portal {

/// A file of content/portal, whole. Later ones of the same name take the place of earlier ones.
struct ContentFile {
    std::string name; ///< below content/, "portal/templates/home.html"
    std::string text;
};

/// What a template is filled in with: texts by name, sections that repeat or show.
/// Names are A-Z, 0-9 and _. A section looks up what it lacks in the one around it.
class Values {
public:
    Values& set(std::string_view name, std::string_view text);
    /// One more round of a section.
    Values& add(std::string_view section);
    Values& show(std::string_view section)
    {
        add(section);
        return *this;
    }
    Values& show_if(bool condition, std::string_view section)
    {
        return condition ? show(section) : *this;
    }
    /// A section a line, each with TEXT, and MORE on all but the last: escaping makes blanks of
    /// line ends, so they have to come from the template.
    Values& lines(std::string_view section, std::string_view text);

private:
    friend class TemplateSet;
    std::vector<std::pair<std::string, std::string>> texts_;
    std::vector<std::pair<std::string, std::unique_ptr<Values>>> sections_;
};

/// Every text by its key. {NAME} in a text becomes the value of that name.
class Texts {
public:
    /// Errors: Invalid with file, line and what is wrong.
    static base::Result<Texts> load(std::span<const ContentFile> files);
    /// A key that is not there is our mistake: the templates and the code are tested for it.
    const model::Words& at(std::string_view key) const;
    bool has(std::string_view key) const { return words_.contains(key); }
    std::string in(std::string_view key, model::Language language) const
    {
        return at(key).in(language);
    }
    const std::map<std::string, model::Words, std::less<>>& all() const { return words_; }

private:
    std::map<std::string, model::Words, std::less<>> words_;
};

/// Thread: any, after load.
class TemplateSet {
public:
    /// Checks and compiles every content/portal/templates/*.html in both languages. layout.html
    /// goes around each of the others, [[key]] is a text, [[INCLUDE x.html]] another file.
    ///
    /// Errors: Invalid where a file does not begin with {{%AUTOESCAPE context="HTML"}}, has a
    /// modifier, changes the delimiters, includes at run time, names an unknown text, or does not
    /// compile. Source: rulings 43.
    static base::Result<TemplateSet> load(std::span<const ContentFile> files, const Texts& texts);
    TemplateSet(TemplateSet&&) noexcept;
    TemplateSet& operator=(TemplateSet&&) noexcept;
    ~TemplateSet();

    /// `name`: "home.html". Errors: Internal where there is no such template.
    base::Result<std::string> render(std::string_view name, model::Language language,
                                     const Values& values) const;
    std::vector<std::string> names() const;

private:
    struct Compiled;
    explicit TemplateSet(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

} // namespace tanggap::portal
