#include "service/principal.h"

namespace tanggap::service {

policy::Subject subject_of(const Principal& principal)
{
    return {.user_id = principal.user_id,
            .scopes = principal.scopes,
            .by_key = !principal.key_id.empty()};
}

store::Actor actor_of(const Principal& principal)
{
    return {.kind = principal.key_id.empty() ? store::ActorKind::User : store::ActorKind::Key,
            .id = principal.user_id,
            .name = principal.name,
            .key_id = principal.key_id};
}

base::Status authorise(const Principal& principal, Scope scope)
{
    return policy::authorise(subject_of(principal), scope);
}

} // namespace tanggap::service
