// The directory of organisations as it is kept.
#include "store/organisations.h"

#include "store/sqlite/change.h"
#include "store/sqlite/test_world.h"

namespace tanggap::store::sqlite {
namespace {

using casework::Contact;

/// Writes through a command, as services do.
template <class Write>
base::Status change(CaseStore& store, Write write)
{
    const Command command{.actor = {.kind = ActorKind::User, .id = "u-1", .name = "rina"},
                          .now = base::Time::from_seconds(1'700'200'000),
                          .reason = "test"};
    const auto done = store.change(command, [&](Change& open) -> base::Status {
        TRY_STATUS(write(open));
        return open.record({.action = "organisation.write",
                            .object = organisation_object("o-1"),
                            .touched = {},
                            .before = "null",
                            .after = "{}",
                            .reversible = Reversible::No,
                            .undoes = {}});
    });
    return done ? base::Status() : std::unexpected(done.error());
}

base::Result<std::vector<KeptOrganisation>> list(CaseStore& store)
{
    std::vector<KeptOrganisation> found;
    const auto read = store.read([&](Snapshot& snapshot) -> base::Status {
        TRY(found, list_organisations(snapshot));
        return {};
    });
    return read ? base::Result<std::vector<KeptOrganisation>>(found)
                : std::unexpected(read.error());
}

KeptOrganisation organisation(std::string name, std::vector<Contact> contacts)
{
    return {
        .id = "o-1",
        .organisation = {.name = std::move(name), .note = "note", .contacts = std::move(contacts)}};
}

base::Status put(CaseStore& store, const KeptOrganisation& one)
{
    return change(store, [&](Change& open) { return put_organisation(open, one); });
}

TEST(Organisations, a_known_one_keeps_its_name)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    ASSERT_TRUE(put(*store, organisation("Dinas A", {})));
    ASSERT_TRUE(put(*store, organisation("Dinas B", {{.name = "Ani"}})));
    const auto kept = list(*store);
    ASSERT_TRUE(kept);
    ASSERT_EQ(kept->size(), 1U);
    EXPECT_EQ(kept->front().organisation.name, "Dinas A");
    EXPECT_EQ(kept->front().organisation.contacts.front().name, "Ani");
}

TEST(Organisations, contacts_that_are_none_are_an_error_and_nothing_is_thrown)
{
    const TestFolder folder;
    const auto store = open_or_fail(folder.path());
    ASSERT_TRUE(put(*store, organisation("Dinas A", {{.name = "Ani \xff"}})));
    ASSERT_TRUE(list(*store));
    EXPECT_EQ(list(*store)->front().organisation.contacts.front().name, "Ani \xEF\xBF\xBD");
    for (const std::string_view broken :
         {"[1]", "[{\"name\": 7}]", "{\"name\": \"Ani\"}", "[", ""}) {
        const auto written = change(*store, [&](Change& open) -> base::Status {
            TRY(Statement * update,
                database_of(open).prepared("UPDATE organisations SET contacts = ?", "t"));
            return update->bind(broken).run();
        });
        ASSERT_TRUE(written) << broken << written.error().message;
        const auto kept = list(*store);
        ASSERT_FALSE(kept) << broken;
        EXPECT_EQ(kept.error().code, base::Code::Corrupt) << broken;
    }
}

} // namespace
} // namespace tanggap::store::sqlite
