#include "casework/playbook.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "casework/detail/reader.h"

namespace tanggap::casework {
namespace {

using detail::Reader;
using Node = codec::YamlNode;

struct RoleWords {
    std::string_view name;
    Text title;
};

const std::array<RoleWords, 5>& words()
{
    static const std::array<RoleWords, 5> all{{
        {"duty_officer", {"Petugas piket", "Duty officer"}},
        {"analyst", {"Analis", "Analyst"}},
        {"lead", {"Pimpinan penanganan", "Incident lead"}},
        {"liaison", {"Penghubung", "Liaison"}},
        {"contact", {"Agen siber perangkat daerah", "Organisation's contact"}},
    }};
    return all;
}

base::Result<Stage> parse_working_stage(std::string_view name)
{
    TRY(const Stage stage, parse_stage(name));
    if (!is_working(stage)) {
        return base::invalid(base::quoted(name) + " is no stage that work is done in");
    }
    return stage;
}

class PlaybookReader {
public:
    PlaybookReader(const ContentFile& file, std::span<const std::string> known_classes,
                   std::vector<Diagnostic>& diagnostics)
        : file_(file),
          known_classes_(known_classes),
          diagnostics_(diagnostics),
          read_(file, diagnostics)
    {
    }

    std::optional<Playbook> read()
    {
        const auto top = read_.document();
        if (!top) {
            return std::nullopt;
        }
        read_.only(*top, {"id", "version", "title", "when", "classes", "techniques", "tasks"});
        book_.overriding = file_.overriding;
        if (const Node* id = read_.require(*top, "id")) {
            book_.id = read_.id(*id);
        }
        read_version(*top);
        if (const Node* title = read_.require(*top, "title")) {
            book_.title = read_.both(*title);
        }
        if (const Node* when = read_.require(*top, "when")) {
            book_.when = read_.both(*when);
        }
        book_.classes = read_.texts(*top, "classes");
        check_classes(*top);
        book_.techniques = read_.texts(*top, "techniques");
        for (const Node& item : read_.items(*top, "tasks")) {
            read_task(item);
        }
        if (book_.tasks.empty()) {
            read_.problem(*top, "a playbook has at least one task");
        }
        return read_.failed() ? std::nullopt : std::optional(std::move(book_));
    }

private:
    void read_version(const Node& top)
    {
        const Node* version = read_.require(top, "version");
        const auto number = version != nullptr ? version->as_integer() : std::nullopt;
        if (version != nullptr && (!number || *number < 1 || *number > 1'000'000)) {
            read_.problem(*version, "version is a whole number from 1");
        }
        book_.version = static_cast<int>(number.value_or(1));
    }

    void check_classes(const Node& top)
    {
        for (const std::string& each : book_.classes) {
            if (std::ranges::find(known_classes_, each) == known_classes_.end()) {
                const Node& at = *top.find("classes");
                diagnostics_.push_back(
                    {.severity = Diagnostic::Severity::Warning,
                     .file = file_.name,
                     .line = at.line,
                     .column = at.column,
                     .message = "the taxonomy has no class " + base::quoted(each),
                     .hint = "see content/taxonomies"});
            }
        }
    }

    void read_task(const Node& node)
    {
        read_.only(node, {"id", "title", "why", "stage", "role", "due", "mandatory", "steps"});
        if (!node.is_mapping()) {
            return;
        }
        TaskTemplate task;
        if (const Node* id = read_.require(node, "id")) {
            task.id = read_.id(*id);
            if (std::ranges::find(book_.tasks, task.id, &TaskTemplate::id) != book_.tasks.end()) {
                read_.problem(*id, "the task " + base::quoted(task.id) + " is there already");
            }
        }
        if (const Node* title = read_.require(node, "title")) {
            task.title = read_.both(*title);
        }
        if (const Node* why = read_.require(node, "why")) {
            task.why = read_.both(*why);
        }
        if (const Node* stage = read_.require(node, "stage")) {
            task.stage = read_.word(*stage, parse_working_stage);
        }
        if (const Node* role = read_.require(node, "role")) {
            task.role = read_.word(*role, parse_team_role);
        }
        if (const Node* due = node.find("due")) {
            const detail::Span span = read_.span(*due);
            task.due_seconds = span.seconds;
            task.due_working_days = span.working_days;
        }
        task.mandatory = read_.flag(node, "mandatory", false);
        task.steps = read_.list_of_both(node, "steps");
        book_.tasks.push_back(std::move(task));
    }

    const ContentFile& file_;
    std::span<const std::string> known_classes_;
    std::vector<Diagnostic>& diagnostics_;
    Reader read_;
    Playbook book_;
};

std::size_t shared(std::span<const std::string> a, std::span<const std::string> b)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        a, [&](const std::string& each) { return std::ranges::find(b, each) != b.end(); }));
}

} // namespace

std::string_view name_of(TeamRole role)
{
    return words()[static_cast<std::size_t>(role)].name;
}

const Text& title_of(TeamRole role)
{
    return words()[static_cast<std::size_t>(role)].title;
}

base::Result<TeamRole> parse_team_role(std::string_view name)
{
    std::string known;
    for (std::size_t i = 0; i < words().size(); ++i) {
        if (words()[i].name == name) {
            return static_cast<TeamRole>(i);
        }
        known += (i == 0 ? "" : ", ") + std::string(words()[i].name);
    }
    return base::invalid(base::quoted(name) + " is no role of the team; roles are " + known);
}

std::vector<Playbook> load_playbooks(std::span<const ContentFile> files,
                                     std::span<const std::string> known_classes,
                                     std::vector<Diagnostic>& diagnostics)
{
    std::vector<Playbook> books;
    for (const ContentFile& file : files) {
        if (auto book = PlaybookReader(file, known_classes, diagnostics).read()) {
            detail::keep_last_of_each_id(books, *book);
        }
    }
    return books;
}

std::optional<base::Time> due_of(const TaskTemplate& task, const WorkCalendar* calendar,
                                 base::Time now)
{
    if (task.due_seconds != 0) {
        return now + std::chrono::seconds(task.due_seconds);
    }
    if (task.due_working_days == 0) {
        return std::nullopt;
    }
    if (calendar == nullptr) {
        return now + std::chrono::days(task.due_working_days);
    }
    return calendar->add(now,
                         std::chrono::seconds(task.due_working_days * calendar->working_day()));
}

std::vector<const Playbook*> suggest(std::span<const Playbook> playbooks,
                                     std::span<const std::string> classes,
                                     std::span<const std::string> techniques)
{
    const auto fit = [&](const Playbook* book) {
        return 2 * shared(book->classes, classes) + shared(book->techniques, techniques);
    };
    std::vector<const Playbook*> best;
    for (const Playbook& book : playbooks) {
        if (!book.enabled) {
            continue;
        }
        const auto place = std::ranges::upper_bound(best, fit(&book), std::greater<>(), fit);
        best.insert(place, &book);
    }
    return best;
}

} // namespace tanggap::casework
