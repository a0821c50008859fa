#include "store/engine/watch.h"

#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <vector>

#include "base/log.h"

namespace tanggap::store::engine {

Watch::Watch(Session& admin) : admin_(admin), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    TANGGAP_ASSERT(wake_ >= 0);
    thread_ = std::thread([this] { run(); });
}

Watch::~Watch()
{
    ends_ = true;
    wake();
    thread_.join();
    close(wake_);
}

void Watch::wake() const
{
    const std::uint64_t one = 1;
    // EAGAIN means a wake is pending already, which is all that is wanted.
    const ssize_t written = write(wake_, &one, sizeof one);
    TANGGAP_ASSERT(written == sizeof one || errno == EAGAIN);
}

void Watch::kill(const std::string& comment)
{
    const auto killed =
        admin_.run("KILL QUERY WHERE Settings['log_comment'] = {comment:String} ASYNC",
                   "TabSeparated", {{"comment", comment}});
    if (!killed) {
        base::log(base::LogLevel::Warning, "engine_kill_failed", killed.error().text);
    }
}

void Watch::run()
{
    while (!ends_) {
        std::vector<pollfd> sockets{{.fd = wake_, .events = POLLIN, .revents = 0}};
        std::vector<std::uint64_t> keys{0};
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [key, query] : queries_) {
                if (!query.killed) {
                    sockets.push_back({.fd = query.socket, .events = POLLRDHUP, .revents = 0});
                    keys.push_back(key);
                }
            }
        }
        poll(sockets.data(), sockets.size(), -1);
        std::uint64_t drained = 0;
        if (read(wake_, &drained, sizeof drained) > 0) {
            continue; // the set of queries has changed: its sockets may be closed by now
        }
        for (std::size_t i = 1; i < sockets.size(); ++i) {
            std::string comment;
            {
                const std::lock_guard lock(mutex_);
                const auto found = queries_.find(keys[i]);
                if (sockets[i].revents != 0 && found != queries_.end()) {
                    found->second.killed = true;
                    comment = found->second.comment;
                }
            }
            if (!comment.empty()) {
                kill(comment);
            }
        }
    }
}

Watch::Guard::Guard(Watch& watch, int socket, const std::string& comment) : watch_(watch)
{
    {
        const std::lock_guard lock(watch_.mutex_);
        key_ = watch_.next_key_++;
        watch_.queries_[key_] = {.socket = socket, .comment = comment};
    }
    watch_.wake();
}

Watch::Guard::~Guard()
{
    {
        const std::lock_guard lock(watch_.mutex_);
        watch_.queries_.erase(key_);
    }
    watch_.wake();
}

} // namespace tanggap::store::engine
