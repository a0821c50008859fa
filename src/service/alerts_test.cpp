#include <gtest/gtest.h>

#include "service/alerts.h"
#include "service/policy.h"

namespace tanggap::service {
namespace {

model::MatchReason reason(std::string event_field, std::string pattern)
{
    model::MatchReason made;
    made.field = "cs-user-agent";
    made.event_field = std::move(event_field);
    made.pattern = std::move(pattern);
    return made;
}

TEST(Sentence, says_which_field_held_what)
{
    model::Alert alert;
    alert.title = "Scanner by its agent";
    alert.title_id = "Pemindai dari agennya";
    alert.first_reasons = {reason("user_agent.original", "*sqlmap*")};
    EXPECT_EQ(sentence_of(alert).id, "Menyala karena user_agent.original berisi '*sqlmap*',"
                                     " menurut aturan \"Pemindai dari agennya\".");
    EXPECT_EQ(sentence_of(alert).en, "Fired because user_agent.original contains '*sqlmap*',"
                                     " says the rule \"Scanner by its agent\".");
}

TEST(Sentence, tells_three_reasons_and_counts_the_rest)
{
    model::Alert alert;
    alert.title = "T";
    alert.first_reasons = {reason("a", "x*"), reason("b", "*x"), reason("c", "x"), reason("d", "x"),
                           reason("e", "x")};
    EXPECT_EQ(sentence_of(alert).id,
              "Menyala karena a diawali 'x*' dan b diakhiri '*x' dan c adalah"
              " 'x' (dan 2 alasan lain), menurut aturan \"T\".");
}

TEST(Sentence, of_a_correlation_is_its_summary)
{
    model::Alert alert;
    alert.title = "Storm";
    alert.summary = "11 events in 10m";
    EXPECT_EQ(sentence_of(alert).en, "Fired because 11 events in 10m, says the rule \"Storm\".");
}

TEST(Policy, is_no_unless_a_scope_says_yes)
{
    const Principal nobody;
    EXPECT_TRUE(authorise(nobody, Scope::Public));
    EXPECT_EQ(authorise(nobody, Scope::SignedIn).error().code, base::Code::Unauthenticated);
    Principal viewer;
    viewer.user_id = "u";
    viewer.scopes = scopes_of_roles({"viewer"});
    EXPECT_TRUE(authorise(viewer, Scope::Read));
    const auto refused = authorise(viewer, Scope::EventsIngest);
    EXPECT_EQ(refused.error().code, base::Code::Denied);
    EXPECT_NE(refused.error().message.find("events:ingest"), std::string::npos);
    EXPECT_TRUE(scopes_of_roles({"unheard-of"}).empty());
    EXPECT_TRUE(scopes_of_roles({}).empty());
}

} // namespace
} // namespace tanggap::service
