// `serve --demo`: a folder of its own, an account whose password is printed once, a made-up city.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "app/server.h"
#include "app/settings.h"

namespace tanggap::app {

/// A folder with real data is never made a demonstration: Conflict. One that is a demonstration
/// stays one, so that its banner never goes.
base::Status prepare_demo_folder(Settings& settings);

/// Sets up and sends the city's logs by the public API, while the server runs.
/// Thread: made and stopped by the main thread; its own does the work.
class DemoRun {
public:
    static std::unique_ptr<DemoRun> start(const Settings& settings, Server& server);
    ~DemoRun() { stop(); }
    DemoRun(const DemoRun&) = delete;
    void stop();

private:
    DemoRun(const Settings& settings, Server& server);
    void run();
    base::Status set_up() const;
    base::Status fill();
    base::Status take_assets() const;
    base::Status fill_desk() const;

    std::string folder_; ///< DATA/demo
    std::string setup_token_;
    std::string url_;
    std::string ca_file_;
    std::uint64_t seed_;
    Server& server_;
    std::atomic<bool> stopped_{false};
    std::thread thread_;
};

} // namespace tanggap::app
