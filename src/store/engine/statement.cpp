#include "store/engine/statement.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "store/clickhouse/varint.h"

namespace tanggap::store::engine {
namespace {

/// Settings a client may send. Everything else is refused: a setting can open files or loosen
/// limits, and a misspelt one must not pass in silence.
constexpr std::array<std::string_view, 29> kSettings{
    "max_execution_time",
    "max_memory_usage",
    "max_threads",
    "max_result_rows",
    "max_result_bytes",
    "result_overflow_mode",
    "max_rows_to_read",
    "max_bytes_to_read",
    "read_overflow_mode",
    "timeout_overflow_mode",
    "readonly",
    "insert_deduplication_token",
    "materialize_skip_indexes_on_insert",
    "insert_deduplicate",
    "min_insert_block_size_rows",
    "min_insert_block_size_bytes",
    "max_insert_block_size",
    "max_partitions_per_insert_block",
    "max_block_size",
    "optimize_use_projections",
    "force_optimize_projection",
    "optimize_read_in_order",
    "use_query_condition_cache",
    "use_skip_indexes",
    "query_plan_optimize_lazy_materialization",
    "query_plan_max_limit_for_lazy_materialization",
    "use_skip_indexes_on_data_read",
    "merge_tree_min_rows_for_concurrent_read",
    "max_rows_to_group_by"};

/// Parameters of the HTTP interface that are not settings of the query.
constexpr std::array<std::string_view, 5> kIgnored{"query", "query_id", "database",
                                                   "wait_end_of_query", "default_format"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& list, std::string_view wanted)
{
    return std::ranges::find(list, wanted) != list.end();
}

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Cuts "FORMAT Name" (and a semicolon) from the end. Returns the name, empty where there is none.
std::string take_format(std::string& text)
{
    const auto strip = [&] {
        while (!text.empty() && (std::string_view(" \t\r\n;").contains(text.back()))) {
            text.pop_back();
        }
    };
    strip();
    std::size_t name = text.size();
    while (name > 0 && is_word(text[name - 1])) {
        --name;
    }
    std::size_t keyword_end = name;
    while (keyword_end > 0 && std::string_view(" \t\r\n").contains(text[keyword_end - 1])) {
        --keyword_end;
    }
    constexpr std::string_view kKeyword = "FORMAT";
    if (keyword_end == name || name == text.size() || keyword_end <= kKeyword.size() ||
        is_word(text[keyword_end - kKeyword.size() - 1]) ||
        !base::equals_ignore_case_ascii(
            std::string_view(text).substr(keyword_end - kKeyword.size(), kKeyword.size()),
            kKeyword)) {
        return {};
    }
    std::string format = text.substr(name);
    text.resize(keyword_end - kKeyword.size());
    strip();
    return format;
}

bool starts_with_word(std::string_view text, std::string_view word)
{
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return base::equals_ignore_case_ascii(text.substr(0, word.size()), word) &&
           (text.size() == word.size() ||
            (text.size() > word.size() && !is_word(text[word.size()])));
}

EngineResult<void> read_pairs(const RequestHead& head, Statement& statement)
{
    constexpr std::string_view kParameter = "param_";
    for (const auto& [name, value] : head.query) {
        if (name.starts_with(kParameter)) {
            statement.parameters.emplace_back(name.substr(kParameter.size()), value);
        } else if (holds(kSettings, name)) {
            statement.settings.emplace_back(name, value);
        } else if (!holds(kIgnored, name)) {
            return std::unexpected(
                EngineError{kUnknownSetting, "Code: 115. DB::Exception: " + base::quoted(name, 60) +
                                                 " is not a setting this engine takes "
                                                 "(UNKNOWN_SETTING)"});
        }
    }
    return {};
}

} // namespace

EngineResult<Statement> read_statement(const RequestHead& head, std::string_view body)
{
    Statement statement;
    statement.text = std::string(head.value("query").value_or(""));
    statement.insert = starts_with_word(statement.text, "INSERT");
    if (!statement.insert) {
        statement.text += body;
    }
    if (base::trim(statement.text).empty()) {
        return std::unexpected(EngineError{
            kSyntaxError, "Code: 62. DB::Exception: the statement is empty (SYNTAX_ERROR)"});
    }
    if (auto pairs = read_pairs(head, statement); !pairs) {
        return std::unexpected(pairs.error());
    }
    statement.format = take_format(statement.text);
    if (statement.format.empty()) {
        statement.format = std::string(head.value("default_format").value_or("TabSeparated"));
    }
    statement.request_id = std::string(head.value("query_id").value_or(""));
    return statement;
}

Joining joining_of(std::string_view format)
{
    constexpr std::array<std::string_view, 8> kPlain{
        "Native",       "RowBinary", "JSONEachRow", "JSONCompactEachRow",
        "TabSeparated", "TSV",       "CSV",         "LineAsString"};
    if (holds(kPlain, format)) {
        return Joining::Plain;
    }
    return format == "RowBinaryWithNamesAndTypes" ? Joining::CutHeader : Joining::WholeOnly;
}

std::size_t names_and_types_size(std::string_view bytes)
{
    std::string_view rest = bytes;
    std::uint64_t columns = 0;
    if (!clickhouse::take_varint(rest, columns)) {
        return 0;
    }
    for (std::uint64_t i = 0; i < columns * 2; ++i) {
        std::uint64_t size = 0;
        if (!clickhouse::take_varint(rest, size) || size > rest.size()) {
            return 0;
        }
        rest.remove_prefix(size);
    }
    return bytes.size() - rest.size();
}

int http_status_of(int engine_code)
{
    switch (engine_code) {
    case 164: // READONLY
    case kAccessDenied:
        return 403;
    case 60: // UNKNOWN_TABLE
    case 81:
        return 404; // UNKNOWN_DATABASE
    case 159:
        return 408; // TIMEOUT_EXCEEDED
    case kTooManyQueries:
        return 429;
    case kSyntaxError:
    case 47: // UNKNOWN_IDENTIFIER
    case kUnknownSetting:
    case 427: // CANNOT_COMPILE_REGEXP
    case 457:
        return 400; // BAD_QUERY_PARAMETER
    default:
        return 500;
    }
}

} // namespace tanggap::store::engine
