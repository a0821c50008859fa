// Accounts, sessions, keys and activity records as the API's JSON.
#pragma once

#include "api/detail/route.h"
#include "store/activity.h"
#include "store/people.h"

namespace tanggap::api {

Json user_json(std::string_view id, std::string_view name, const std::vector<std::string>& roles);
/// Without any secret, hash or wrapped key.
Json user_row(const store::User& user);
Json second_factor_json(const service::SecondFactor& factor);
Json session_row(const store::Session& session, const service::Principal& asking);
Json key_row(const store::ApiKey& key);
Json object_json(const store::ObjectRef& object);
/// For histories: who, what, when, before and after.
Json activity_json(const store::Activity& activity);

/// The answer to a sign-in, with its cookie.
Reply reply_signed_in(const Call& call, const service::SignedIn& signed_in);
/// A list that is whole: {"items":[…],"next":null,…}.
Reply reply_whole(const Call& call, const std::vector<Json>& items);

} // namespace tanggap::api
