// Journal, detection, case database and archive in one process that is killed while lines flow.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <sstream>

#include "base/id.h"
#include "child.h"

namespace tanggap::fault {
namespace {

namespace fs = std::filesystem;

struct Outcome {
    std::string ledger; ///< "received stored duplicate quarantined balances"
    std::string alerts; ///< "alerts detections"
};

class PipelineFaultTest : public testing::Test {
protected:
    PipelineFaultTest()
        : folder_(
              fs::temp_directory_path() /
              ("tanggap_pipeline_fault_" + base::make_uuid_v7(base::system_clock().now()).text())),
          seed_(setting("TANGGAP_FAULT_SEED", std::random_device{}())),
          random_(seed_)
    {
        std::cout << "seed " << seed_ << '\n';
        std::signal(SIGPIPE, SIG_IGN);
    }
    ~PipelineFaultTest() override { fs::remove_all(folder_); }

    /// Failed log-ins that a correlation counts, events of their own, and records that break.
    static std::string line(std::uint64_t i)
    {
        const std::string n = std::to_string(i);
        if (i % 3 == 0) {
            return R"({"@timestamp":"2026-09-19T10:00:00Z","message":"event )" + n + "\"}";
        }
        if (i % 7 == 0) {
            return "{broken " + n;
        }
        const std::string second = std::to_string(10 + i % 50);
        return "Sep 20 10:" + std::to_string(10 + i / 50 % 50) + ":" + second + " host sshd[" + n +
               "]: Failed password for root from 203.0.113." + std::to_string(i / 40) + " port 50" +
               std::to_string(100 + i % 800) + " ssh2";
    }

    /// Sends lines from `from` on until `kill_after` are acknowledged. Gives the first line that
    /// was not: it may be in the journal all the same.
    std::uint64_t send_and_kill(const fs::path& folder, const std::string& stream,
                                std::uint64_t from, std::uint64_t kill_after)
    {
        Child child({TANGGAP_PIPELINE_DRIVER, folder.string(), stream}, {});
        EXPECT_EQ(child.read_line(), "ready");
        std::uint64_t next = from;
        for (std::uint64_t i = 0; i < kill_after && child.write_line(line(next)); ++i) {
            const auto answer = child.read_line();
            if (answer != "ack " + line(next)) {
                break;
            }
            ++next;
        }
        // One more is on its way when it dies, and what it processes is at any stage.
        child.write_line(line(next));
        child.kill();
        return next;
    }

    static Outcome finish(const fs::path& folder, std::uint64_t from, std::uint64_t to)
    {
        Child child({TANGGAP_PIPELINE_DRIVER, folder.string(), "last"}, {});
        EXPECT_EQ(child.read_line(), "ready");
        for (std::uint64_t i = from; i < to; ++i) {
            EXPECT_TRUE(child.write_line(line(i)));
            EXPECT_EQ(child.read_line(), "ack " + line(i));
        }
        EXPECT_TRUE(child.write_line("drain"));
        const Outcome outcome{child.read_line().value_or(""), child.read_line().value_or("")};
        child.close_input();
        EXPECT_EQ(child.wait(), 0);
        return outcome;
    }

    /// How often each line is in the archive, and whether an id is there twice.
    static std::map<std::string, int> archived(const fs::path& folder)
    {
        std::map<std::string, int> lines;
        std::map<std::string, int> ids;
        for (const auto& entry : fs::directory_iterator(folder / "archive")) {
            if (entry.path().filename().string().starts_with("new-")) {
                continue; // not whole: its process was killed before the file had its name
            }
            std::ifstream file(entry.path());
            for (std::string row; std::getline(file, row);) {
                ++lines[row.substr(37)];
                EXPECT_EQ(++ids[row.substr(0, 36)], 1) << row;
            }
        }
        return lines;
    }

    const fs::path folder_;
    const std::uint64_t seed_;
    std::mt19937_64 random_;
};

TEST_F(PipelineFaultTest, kills_leave_the_same_events_alerts_and_ledger_as_one_calm_run)
{
    const std::uint64_t kills = setting("TANGGAP_FAULT_KILLS", 6);
    std::uint64_t next = 0;
    for (std::uint64_t i = 0; i < kills; ++i) {
        next = send_and_kill(folder_ / "killed", "s" + std::to_string(i), next, 5 + random_() % 40);
    }
    const std::uint64_t end = next + 30;
    // The line on its way at each kill is sent again: the journal knows it if it kept it.
    const Outcome killed = finish(folder_ / "killed", next, end);
    const Outcome calm = finish(folder_ / "calm", 0, end);
    std::cout << killed.ledger << "; " << killed.alerts << '\n';
    EXPECT_EQ(killed.alerts, calm.alerts);
    EXPECT_NE(killed.alerts, "alerts 0 0");
    const auto lines = archived(folder_ / "killed");
    EXPECT_EQ(lines, archived(folder_ / "calm"));
    for (const auto& [text, times] : lines) {
        EXPECT_EQ(times, 1) << text;
    }
    std::istringstream counts(killed.ledger.substr(killed.ledger.find(' ')));
    std::uint64_t received = 0, stored = 0, duplicate = 0, quarantined = 0, balances = 0;
    counts >> received >> stored >> duplicate >> quarantined >> balances;
    EXPECT_EQ(balances, 1U) << killed.ledger;
    EXPECT_EQ(stored, lines.size());
    EXPECT_EQ(stored + quarantined, end);
    EXPECT_EQ(received - duplicate, end);
}

} // namespace
} // namespace tanggap::fault
