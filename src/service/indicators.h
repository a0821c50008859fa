// Lists of indicators that people give the server: files of DATA/indicators, each one list.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "exchange/indicators.h"
#include "service/world.h"
#include "store/activity.h"

namespace tanggap::service {

/// What its activity records are about: the lists have one history.
inline const store::ObjectRef kIndicatorLists{.kind = "indicator",
                                              .id = "00000000-0000-7000-8000-000000000002"};

struct IndicatorList {
    std::string name;
    std::uint64_t bytes = 0;
    base::Time changed;
};

enum class IndicatorImportMode : std::uint8_t { Apply, Dry };

/// The lists by name; of one folder, hidden files left out.
base::Result<std::vector<IndicatorList>> list_indicators(const World& world);

/// `text` takes the place of the list `name`, and is looked up in events from now on.
/// Errors: Invalid where the name is none ("feed-1.txt": small letters, digits, '.', '_', '-'), the
/// text is no list that is read, or holds no indicator.
base::Result<exchange::IndicatorReport>
import_indicators(const World& world, const store::Command& command, const std::string& name,
                  std::string_view text, IndicatorImportMode mode);

/// Errors: NotFound.
base::Status remove_indicators(const World& world, const store::Command& command,
                               const std::string& name);

} // namespace tanggap::service
