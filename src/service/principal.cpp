#include "service/principal.h"

namespace tanggap::service {

store::Actor actor_of(const Principal& principal)
{
    return {.kind = principal.key_id.empty() ? store::ActorKind::User : store::ActorKind::Key,
            .id = principal.user_id,
            .name = principal.name,
            .key_id = principal.key_id};
}

} // namespace tanggap::service
