#include <gtest/gtest.h>

#include "service/alerts.h"
#include "service/principal.h"

namespace tanggap::service {
namespace {

model::MatchReason reason(std::string event_field, std::string value, std::string pattern = "")
{
    model::MatchReason made;
    made.field = "cs-user-agent";
    made.event_field = std::move(event_field);
    made.value = std::move(value);
    made.pattern = std::move(pattern);
    return made;
}

TEST(Sentence, says_what_the_log_held_once_for_each_field)
{
    model::Alert alert;
    alert.title = "Web shell answers";
    alert.title_id = "Web shell menjawab";
    alert.first_reasons = {reason("url.path", "/unggah/x.php", "*.php*"),
                           reason("url.path", "/unggah/x.php", "/(?:uploads?|unggah)/.*"),
                           reason("http.request.method", "POST", "POST")};
    EXPECT_EQ(sentence_of(alert).id, "Menyala karena url.path “/unggah/x.php” dan"
                                     " http.request.method “POST” cocok dengan aturan"
                                     " “Web shell menjawab”.");
    EXPECT_EQ(sentence_of(alert).en, "Fired because url.path “/unggah/x.php” and"
                                     " http.request.method “POST” matched the rule"
                                     " “Web shell answers”.");
}

TEST(Sentence, tells_three_values_and_counts_the_rest)
{
    model::Alert alert;
    alert.title = "T";
    alert.first_reasons = {reason("a", "1"), reason("b", "2"), reason("c", "3"), reason("d", "4"),
                           reason("e", "5")};
    EXPECT_EQ(sentence_of(alert).id, "Menyala karena a “1”, b “2”, c “3” dan 2 isian lain"
                                     " cocok dengan aturan “T”.");
}

TEST(Sentence, cuts_a_long_value_between_characters)
{
    model::Alert alert;
    alert.title = "T";
    alert.first_reasons = {reason("a", std::string(79, 'x') + "é and more")};
    EXPECT_EQ(sentence_of(alert).en,
              "Fired because a “" + std::string(79, 'x') + "…” matched the rule “T”.");
}

TEST(Sentence, of_a_correlation_names_what_its_events_share)
{
    model::Alert alert;
    alert.title = "Storm";
    alert.summary = "11 events in 10m";
    EXPECT_EQ(sentence_of(alert).en, "Fired because a series of events matched the rule “Storm”.");
    alert.first_reasons = {reason("source.ip", "192.0.2.7")};
    EXPECT_EQ(sentence_of(alert).id, "Menyala karena rangkaian peristiwa dengan source.ip"
                                     " “192.0.2.7” cocok dengan aturan “Storm”.");
}

TEST(Policy, is_no_unless_a_scope_says_yes)
{
    const Principal nobody;
    EXPECT_TRUE(authorise(nobody, Scope::Public));
    EXPECT_EQ(authorise(nobody, Scope::SignedIn).error().code, base::Code::Unauthenticated);
    Principal viewer;
    viewer.user_id = "u";
    viewer.scopes = policy::scopes_of_roles({"viewer"});
    EXPECT_TRUE(authorise(viewer, Scope::Read));
    const auto refused = authorise(viewer, Scope::EventsIngest);
    EXPECT_EQ(refused.error().code, base::Code::Denied);
    EXPECT_NE(refused.error().message.find("events:ingest"), std::string::npos);
    EXPECT_TRUE(policy::scopes_of_roles({"unheard-of"}).empty());
    EXPECT_TRUE(policy::scopes_of_roles({}).empty());
}

} // namespace
} // namespace tanggap::service
