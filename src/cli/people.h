// Verbs on accounts: `whoami`, `user list|add|import|disable|enable`, `audit list`.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/query.h"
#include "cli/server.h"

namespace tanggap::cli {

/// Who the key belongs to and what it may.
int run_whoami(const ServerOptions& server, const Console& console);
int run_user_list(const QueryOptions& options, const Console& console);
int run_audit_list(const QueryOptions& options, const Console& console);

struct UserAddOptions {
    ServerOptions server = {};
    std::string name = {};
    std::vector<std::string> roles = {};
};
/// Prints the link for the new person, once.
int run_user_add(const UserAddOptions& options, const Console& console);

struct UserImportOptions {
    ServerOptions server = {};
    std::string file = {}; ///< CSV: name,roles (roles separated by spaces)
};
/// A line "name<TAB>link" each. Exit codes: 0, 6 no line of the file is good, 8 some were not.
int run_user_import(const UserImportOptions& options, const Console& console);

struct UserStateOptions {
    ServerOptions server = {};
    std::string name = {};
    std::string reason = {};
    bool disabled = true;
};
int run_user_state(const UserStateOptions& options, const Console& console);

} // namespace tanggap::cli
