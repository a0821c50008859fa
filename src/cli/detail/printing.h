// Answers of the API as lines: a list by its pages, one item as it is.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "cli/detail/api_client.h"
#include "cli/query.h"

namespace tanggap::cli::detail {

using Row = std::function<std::string(const Json&)>;

/// The text of one column, whatever type the member has; made safe for a terminal.
std::string cell(const Json& object, const char* name);
/// Adds `name=value`, percent-encoded; nothing where the value is empty.
void append_parameter(std::string& target, std::string_view name, const std::string& value);
/// Pages of `target` up to options.limit items, an item a line.
base::Status print_list(const QueryOptions& options, const std::string& target, const Row& row,
                        const Console& console);
base::Status print_get(const ServerOptions& server, const std::string& target,
                       const Console& console);
int exit_code_of(const base::Status& status, const Console& console);

} // namespace tanggap::cli::detail
