// Random worlds: the policy against a decision written independently, as a list of sentences.
#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace tanggap::policy {
namespace {

struct World {
    struct Person {
        std::string id;
        bool administrator = false;
        bool lead = false;
        bool analyst = false;
        bool viewer = false;
    };
    std::vector<Person> people;
    std::vector<Object> objects;
};

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t bound)
{
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

bool chance(Random& random, unsigned percent)
{
    return below(random, 100) < percent;
}

World make_world(Random& random)
{
    World world;
    for (std::size_t i = 0; i < 6; ++i) {
        world.people.push_back({.id = "p" + std::to_string(i),
                                .administrator = chance(random, 25),
                                .lead = chance(random, 25),
                                .analyst = chance(random, 40),
                                .viewer = chance(random, 40)});
    }
    for (std::size_t i = 0; i < 30; ++i) {
        Object object;
        object.kind = static_cast<Kind>(below(random, 7));
        object.owner_id = world.people[below(random, world.people.size())].id;
        object.tlp = static_cast<Tlp>(below(random, 5));
        while (chance(random, 30)) {
            object.named.push_back(world.people[below(random, world.people.size())].id);
        }
        world.objects.push_back(object);
    }
    return world;
}

/// One who asks: a person's session, a key of theirs with some scopes, or nobody.
struct Asker {
    const World::Person* person = nullptr;
    bool key = false;
    std::vector<std::string> key_scopes;
};

const std::vector<std::string> kEveryScope{"read",          "events:ingest",  "alerts:write",
                                           "cases:read",    "cases:write",    "reports:read",
                                           "reports:write", "metrics:read",   "audit:read",
                                           "admin",         "figures:publish"};

/// What the naive decision knows about rights: a sentence a role.
bool person_has(const World::Person& p, const std::string& scope)
{
    const bool works = p.lead || p.analyst;
    if (scope == "read") {
        return works || p.viewer || p.administrator;
    }
    if (scope == "figures:publish") {
        return p.lead;
    }
    if (scope == "cases:read") {
        return works || p.viewer;
    }
    if (scope == "admin" || scope == "audit:read" || scope == "metrics:read") {
        return p.administrator;
    }
    return works;
}

bool has(const Asker& asker, const std::string& scope)
{
    const bool carried =
        !asker.key || std::ranges::find(asker.key_scopes, scope) != asker.key_scopes.end();
    return carried && person_has(*asker.person, scope);
}

/// The decision again, without the policy's tables: 'y' may, 's' sign in, 'd' denied, 'h' hidden.
char naive(const Asker& asker, bool change, const Object& object)
{
    if (asker.person == nullptr) {
        return 's';
    }
    const std::string& me = asker.person->id;
    switch (object.kind) {
    case Kind::User:
    case Kind::Invite:
    case Kind::Alert:
    case Kind::Case:
    case Kind::Report:
        break;
    case Kind::Session:
    case Kind::ApiKey:
        if (has(asker, "admin")) {
            return 'y';
        }
        return object.owner_id == me && (!change || !asker.key) ? 'y' : 'h';
    }
    std::string see = "admin";
    std::string write = "admin";
    if (object.kind == Kind::Alert) {
        see = "read";
        write = "alerts:write";
    } else if (object.kind == Kind::Case) {
        see = "cases:read";
        write = "cases:write";
    } else if (object.kind == Kind::Report) {
        see = "reports:read";
        write = "reports:write";
    }
    if (!has(asker, see)) {
        return 'd';
    }
    bool among = false;
    for (const std::string& name : object.named) {
        among = among || name == me;
    }
    const bool red = object.tlp == Tlp::Red;
    if ((red && (!among || asker.key)) || (!object.named.empty() && !among)) {
        return 'h';
    }
    return change && !has(asker, write) ? 'd' : 'y';
}

Subject subject_of(const Asker& asker)
{
    if (asker.person == nullptr) {
        return {};
    }
    std::vector<std::string> roles;
    const World::Person& p = *asker.person;
    for (const auto& [is, name] :
         std::vector<std::pair<bool, std::string>>{{p.administrator, "administrator"},
                                                   {p.lead, "lead"},
                                                   {p.analyst, "analyst"},
                                                   {p.viewer, "viewer"}}) {
        if (is) {
            roles.push_back(name);
        }
    }
    Subject subject{.user_id = p.id, .scopes = scopes_of_roles(roles), .by_key = asker.key};
    if (asker.key) {
        std::erase_if(subject.scopes, [&](const std::string& scope) {
            return std::ranges::find(asker.key_scopes, scope) == asker.key_scopes.end();
        });
    }
    return subject;
}

Asker make_asker(Random& random, const World& world)
{
    if (chance(random, 4)) {
        return {};
    }
    Asker asker{.person = &world.people[below(random, world.people.size())],
                .key = chance(random, 40),
                .key_scopes = {}};
    for (const std::string& scope : kEveryScope) {
        if (asker.key && chance(random, 60)) {
            asker.key_scopes.push_back(scope);
        }
    }
    return asker;
}

char letter_of(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Allowed:
        return 'y';
    case Verdict::SignIn:
        return 's';
    case Verdict::Denied:
        return 'd';
    case Verdict::Hidden:
        return 'h';
    }
    return '?';
}

