#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/resource.h>
#include <unistd.h>

#include "base/print_limits.h"
#include "base/sandbox.h"
#include "connect/pdf_printer.h"

namespace tanggap::connect {
namespace {

bool bound(int resource, rlim_t most)
{
    const rlimit limit{.rlim_cur = most, .rlim_max = most};
    return setrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0;
}

int failed(const char* what, const char* why)
{
    std::fprintf(stderr, "print-child: %s: %s\n", what, why);
    return 1;
}

} // namespace

int run_print_child(const PrintChildOptions& options)
{
    namespace limits = base::limits;
    // The page is ours and without links; where that were not so, nothing here leads out.
    const auto entered =
        base::enter_sandbox({.write = {options.folder},
                             .read = {"/etc", "/var/cache/fontconfig", "/proc", "/sys"},
                             .execute = {"/usr", "/lib", "/lib64", "/bin", "/sbin"},
                             .programs = base::Programs::BelowExecute,
                             .sockets = base::Sockets::None});
    if (!entered) {
        return failed("the sandbox is refused", entered.error().message.c_str());
    }
    if (chdir(options.folder.c_str()) != 0 || !bound(RLIMIT_CORE, 0) ||
        !bound(RLIMIT_CPU, static_cast<rlim_t>(limits::kPrintTime.count())) ||
        !bound(RLIMIT_FSIZE, limits::kPrintFileBytesMax) ||
        !bound(RLIMIT_NOFILE, limits::kPrintOpenFilesMax) ||
        !bound(RLIMIT_AS, limits::kPrintMemoryBytesMax)) {
        return failed("cannot bound myself", std::strerror(errno));
    }
    std::string home = "HOME=" + options.folder;
    std::string temporary = "TMPDIR=" + options.folder;
    std::string cache = "XDG_CACHE_HOME=" + options.folder;
    std::string path = "PATH=/usr/bin:/bin";
    std::string locale = "LC_ALL=C.UTF-8";
    std::string epoch = "SOURCE_DATE_EPOCH=0";
    char* const environment[] = {home.data(),   temporary.data(), cache.data(), path.data(),
                                 locale.data(), epoch.data(),     nullptr};
    std::string program = options.program;
    std::string python = "/usr/bin/python3";
    std::string isolated = "-I";
    std::string quiet = "--quiet";
    std::string from = "page.html";
    std::string to = "page.pdf";
    char* const arguments[] = {python.data(), isolated.data(), program.data(), quiet.data(),
                               from.data(),   to.data(),       nullptr};
    execve(python.c_str(), arguments, environment);
    return failed(python.c_str(), std::strerror(errno));
}

} // namespace tanggap::connect
