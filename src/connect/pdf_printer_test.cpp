#include "connect/pdf_printer.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"

namespace tanggap::connect {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// A child that runs this script instead of WeasyPrint: $2 is the job's folder.
class PdfPrinterTest : public testing::Test {
protected:
    PdfPrinterTest()
        : folder_(fs::temp_directory_path() / ("tanggap-print-" + std::to_string(::getpid())))
    {
    }
    ~PdfPrinterTest() override { fs::remove_all(folder_); }

    std::unique_ptr<PdfPrinter> printer(const std::string& script,
                                        milliseconds time = std::chrono::seconds(30))
    {
        auto opened = PdfPrinter::open({.folder = folder_.string(),
                                        .program = "/bin/sh",
                                        .command = {"/bin/sh", "-c", script, "sh"},
                                        .time = time});
        EXPECT_TRUE(opened) << opened.error().message;
        return std::move(*opened);
    }

    fs::path folder_;
};

TEST_F(PdfPrinterTest, gives_the_file_and_leaves_nothing_behind)
{
    const auto made = printer(R"(printf %%PDF-; cat "$2/page.html" >"$2/x"; )"
                              R"({ printf %%PDF-1.7; cat "$2/x"; } >"$2/page.pdf")");
    const auto pdf = made->print("<p>halo</p>");
    ASSERT_TRUE(pdf) << pdf.error().message;
    EXPECT_EQ(*pdf, "%PDF-1.7<p>halo</p>");
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(PdfPrinterTest, says_what_a_failing_child_said)
{
    const auto failed = printer("echo no fonts here >&2; exit 3")->print("x");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, base::Code::Internal);
    EXPECT_NE(failed.error().message.find("code 3"), std::string::npos) << failed.error().message;
    EXPECT_NE(failed.error().message.find("no fonts here"), std::string::npos);
    const auto none = printer("exit 0")->print("x"); // no file is no success
    EXPECT_FALSE(none);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(PdfPrinterTest, ends_a_child_that_takes_too_long_with_all_it_started)
{
    const fs::path mark =
        fs::temp_directory_path() / ("tanggap-mark-" + std::to_string(::getpid()));
    const auto late =
        printer("sleep 600 & echo $! >" + mark.string() + "; wait", milliseconds(500))->print("x");
    ASSERT_FALSE(late);
    EXPECT_NE(late.error().message.find("longer than"), std::string::npos) << late.error().message;
    std::ifstream in(mark);
    pid_t grandchild = 0;
    in >> grandchild;
    ASSERT_GT(grandchild, 0);
    // Killed; it may stand as a zombie until its new parent has looked.
    std::string state = "Z";
    for (int i = 0; i < 100 && fs::exists("/proc/" + std::to_string(grandchild)); ++i) {
        std::ifstream stat("/proc/" + std::to_string(grandchild) + "/stat");
        std::string word;
        stat >> word >> word >> state;
        if (state == "Z") {
            break;
        }
        std::this_thread::sleep_for(milliseconds(10));
    }
    EXPECT_EQ(state, "Z");
    fs::remove(mark);
}

TEST_F(PdfPrinterTest, refuses_more_than_may_wait)
{
    const auto slow = printer(R"(sleep 1; printf %%PDF-1.7 >"$2/page.pdf")");
    constexpr int kAsked = 8;
    std::atomic<int> printed = 0;
    std::atomic<int> refused = 0;
    {
        std::vector<std::jthread> people;
        for (int i = 0; i < kAsked; ++i) {
            people.emplace_back([&] {
                const auto pdf = slow->print("x");
                pdf ? ++printed : ++refused;
                if (!pdf) {
                    EXPECT_EQ(pdf.error().code, base::Code::Exhausted) << pdf.error().message;
                }
            });
        }
    }
    EXPECT_GE(printed, base::limits::kPrintsAtOnce);
    EXPECT_EQ(printed + refused, kAsked);
    EXPECT_GE(refused, 1);
}

/// What a program finds inside the child's sandbox, in WeasyPrint's place.
TEST_F(PdfPrinterTest, lets_the_child_reach_nothing_but_its_folder)
{
    if (base::landlock_version() < 1) {
        GTEST_SKIP() << "this kernel has no Landlock";
    }
    const fs::path job = folder_ / "job";
    fs::create_directories(job);
    const fs::path foreign = folder_ / "foreign";
    std::ofstream(foreign) << "secret";
    std::ofstream(job / "look.py") << R"(
import resource, socket, subprocess
def trying(name, act):
    try:
        act()
        return name + "=let "
    except Exception as error:
        return name + "=" + type(error).__name__ + " "
found = trying("own", lambda: open("own", "w").write("x"))
found += trying("read", lambda: open(")"
                                   << foreign.string() << R"(").read())
found += trying("write", lambda: open(")"
                                   << foreign.string() << R"(.new", "w"))
found += trying("net", lambda: socket.socket(socket.AF_INET))
found += trying("unix", lambda: socket.socket(socket.AF_UNIX))
found += trying("memory", lambda: bytearray(600 * 1024 * 1024))
found += "cpu=%d " % resource.getrlimit(resource.RLIMIT_CPU)[0]
open("page.pdf", "w").write(found)
)";
    const pid_t child = fork();
    if (child == 0) {
        ::_exit(run_print_child({.folder = job.string(), .program = (job / "look.py").string()}));
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    std::ifstream in(job / "page.pdf");
    std::string found;
    std::getline(in, found);
    EXPECT_EQ(found, "own=let read=PermissionError write=PermissionError net=PermissionError "
                     "unix=PermissionError memory=MemoryError cpu=60 ");
}

TEST_F(PdfPrinterTest, without_the_program_says_what_to_install)
{
    auto opened = PdfPrinter::open({.folder = folder_.string(), .program = "/nowhere/weasyprint"});
    ASSERT_TRUE(opened);
    const auto pdf = (*opened)->print("x");
    ASSERT_FALSE(pdf);
    EXPECT_EQ(pdf.error().code, base::Code::Unavailable);
    EXPECT_NE(pdf.error().message.find("apt-get install"), std::string::npos);
}

TEST_F(PdfPrinterTest, refuses_a_page_that_is_too_long)
{
    const auto pdf =
        printer("exit 0")->print(std::string(base::limits::kPrintHtmlBytesMax + 1, 'x'));
    ASSERT_FALSE(pdf);
    EXPECT_EQ(pdf.error().code, base::Code::Exhausted);
}

} // namespace
} // namespace tanggap::connect
