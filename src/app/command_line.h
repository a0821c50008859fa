// The verbs of `tanggap` and their options (ui.md §7, rulings 49-52).
#pragma once

namespace tanggap::app {

/// Reads the command line and runs the verb. Gives the exit code (docs/reference/exit-codes.md):
/// usage errors are 2.
int run_command_line(int argc, char** argv);

} // namespace tanggap::app
