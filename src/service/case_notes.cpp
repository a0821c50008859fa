// Notes of cases: pages of Markdown that several people write.
#include "service/detail/item_change.h"

namespace tanggap::service {
namespace {

using casework::Case;
using casework::Note;

/// What a page may hold: merging sends it twice in one body of 64 KiB.
constexpr std::size_t kNoteBytesMax = 24 * 1024;
constexpr std::size_t kNotesMax = 200;

base::Status apply(const NoteEdit& edit, Note& note, const Principal& principal, base::Time now)
{
    if (edit.title) {
        TRY(note.title, checked_text("title", *edit.title, kCaseTitleBytesMax, true));
    }
    if (edit.text) {
        if (edit.text->size() > kNoteBytesMax) {
            return base::invalid("a note holds at most 24 KiB; begin another page");
        }
        if (!base::is_utf8(*edit.text)) {
            return base::invalid("the note is not UTF-8");
        }
        note.text = *edit.text;
    }
    note.removed = edit.removed.value_or(note.removed);
    note.by = principal.name;
    note.updated_at = now;
    return {};
}

} // namespace

base::Result<Note> add_note(const World& world, const ItemWish& wish, const NoteEdit& edit)
{
    return make_item<Note>(
        world, wish, "note", store::put_note,
        [&](store::Change& change, const Case& subject, Note& note) -> base::Status {
            TRY(const auto there, store::list_notes(change, subject.id));
            if (there.size() >= kNotesMax) {
                return base::exhausted("a case has at most 200 notes");
            }
            if (!edit.title) {
                return base::invalid("a note needs a title");
            }
            return apply(edit, note, wish.principal, change.command().now);
        });
}

base::Result<Note> edit_note(const World& world, const ItemWish& wish, const NoteEdit& edit)
{
    return change_item<Note>(
        world, wish, "note", store::find_note, store::put_note,
        [&](store::Change& change, const Case&, Note& note) -> base::Status {
            const Note before = note;
            TRY_STATUS(apply(edit, note, wish.principal, change.command().now));
            const bool same = note.title == before.title && note.text == before.text &&
                              note.removed == before.removed;
            if (same) {
                note = before;
            }
            return {};
        });
}

base::Result<NoteMerge> merge_note(const World& world, const ItemWish& wish, std::string_view base,
                                   std::string_view ours)
{
    NoteMerge merged;
    TRY_STATUS(world.cases.read([&](store::Snapshot& snapshot) -> base::Status {
        TRY(const Case subject,
            store::find_case(snapshot, wish.case_id, viewer_of(wish.principal)));
        TRY(merged.theirs, store::find_note(snapshot, wish.id));
        if (merged.theirs.case_id != subject.id) {
            return base::not_found("no such note in this case");
        }
        TRY(const auto version, store::version_of(snapshot, {.kind = "note", .id = wish.id}));
        merged.version = version.version;
        return {};
    }));
    merged.merge = casework::merge_notes(base, ours, merged.theirs.text);
    return merged;
}

} // namespace tanggap::service