TEST(PolicyOracle, two_hundred_thousand_decisions_are_the_same_as_the_naive_ones)
{
    constexpr int kWorlds = 250;
    constexpr int kAskers = 20;
    std::size_t decisions = 0;
    std::map<char, std::size_t> by_verdict;
    for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
        Random random(seed);
        const World world = make_world(random);
        for (int i = 0; i < kAskers; ++i) {
            const Asker asker = make_asker(random, world);
            const Subject subject = subject_of(asker);
            std::map<Kind, std::size_t> counted;
            std::map<Kind, std::size_t> seen;
            for (const Object& object : world.objects) {
                for (const bool change : {false, true}) {
                    const auto decision =
                        decide(subject, change ? Action::Change : Action::See, object);
                    const char expected = naive(asker, change, object);
                    ASSERT_EQ(letter_of(decision.verdict), expected)
                        << "seed " << seed << ", asker " << i << ", kind " << name_of(object.kind)
                        << ", rule " << decision.rule;
                    ++by_verdict[expected];
                    ++decisions;
                }
                counted[object.kind] += passes(filter_of(subject, object.kind), object) ? 1 : 0;
                seen[object.kind] += naive(asker, false, object) == 'y' ? 1 : 0;
            }
            ASSERT_EQ(counted, seen) << "seed " << seed << ", asker " << i;
        }
    }
    EXPECT_GE(decisions, 200'000U);
    for (const char verdict : {'y', 's', 'd', 'h'}) {
        EXPECT_GT(by_verdict[verdict], 1'000U) << verdict; // the worlds reach every answer
    }
    std::printf("%zu decisions, seeds 1 to %d\n", decisions, kWorlds);
}

TEST(Policy, names_are_read_back_and_unknown_ones_are_refused_with_the_known)
{
    for (const Role role : all_roles()) {
        EXPECT_EQ(*parse_role(name_of(role)), role);
    }
    for (const std::string& scope : kEveryScope) {
        EXPECT_EQ(name_of(*parse_scope(scope)), scope);
    }
    for (const Tlp tlp : {Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red}) {
        EXPECT_EQ(*parse_tlp(name_of(tlp)), tlp);
    }
    EXPECT_FALSE(parse_scope("public")); // no key carries it
    EXPECT_FALSE(parse_scope("signed-in"));
    EXPECT_NE(parse_role("root").error().message.find("administrator, lead, analyst, viewer"),
              std::string::npos);
}

TEST(Policy, a_role_nobody_knows_gives_nothing)
{
    EXPECT_TRUE(scopes_of_roles({"root", "Administrator", ""}).empty());
    EXPECT_TRUE(scopes_of_roles({}).empty());
}

TEST(Policy, an_administrator_sees_no_case_and_no_report)
{
    const Subject administrator{.user_id = "a", .scopes = scopes_of_roles({"administrator"})};
    EXPECT_FALSE(allow(administrator, Action::See, {.kind = Kind::Case}));
    EXPECT_FALSE(allow(administrator, Action::See, {.kind = Kind::Report}));
    EXPECT_TRUE(allow(administrator, Action::Change, {.kind = Kind::User}));
    EXPECT_EQ(filter_of(administrator, Kind::Case).span, Filter::Span::None);
}

TEST(Policy, refusals_say_what_to_do)
{
    const Subject viewer{.user_id = "v", .scopes = scopes_of_roles({"viewer"})};
    const auto denied = check(viewer, Action::Change, {.kind = Kind::Case});
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, base::Code::Denied);
    EXPECT_NE(denied.error().message.find("cases:write"), std::string::npos);
    EXPECT_EQ(check(viewer, Action::See, {.kind = Kind::Case, .tlp = Tlp::Red}).error().code,
              base::Code::NotFound);
    EXPECT_EQ(check({}, Action::See, {.kind = Kind::Case}).error().code,
              base::Code::Unauthenticated);
    EXPECT_EQ(authorise({}, Scope::Read).error().code, base::Code::Unauthenticated);
    EXPECT_TRUE(authorise({}, Scope::Public));
}

} // namespace
} // namespace tanggap::policy
