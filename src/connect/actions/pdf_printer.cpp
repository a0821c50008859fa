#include "connect/pdf_printer.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <mutex>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "base/id.h"
#include "base/print_limits.h"
#include "base/text.h"

namespace tanggap::connect {
namespace {

namespace fs = std::filesystem;
namespace limits = base::limits;

/// A job's folder, gone with it.
class JobFolder {
public:
    explicit JobFolder(fs::path path) : path_(std::move(path)) {}
    JobFolder(const JobFolder&) = delete;
    JobFolder& operator=(const JobFolder&) = delete;
    ~JobFolder()
    {
        std::error_code ignored; // what stays is removed at the next start
        fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

base::Status write_file(const fs::path& file, std::string_view bytes)
{
    std::ofstream out(file, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    return out ? base::Status() : base::system_error("cannot write " + file.string(), errno);
}

std::string read_file(const fs::path& file, std::size_t bytes_max)
{
    std::ifstream in(file, std::ios::binary);
    std::string bytes(bytes_max, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes_max));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

/// Starts the child with its output in `log`. Only calls that are safe after fork in a threaded
/// program; the child sets its own bounds once it is a program of its own.
base::Result<pid_t> start(std::vector<std::string> words, const std::string& log)
{
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/bin:/bin";
    std::string locale = "LC_ALL=C.UTF-8";
    std::array<char*, 3> environment{path.data(), locale.data(), nullptr};
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) {
        return base::system_error("cannot start the printing child", errno);
    }
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        setpgid(0, 0);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        if (getppid() != parent) {
            _exit(0);
        }
        const int in = ::open("/dev/null", O_RDONLY);
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(in, 0);
        dup2(out, 1);
        dup2(out, 2);
        syscall(SYS_close_range, 3U, ~0U, 0U);
        execve(arguments.front(), arguments.data(), environment.data());
        _exit(127);
    }
    return pid;
}

/// Waits for its end, at most `most`; then it is ended with all it started.
base::Result<int> wait_for(pid_t pid, std::chrono::milliseconds most)
{
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    pollfd ended{.fd = handle, .events = POLLIN, .revents = 0};
    const bool in_time = handle >= 0 && poll(&ended, 1, static_cast<int>(most.count())) == 1;
    kill(-pid, SIGKILL); // its group: nothing it started stays behind
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (handle >= 0) {
        close(handle);
    }
    if (!in_time) {
        return base::internal(
            fmt::format("printing took longer than {} ms and was ended", most.count()));
    }
    return status;
}

class ChildPrinter final : public PdfPrinter {
public:
    explicit ChildPrinter(PdfPrinterOptions options) : options_(std::move(options)) {}

    base::Result<std::string> print(std::string_view html) override
    {
        if (const std::string problem = printing_problem(options_.program); !problem.empty()) {
            return base::unavailable(problem);
        }
        if (html.size() > limits::kPrintHtmlBytesMax) {
            return base::exhausted(fmt::format("the page has {} bytes, at most {} are printed",
                                               html.size(), limits::kPrintHtmlBytesMax));
        }
        TRY_STATUS(take_turn());
        auto printed = print_now(html);
        give_turn();
        return printed;
    }

private:
    base::Status take_turn()
    {
        std::unique_lock lock(mutex_);
        if (running_ >= limits::kPrintsAtOnce && waiting_ >= limits::kPrintsWaitingMax) {
            return base::exhausted("too many documents are being printed; try again in a minute");
        }
        ++waiting_;
        const bool mine = turn_.wait_for(lock, std::chrono::seconds(limits::kPrintTime),
                                         [&] { return running_ < limits::kPrintsAtOnce; });
        --waiting_;
        if (!mine) {
            return base::exhausted("the printer was busy for a minute; try again");
        }
        ++running_;
        return {};
    }
    void give_turn()
    {
        const std::lock_guard lock(mutex_);
        --running_;
        turn_.notify_one();
    }

    base::Result<std::string> print_now(std::string_view html)
    {
        const JobFolder job(fs::path(options_.folder) /
                            base::make_uuid_v7(base::system_clock().now()).text());
        std::error_code error;
        fs::create_directories(job.path(), error);
        fs::permissions(job.path(), fs::perms::owner_all, error);
        if (error) {
            return base::system_error("cannot make " + job.path().string(), error.value());
        }
        TRY_STATUS(write_file(job.path() / "page.html", html));
        std::vector<std::string> words = options_.command;
        if (words.empty()) {
            words = {"/proc/self/exe", "print-child"};
        }
        for (const std::string& word : {std::string("--folder"), job.path().string(),
                                        std::string("--program"), options_.program}) {
            words.push_back(word);
        }
        const std::string log = (job.path() / "said").string();
        TRY(const pid_t pid, start(std::move(words), log));
        TRY(const int status, wait_for(pid, options_.time));
        return take_file(job.path(), status);
    }

    static base::Result<std::string> take_file(const fs::path& folder, int status)
    {
        constexpr std::size_t kSaidMax = 400;
        std::string pdf = read_file(folder / "page.pdf", limits::kPrintFileBytesMax);
        if (status == 0 && pdf.starts_with("%PDF-")) {
            return pdf;
        }
        const std::string how = WIFSIGNALED(status)
                                    ? fmt::format("was ended by signal {}", WTERMSIG(status))
                                    : fmt::format("ended with code {}", WEXITSTATUS(status));
        return base::internal(
            fmt::format("the printing child {}: {}", how,
                        base::quoted(read_file(folder / "said", kSaidMax), kSaidMax)));
    }

    PdfPrinterOptions options_;
    std::mutex mutex_;
    std::condition_variable turn_;
    int running_ = 0;
    int waiting_ = 0;
};

} // namespace

base::Result<std::unique_ptr<PdfPrinter>> PdfPrinter::open(PdfPrinterOptions options)
{
    std::error_code error;
    fs::remove_all(options.folder, error); // jobs of a program that ended are nobody's
    fs::create_directories(options.folder, error);
    if (error) {
        return base::system_error("cannot make " + options.folder, error.value());
    }
    options.folder = fs::absolute(options.folder).string();
    return std::make_unique<ChildPrinter>(std::move(options));
}

std::string printing_problem(const std::string& program)
{
    if (::access(program.c_str(), X_OK) == 0) {
        return {};
    }
    return program + " is not there: PDF files cannot be made; install it with "
                     "`apt-get install -y --no-install-recommends weasyprint fonts-liberation`";
}

} // namespace tanggap::connect
