// The official report of a case.
#include <algorithm>
#include <fmt/format.h>

#include "casework/observable.h"
#include "count/statistics.h"
#include "count/words.h"
#include "model/dates.h"
#include "service/detail/document_pages.h"
#include "service/detail/page_frame.h"

namespace tanggap::service {
namespace {

using casework::Case;
using codec::HtmlWriter;
using model::Language;

std::string label_of(casework::Tlp tlp)
{
    std::string label = "TLP:" + std::string(casework::name_of(tlp));
    std::ranges::transform(label, label.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return label;
}

class CasePage {
public:
    CasePage(const Profile& profile, const CaseMatter& matter, Language language)
        : matter_(matter),
          subject_(matter.subject),
          language_(language),
          label_(service::label_of(matter.subject.tlp)),
          frame_{.profile = profile,
                 .language = language,
                 .label = label_,
                 .title = std::string(
                     matter.subject.incident
                         ? in("Laporan penanganan insiden siber", "Report of a cyber incident")
                         : in("Laporan penanganan kasus", "Report of a case")),
                 .footer = matter.subject.number_text(),
                 .demo = matter.demo}
    {
    }

    std::string write()
    {
        begin_page(page_, frame_);
        page_.element("p", subject_.number_text() + "  ·  " + subject_.title, R"(class="about")");
        page_.element(
            "p", fmt::format("{}: .......................   ·   {}", in("Nomor", "Number"), label_),
            R"(class="number")");
        facts();
        texts();
        times();
        timeline();
        tasks();
        observables();
        evidence();
        end_page(page_, frame_);
        return page_.take();
    }

private:
    std::string_view in(std::string_view id, std::string_view en) const
    {
        return service::in(language_, id, en);
    }
    std::string_view in(const casework::Text& text) const { return in(text.id, text.en); }
    std::string moment(base::Time time) const
    {
        return model::format_moment(time, frame_.profile.time_zone, language_);
    }
    void heading(std::string_view id, std::string_view en)
    {
        page_.element("h2", fmt::format("{}. {}", ++headings_, in(id, en)));
    }
    void close_table() { page_.close("tbody").close("table"); }

    void fact(std::string_view name, std::string_view value)
    {
        page_.open("tr").element("td", name, R"(class="name")");
        page_.element("td", value.empty() ? std::string_view("–") : value).close("tr");
    }
    void facts()
    {
        heading("Identitas", "Identity");
        page_.open("table", R"(class="data")").open("tbody");
        const auto priority = subject_.priority();
        std::string classes;
        for (const model::Words& each : matter_.classes) {
            classes += (classes.empty() ? "" : ", ") + each.in(language_);
        }
        fact(in("Judul", "Title"), subject_.title);
        fact(in("Perangkat daerah", "Organisation"), subject_.organisation);
        fact(in("Narahubung", "Contact"), subject_.contact);
        fact(in("Prioritas", "Priority"),
             priority ? count::label_of("case_priority", casework::name_of(*priority)).in(language_)
                      : std::string(in("belum ditetapkan", "not decided")));
        fact(in("Tahap", "Stage"), in(casework::title_of(subject_.place.stage)));
        fact(in("Kelas", "Classes"), classes);
        fact(in("Penanggung jawab", "Owner"), matter_.owner);
        fact(in("Dibuka", "Opened"), moment(subject_.opened_at));
        fact(in("Berakhir", "Ended"), subject_.ended_at ? moment(*subject_.ended_at) : "");
        fact(in("Peringatan terkait", "Alerts attached"),
             count::format_count(matter_.alerts, language_));
        fact(in("Laporan terkait", "Reports attached"),
             count::format_count(matter_.reports, language_));
        close_table();
    }

    void texts()
    {
        const auto text = [&](std::string_view id, std::string_view en, const std::string& value) {
            heading(id, en);
            if (value.empty()) {
                page_.element("p", in("Belum diisi.", "Not written yet."), R"(class="note")");
            }
            page_.paragraphs(value);
        };
        text("Ringkasan kejadian", "What happened", subject_.summary);
        text("Dampak", "Impact", subject_.impact);
        text("Penyebab", "Cause", subject_.cause);
        text("Tindakan yang dilakukan", "Measures taken", subject_.measures);
        text("Pelajaran dan rekomendasi", "Lessons and recommendations", subject_.lessons);
    }

    void times()
    {
        heading("Waktu-waktu penting", "Times");
        table_head(page_, {{std::string(in("Tonggak", "Milestone"))},
                           {std::string(in("Waktu", "Time"))},
                           {std::string(in("Keterangan", "Note"))}});
        for (std::size_t i = 0; i < casework::kMilestones; ++i) {
            const auto milestone = static_cast<casework::Milestone>(i);
            const auto& time = subject_.milestones.find(milestone);
            if (!time && !casework::is_required(milestone)) {
                continue;
            }
            const std::string when = !time ? std::string(in("tidak diketahui", "unknown"))
                                     : time->not_applicable
                                         ? std::string(in("tidak berlaku", "does not apply"))
                                         : moment(time->at);
            table_row(page_, {{std::string(in(casework::title_of(milestone)))},
                              {when, Look::Moment},
                              {time ? time->note : std::string()}});
        }
        close_table();
    }

    /// Starred lines go to the report; where none is, all do.
    void timeline()
    {
        std::vector<casework::Entry> entries = matter_.entries;
        if (std::ranges::any_of(entries, &casework::Entry::starred)) {
            std::erase_if(entries, [](const casework::Entry& entry) { return !entry.starred; });
        }
        if (entries.empty()) {
            return;
        }
        heading("Linimasa", "Timeline");
        table_head(page_, {{std::string(in("Waktu", "Time"))},
                           {std::string(in("Jenis", "Kind"))},
                           {std::string(in("Uraian", "What"))}});
        for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
            const auto kind = entry->kind == casework::EntryKind::Fact ? in("Fakta", "Fact")
                              : entry->kind == casework::EntryKind::Action
                                  ? in("Tindakan", "Action")
                                  : in("Keputusan", "Decision");
            table_row(page_,
                      {{moment(entry->at), Look::Moment}, {std::string(kind)}, {entry->text}});
        }
        close_table();
    }

    void tasks()
    {
        if (matter_.tasks.empty()) {
            return;
        }
        heading("Tugas", "Tasks");
        table_head(page_, {{std::string(in("Tugas", "Task"))},
                           {std::string(in("Keadaan", "State"))},
                           {std::string(in("Hasil", "Outcome"))}});
        for (const casework::Task& task : matter_.tasks) {
            const auto state =
                task.state == casework::TaskState::Done      ? in("Selesai", "Done")
                : task.state == casework::TaskState::Dropped ? in("Dibatalkan", "Dropped")
                : task.state == casework::TaskState::Doing   ? in("Dikerjakan", "Being done")
                                                             : in("Terbuka", "Open");
            table_row(page_, {{std::string(in(task.title, task.title_en))},
                              {std::string(state)},
                              {task.outcome}});
        }
        close_table();
    }

    void observables()
    {
        if (matter_.observables.empty()) {
            return;
        }
        heading("Artefak", "Observables");
        table_head(page_, {{std::string(in("Jenis", "Type"))},
                           {std::string(in("Nilai (dilemahkan)", "Value (defanged)"))},
                           {std::string(in("Catatan", "Note"))}});
        for (const casework::CaseObservable& each : matter_.observables) {
            const auto type = casework::parse_observable_type(each.type);
            table_row(page_, {{each.type},
                              {type ? casework::defang(*type, each.value) : each.value},
                              {each.note}});
        }
        close_table();
    }

    void evidence()
    {
        if (matter_.evidence.empty()) {
            return;
        }
        heading("Bukti digital", "Evidence");
        table_head(page_, {{std::string(in("Nomor", "Number"))},
                           {std::string(in("Berkas", "File"))},
                           {"SHA-256"}});
        for (const casework::Evidence& each : matter_.evidence) {
            page_.open("tr").element("td", each.number_text()).element("td", each.name);
            page_.element("td", each.sha256, R"(class="hash")").close("tr");
        }
        close_table();
    }

    HtmlWriter page_;
    const CaseMatter& matter_;
    const Case& subject_;
    Language language_;
    std::string label_;
    PageFrame frame_;
    int headings_ = 0;
};

} // namespace

std::string case_page(const Profile& profile, const CaseMatter& matter, Language language)
{
    return CasePage(profile, matter, language).write();
}

} // namespace tanggap::service
