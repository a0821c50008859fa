#include "store/engine/session.h"

#include <charconv>

namespace tanggap::store::engine {
namespace {

/// Names and values as the four parallel arrays of the C interface.
struct Arrays {
    explicit Arrays(const Pairs& pairs)
    {
        for (const auto& [name, value] : pairs) {
            names.push_back(name.data());
            name_sizes.push_back(name.size());
            values.push_back(value.data());
            value_sizes.push_back(value.size());
        }
    }

    std::vector<const char*> names;
    std::vector<std::size_t> name_sizes;
    std::vector<const char*> values;
    std::vector<std::size_t> value_sizes;
};

EngineResult<ResultPiece> checked(ResultPiece piece)
{
    if (const char* error = piece.error(); error != nullptr && *error != '\0') {
        return std::unexpected(engine_error(error));
    }
    return piece;
}

} // namespace

EngineError engine_error(std::string_view text)
{
    EngineError error{.code = kLogicalError, .text = std::string(text)};
    constexpr std::string_view kMark = "Code: ";
    if (const std::size_t at = text.find(kMark); at != std::string_view::npos) {
        std::from_chars(text.data() + at + kMark.size(), text.data() + text.size(), error.code);
    }
    return error;
}

ResultPiece::~ResultPiece()
{
    if (result_ != nullptr) {
        api_->destroy_query_result(result_);
    }
}

std::string_view ResultPiece::bytes() const
{
    const std::size_t size = result_ != nullptr ? api_->result_length(result_) : 0;
    return size > 0 ? std::string_view(api_->result_buffer(result_), size) : std::string_view{};
}

const char* ResultPiece::error() const
{
    return result_ != nullptr ? api_->result_error(result_) : "Code: 49. the engine gave no result";
}

EngineResult<std::unique_ptr<Session>> Session::open(const ChdbApi& api, const std::string& data,
                                                     const std::string& config)
{
    std::string program = "clickhouse";
    std::string path = "--path=" + data;
    std::string config_file = "--config-file=" + config;
    char* arguments[] = {program.data(), path.data(), config_file.data()};
    ChdbConnection* const connection = api.connect(3, arguments);
    if (connection == nullptr || *connection == nullptr) {
        return std::unexpected(
            EngineError{kLogicalError, "the engine cannot be opened on " + data});
    }
    return std::unique_ptr<Session>(new Session(api, connection));
}

Session::~Session()
{
    api_.close_conn(connection_);
}

EngineResult<void> Session::set(const Pairs& settings)
{
    if (settings.empty()) {
        return {};
    }
    std::string statement = "SET ";
    for (const auto& [name, value] : settings) {
        statement += (statement.size() > 4 ? ", " : "") + name + "='";
        for (const char c : value) {
            statement += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        }
        statement += '\'';
    }
    const auto done = run(statement, "TabSeparated", {});
    if (!done) {
        return std::unexpected(done.error());
    }
    return {};
}

EngineResult<QueryClass> Session::classify(std::string_view statement) const
{
    chdb_query_analysis_v1 analysis{};
    analysis.struct_size = sizeof analysis;
    const int failed = api_.classify_query_n(connection(), statement.data(), statement.size(),
                                             nullptr, 0, &analysis);
    if (failed != 0) {
        return std::unexpected(
            EngineError{kLogicalError, "the engine cannot classify the statement"});
    }
    if (analysis.statement_count != 1 ||
        analysis.query_class > static_cast<std::uint32_t>(QueryClass::Control)) {
        return std::unexpected(
            EngineError{kSyntaxError, "Code: 62. DB::Exception: one statement is expected, " +
                                          std::to_string(analysis.statement_count) +
                                          " were understood (SYNTAX_ERROR)"});
    }
    return static_cast<QueryClass>(analysis.query_class);
}

EngineResult<ResultPiece> Session::run(std::string_view statement, std::string_view format,
                                       const Pairs& parameters)
{
    const Arrays p(parameters);
    return checked({api_, api_.query_with_params_n(connection(), statement.data(), statement.size(),
                                                   format.data(), format.size(), p.names.data(),
                                                   p.name_sizes.data(), p.values.data(),
                                                   p.value_sizes.data(), p.names.size())});
}

EngineResult<ResultPiece> Session::stream(std::string_view statement, std::string_view format,
                                          const Pairs& parameters)
{
    const Arrays p(parameters);
    return checked({api_, api_.stream_query_with_params_n(
                              connection(), statement.data(), statement.size(), format.data(),
                              format.size(), p.names.data(), p.name_sizes.data(), p.values.data(),
                              p.value_sizes.data(), p.names.size())});
}

EngineResult<ResultPiece> Session::fetch(const ResultPiece& stream)
{
    return checked({api_, api_.stream_fetch_result(connection(), stream.get())});
}

void Session::cancel(const ResultPiece& stream)
{
    api_.stream_cancel_query(connection(), stream.get());
}

EngineResult<std::unique_ptr<Insert>> Insert::begin(Session& session, std::string_view head,
                                                    std::string_view format,
                                                    const Pairs& parameters)
{
    const Arrays p(parameters);
    std::unique_ptr<Insert> insert(
        new Insert(session.api(), session.api().stream_insert_with_params_n(
                                      session.connection(), head.data(), head.size(), format.data(),
                                      format.size(), p.names.data(), p.name_sizes.data(),
                                      p.values.data(), p.value_sizes.data(), p.names.size())));
    const char* error = session.api().stream_insert_error(insert->stream_);
    if (error != nullptr && *error != '\0') {
        return std::unexpected(engine_error(error));
    }
    return insert;
}

Insert::~Insert()
{
    api_.destroy_insert_stream(stream_);
}

EngineError Insert::error() const
{
    const char* text = api_.stream_insert_error(stream_);
    return engine_error(text != nullptr ? text : "Code: 49. the insert failed without a reason");
}

EngineResult<void> Insert::append(std::string_view piece)
{
    if (api_.stream_append(stream_, piece.data(), piece.size()) != 0) {
        return std::unexpected(error());
    }
    return {};
}

EngineResult<ResultPiece> Insert::done()
{
    return checked({api_, api_.stream_done(stream_)});
}

void Insert::cancel()
{
    api_.stream_cancel_insert(stream_);
}

} // namespace tanggap::store::engine
