// Pages to PDF: WeasyPrint in a child process that may read fonts and write one folder (rulings
// 46).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/print_limits.h"

namespace tanggap::connect {

struct PdfPrinterOptions {
    std::string folder{}; ///< where jobs lie while they are printed; emptied at the start
    std::string program = "/usr/bin/weasyprint";
    /// Starts the child: program and first words. Empty: this program's verb print-child.
    std::vector<std::string> command{};
    std::chrono::milliseconds time = base::limits::kPrintTime; ///< for one job
};

/// Thread: any. At most limits::kPrintsAtOnce run, limits::kPrintsWaitingMax wait.
class PdfPrinter {
public:
    static base::Result<std::unique_ptr<PdfPrinter>> open(PdfPrinterOptions options);
    virtual ~PdfPrinter() = default;

    /// `html`: ours, whole, without links to anything.
    /// Errors: Unavailable where WeasyPrint is not installed, with what to do; Exhausted where too
    /// many wait or the page is too long; Internal where it fails or takes longer than
    /// limits::kPrintTime, with the beginning of what it said.
    virtual base::Result<std::string> print(std::string_view html) = 0;
};

/// Empty: printing works here. Else what is missing and what to do.
std::string printing_problem(const std::string& program = "/usr/bin/weasyprint");

struct PrintChildOptions {
    std::string folder{};
    std::string program{};
};
/// The child: bounds itself, enters the sandbox and becomes WeasyPrint, which turns `folder`'s
/// page.html into page.pdf. Returns only where that fails.
int run_print_child(const PrintChildOptions& options);

} // namespace tanggap::connect
