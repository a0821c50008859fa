// Requests that change something, sent twice.
#include "api/test_world.h"
#include "store/alert_state.h"

namespace tanggap::api {
namespace {

class Once : public ApiTest {
protected:
    Once()
    {
        cookie_ = sign_in();
        const auto session = json(send(signed_in("GET", "/api/v1/session", "", "")));
        me_ = session.at("user").at("id");
        model::Alert alert;
        alert.number = 1;
        alert.id = base::make_uuid_v7(clock_.now());
        store::Commit commit;
        commit.cursor = 1;
        commit.range = {.first = 1, .last = 1, .token = "t", .annotations = {}};
        commit.alerts = {alert};
        EXPECT_TRUE(cases_->commit(commit));
    }

    net::HttpRequest signed_in(std::string method, const std::string& target,
                               const std::string& body, const std::string& key)
    {
        net::HttpRequest made = as(cookie_, std::move(method), target, body);
        if (!key.empty()) {
            made.headers.emplace_back("idempotency-key", key);
        }
        return made;
    }
    std::string close_alert()
    {
        const store::Command command{
            .actor = {.kind = store::ActorKind::User, .id = me_, .name = "rina"},
            .now = clock_.now()};
        return *cases_->change(command, [&](store::Change& change) -> base::Status {
            TRY_STATUS(store::put_alert_state(change, 1, {.status = model::AlertStatus::Closed}));
            return change.record(
                {.action = "alert.close",
                 .object = {.kind = "alert", .id = cases_->find_alert("ALR-1")->id.text()},
                 .before = R"({"status":"new"})",
                 .after = R"({"status":"closed"})",
                 .reversible = store::Reversible::Yes});
        });
    }

    std::string cookie_;
    std::string me_;
};

TEST_F(Once, a_repeat_with_the_same_key_gets_the_first_answer_and_changes_nothing)
{
    const std::string path = "/api/v1/actions/" + close_alert() + "/undo";
    const auto first = send(signed_in("POST", path, "{}", "k-1"));
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(header(first, "Idempotent-Replayed"), "");
    EXPECT_EQ(json(first).at("objects").size(), 1U);
    const auto second = send(signed_in("POST", path, "{}", "k-1"));
    EXPECT_EQ(second.status, 200);
    EXPECT_EQ(second.body, first.body);
    EXPECT_EQ(header(second, "Idempotent-Replayed"), "true");
    // Without the key it is a new wish, and says that nothing was left to do.
    EXPECT_EQ(json(send(signed_in("POST", path, "{}", ""))).at("conflicts").size(), 1U);
}

TEST_F(Once, the_same_key_with_another_body_or_path_is_refused)
{
    const std::string path = "/api/v1/actions/" + close_alert() + "/undo";
    ASSERT_EQ(send(signed_in("POST", path, "{}", "k-1")).status, 200);
    const auto other_body = send(signed_in("POST", path, R"({"reason":"x"})", "k-1"));
    EXPECT_EQ(other_body.status, 422);
    EXPECT_NE(other_body.body.find("idempotency-key-reused"), std::string::npos);
    const auto other_path = send(signed_in("POST", "/api/v1/actions/x/undo", "{}", "k-1"));
    EXPECT_EQ(other_path.status, 422);
}

TEST_F(Once, a_request_that_failed_may_be_sent_again_with_its_key)
{
    EXPECT_EQ(send(signed_in("POST", "/api/v1/actions/none/undo", "{}", "k-1")).status, 404);
    EXPECT_EQ(send(signed_in("POST", "/api/v1/actions/none/undo", "{}", "k-1")).status, 404);
}

TEST_F(Once, keys_are_short_and_printable)
{
    for (const std::string& bad :
         {std::string(201, 'k'), std::string("a b"), std::string("\xc3")}) {
        EXPECT_EQ(send(signed_in("POST", "/api/v1/actions/none/undo", "{}", bad)).status, 400)
            << bad;
    }
}

TEST_F(Once, what_was_carried_out_but_not_answered_is_told_so)
{
    const store::Command command{.actor = {.kind = store::ActorKind::User, .id = me_},
                                 .now = clock_.now(),
                                 .idempotency_key = "k-1",
                                 .fingerprint =
                                     base::sha256_hex("POST\n/api/v1/actions/none/undo\n{}")};
    ASSERT_TRUE(cases_->change(command, [](store::Change& change) {
        return change.record({.action = "note.write", .object = {.kind = "note", .id = "n"}});
    }));
    const auto repeat = send(signed_in("POST", "/api/v1/actions/none/undo", "{}", "k-1"));
    EXPECT_EQ(repeat.status, 409);
    EXPECT_NE(repeat.body.find("already-carried-out"), std::string::npos);
}

} // namespace
} // namespace tanggap::api
