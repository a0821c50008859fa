#include "store/engine/server.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "store/engine/http.h"
#include "store/engine/session.h"
#include "store/engine/statement.h"
#include "store/engine/watch.h"

namespace tanggap::store::engine {
namespace {

namespace limits = base::limits;

/// Turns of one kind of work: the engine ignores max_concurrent_queries (correction 8).
class Turns {
public:
    explicit Turns(std::size_t count) : free_(count) {}

    bool take(std::chrono::seconds wait)
    {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, wait, [&] { return free_ > 0; })) {
            return false;
        }
        --free_;
        return true;
    }

    void give_back()
    {
        {
            const std::lock_guard lock(mutex_);
            ++free_;
        }
        changed_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t free_;
};

class Turn {
public:
    explicit Turn(Turns& turns) : turns_(turns), held_(turns.take(limits::kEngineAdmissionWait)) {}
    ~Turn()
    {
        if (held_) {
            turns_.give_back();
        }
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool held() const { return held_; }

private:
    Turns& turns_;
    bool held_;
};

struct Engine {
    const ChdbApi& api;
    const ServerOptions& options;
    Watch& watch;
    Turns readers;
    Turns writers{limits::kEngineWriters};
    std::atomic<std::size_t> clients{0};
    std::atomic<std::uint64_t> requests{0};
};

using Headers = std::vector<Connection::Header>;

void send_error(Connection& client, const EngineError& error)
{
    client.send_whole(http_status_of(error.code),
                      {{"X-ClickHouse-Exception-Code", std::to_string(error.code)},
                       {"Content-Type", "text/plain; charset=UTF-8"}},
                      error.text + "\n");
}

EngineError too_busy()
{
    return {kTooManyQueries,
            "Code: 202. DB::Exception: every turn is taken and none came free in time; "
            "try again (TOO_MANY_SIMULTANEOUS_QUERIES)"};
}

EngineError refused(const char* why)
{
    return {kAccessDenied, std::string("Code: 497. DB::Exception: ") + why + " (ACCESS_DENIED)"};
}

Headers result_headers(const Statement& statement, std::uint64_t rows_read,
                       std::uint64_t rows_written)
{
    return {{"X-ClickHouse-Format", statement.format},
            {"X-ClickHouse-Summary", "{\"read_rows\":\"" + std::to_string(rows_read) +
                                         "\",\"written_rows\":\"" + std::to_string(rows_written) +
                                         "\"}"}};
}

/// Statement by statement of the request, on a session of its own.
class Request {
public:
    Request(Engine& engine, Connection& client, Session& session, const Statement& statement)
        : engine_(engine), client_(client), session_(session), statement_(statement)
    {
    }

    EngineResult<void> insert()
    {
        auto stream =
            Insert::begin(session_, statement_.text, statement_.format, statement_.parameters);
        if (!stream) {
            return std::unexpected(stream.error());
        }
        std::string piece;
        do {
            if (!client_.read_body(piece, limits::kEnginePieceBytes)) {
                (*stream)->cancel(); // the client is gone: nothing of it stays, nobody to answer
                return {};
            }
            if (auto appended = piece.empty() ? EngineResult<void>{} : (*stream)->append(piece);
                !appended) {
                return std::unexpected(appended.error());
            }
        } while (!piece.empty());
        auto done = (*stream)->done();
        if (!done) {
            return std::unexpected(done.error());
        }
        client_.send_whole(200, result_headers(statement_, 0, done->rows_written()), "");
        return {};
    }

    EngineResult<void> run_whole()
    {
        auto result = session_.run(statement_.text, statement_.format, statement_.parameters);
        if (!result) {
            return std::unexpected(result.error());
        }
        client_.send_whole(200,
                           result_headers(statement_, result->rows_read(), result->rows_written()),
                           result->bytes());
        return {};
    }

    EngineResult<void> select()
    {
        const Watch::Guard guard(engine_.watch, client_.socket(), comment_of(statement_));
        const Joining joining = joining_of(statement_.format);
        if (joining == Joining::WholeOnly) {
            return run_whole();
        }
        auto stream = session_.stream(statement_.text, statement_.format, statement_.parameters);
        if (!stream && stream.error().code == kUnsupported) { // SHOW, DESCRIBE, EXPLAIN, EXISTS
            return run_whole();
        }
        if (!stream) {
            return std::unexpected(stream.error());
        }
        // Errors of planning and of the first block come before the status line is sent.
        auto first = session_.fetch(*stream);
        if (!first) {
            return std::unexpected(first.error());
        }
        if (first->bytes().empty()) {
            client_.send_whole(200, result_headers(statement_, first->rows_read(), 0), "");
            return {};
        }
        auto second = session_.fetch(*stream);
        if (!second) {
            return std::unexpected(second.error());
        }
        return send_pieces(*stream, *first, std::move(*second), joining);
    }

