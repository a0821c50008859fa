// Ends the queries of clients that have gone.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "store/engine/session.h"

namespace tanggap::store::engine {

/// One thread polls the sockets of running queries for POLLRDHUP, and on one kills the query over
/// the admin connection: the query's own connection is locked while it fetches. Queries are found
/// by `log_comment`, since the engine gives them random ids. Thread: any.
class Watch {
public:
    /// `admin` stays open for ever: closing the last connection would shut the engine down.
    explicit Watch(Session& admin);
    ~Watch();

    /// Registers a query for the life of this object.
    class Guard {
    public:
        Guard(Watch& watch, int socket, const std::string& comment);
        ~Guard();
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

    private:
        Watch& watch_;
        std::uint64_t key_;
    };

private:
    struct Query {
        int socket = -1;
        std::string comment;
        bool killed = false;
    };

    void run();
    void wake() const;
    void kill(const std::string& comment);

    Session& admin_;
    int wake_ = -1; ///< eventfd
    std::mutex mutex_;
    std::map<std::uint64_t, Query> queries_;
    std::uint64_t next_key_ = 1;
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

} // namespace tanggap::store::engine