    static std::string comment_of(const Statement& statement) { return statement.request_id; }

private:
    EngineResult<void> send_pieces(const ResultPiece& stream, const ResultPiece& first,
                                   ResultPiece piece, Joining joining)
    {
        const Headers headers = result_headers(statement_, first.rows_read(), 0);
        if (piece.bytes().empty()) {
            client_.send_whole(200, headers, first.bytes());
            return {};
        }
        const std::size_t cut =
            joining == Joining::CutHeader ? names_and_types_size(first.bytes()) : 0;
        const std::string head(first.bytes().substr(0, cut));
        bool connected = client_.begin_chunks(200, headers) && client_.send_chunk(first.bytes());
        while (connected && !piece.bytes().empty()) {
            if (!piece.bytes().starts_with(head)) {
                return {}; // closed without the last chunk: the client drops everything
            }
            connected = client_.send_chunk(piece.bytes().substr(cut));
            auto next = session_.fetch(stream);
            if (!next) {
                base::log(base::LogLevel::Warning, "engine_stream_failed", next.error().text);
                return {}; // the same
            }
            piece = std::move(*next);
        }
        if (connected) {
            client_.end_chunks();
        } else {
            session_.cancel(stream);
        }
        return {};
    }

    Engine& engine_;
    Connection& client_;
    Session& session_;
    const Statement& statement_;
};

/// A Write may be any statement of ours; what reaches beyond the session or the database is
/// refused.
EngineResult<QueryClass> admitted_class(const Session& session, const Statement& statement)
{
    const std::string whole =
        statement.insert ? statement.text + " FORMAT " + statement.format : statement.text;
    auto kind = session.classify(whole);
    if (kind && *kind != QueryClass::Read && *kind != QueryClass::Write) {
        return std::unexpected(refused("only reads, inserts and table changes are taken"));
    }
    return kind;
}

EngineResult<void> answer(Engine& engine, Connection& client, Statement& statement)
{
    // The request's own tag: KILL QUERY finds it by this. Unique, whatever the client named it.
    statement.request_id += "#" + std::to_string(++engine.requests);
    statement.settings.emplace_back("log_comment", statement.request_id);
    auto session = Session::open(engine.api, engine.options.data, engine.options.config);
    if (!session) {
        return std::unexpected(session.error());
    }
    if (joining_of(statement.format) == Joining::WholeOnly) {
        statement.settings.insert(
            statement.settings.begin(),
            {"max_result_bytes", std::to_string(limits::kEngineResultBytesMax)});
    }
    if (auto set = (*session)->set(statement.settings); !set) {
        return set;
    }
    const auto kind = admitted_class(**session, statement);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    const Turn turn(*kind == QueryClass::Read ? engine.readers : engine.writers);
    if (!turn.held()) {
        return std::unexpected(too_busy());
    }
    Request request(engine, client, **session, statement);
    if (*kind == QueryClass::Read) {
        return request.select();
    }
    return statement.insert ? request.insert() : request.run_whole();
}

void serve_client(Engine& engine, int socket)
{
    Connection client(socket);
    const auto head = client.read_head();
    if (!head) {
        if (head.error().code == base::Code::Invalid) {
            client.send_whole(400, {}, head.error().message + "\n");
        }
        return;
    }
    if (head->path == "/ping") {
        client.send_whole(200, {}, "Ok.\n");
        return;
    }
    if (head->path != "/") {
        client.send_whole(404, {}, "only / and /ping are served\n");
        return;
    }
    // An insert's statement is in the URL and its body is data; every other body is the statement.
    auto statement = read_statement(*head, "");
    if (!statement || !statement->insert) {
        const auto body = client.read_whole_body(limits::kEngineStatementBytesMax);
        if (!body) {
            client.send_whole(413, {}, body.error().message + "\n");
            return;
        }
        statement = read_statement(*head, *body);
    }
    const auto answered =
        statement ? answer(engine, client, *statement) : std::unexpected(statement.error());
    if (!answered) {
        send_error(client, answered.error());
    }
}

void accept_client(Engine& engine, int socket)
{
    if (++engine.clients > limits::kEngineConnectionsMax) {
        --engine.clients;
        Connection(socket).send_whole(503, {}, "too many clients\n");
        return;
    }
    std::thread([&engine, socket] {
        serve_client(engine, socket);
        --engine.clients;
    }).detach();
}

} // namespace

base::Result<int> listen_on(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return base::invalid("the socket path " + path + " is longer than the system takes (" +
                             std::to_string(sizeof address.sun_path - 1) +
                             " bytes); use a shorter data folder");
    }
    path.copy(address.sun_path, path.size());
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0) {
        return base::system_error("cannot make a socket", errno);
    }
    unlink(path.c_str());
    const mode_t before = umask(0177);
    const int bound = bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const int why = errno;
    umask(before);
    constexpr int kBacklog = 64;
    if (bound != 0 || listen(listener, kBacklog) != 0) {
        close(listener);
        return base::system_error("cannot listen on " + path, bound != 0 ? why : errno);
    }
    return listener;
}

base::Error serve(int listener, const ChdbApi& api, const ServerOptions& options)
{
    auto admin = Session::open(api, options.data, options.config);
    if (!admin) {
        return {base::Code::Unavailable, admin.error().text};
    }
    Watch watch(**admin);
    Engine engine{
        .api = api, .options = options, .watch = watch, .readers = Turns(options.readers)};
    base::log(base::LogLevel::Info, "engine_ready", "version " + api.version_text);
    while (true) {
        const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket >= 0) {
            accept_client(engine, socket);
        } else if (errno != EINTR && errno != ECONNABORTED && errno != EMFILE) {
            // Clients still running hold references to this frame: end the process, not the frame.
            base::log(base::LogLevel::Error, "engine_accept_failed", std::strerror(errno));
            _exit(1);
        }
    }
}

} // namespace tanggap::store::engine
