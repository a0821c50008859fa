// The part of libchdb's C interface that we use, declared here because the package has no header,
// and resolved by name at start-up. Only the engine child includes this.
// Source: chdb-core 26.7.3, programs/local/chdb.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"

extern "C" {
struct chdb_result;
struct chdb_connection_;
struct chdb_insert_stream_;
struct chdb_query_analysis_v1 {
    std::uint32_t struct_size;     ///< set by us to sizeof
    std::uint32_t statement_count; ///< executable statements in the text
    std::uint32_t flags;
    std::uint32_t query_class; ///< see store::QueryClass
};
}

namespace tanggap::store {

using ChdbConnection = chdb_connection_*;
using ChdbInsertStream = chdb_insert_stream_*;

/// What chdb_classify_query_n says a statement does.
enum class QueryClass : std::uint32_t {
    Read = 0,
    Write = 1,
    WriteGlobal = 2,
    Control = 3,
    Unknown = 4
};

/// Version that the declarations here and the measurements of engine-child were made against.
inline constexpr const char* kChdbVersionWanted = "26.7.";

/// Functions of one loaded library. Lifetime: the library is never unloaded.
struct ChdbApi {
    /// Errors: NotFound (no such file), Invalid (a symbol is missing, or another version).
    static base::Result<ChdbApi> load(const std::string& path);

    std::string version_text;

    const char* (*version)();
    ChdbConnection* (*connect)(int argc, char** argv);
    void (*close_conn)(ChdbConnection* connection);
    void (*set_signal_handlers_enabled)(int enabled);

    chdb_result* (*query_n)(ChdbConnection, const char* query, std::size_t query_size,
                            const char* format, std::size_t format_size);
    chdb_result* (*query_with_params_n)(ChdbConnection, const char* query, std::size_t query_size,
                                        const char* format, std::size_t format_size,
                                        const char* const* names, const std::size_t* name_sizes,
                                        const char* const* values, const std::size_t* value_sizes,
                                        std::size_t count);
    chdb_result* (*stream_query_with_params_n)(ChdbConnection, const char* query,
                                               std::size_t query_size, const char* format,
                                               std::size_t format_size, const char* const* names,
                                               const std::size_t* name_sizes,
                                               const char* const* values,
                                               const std::size_t* value_sizes, std::size_t count);
    chdb_result* (*stream_fetch_result)(ChdbConnection, chdb_result* stream);
    void (*stream_cancel_query)(ChdbConnection, chdb_result* stream);
    void (*destroy_query_result)(chdb_result*);

    ChdbInsertStream (*stream_insert_with_params_n)(
        ChdbConnection, const char* query, std::size_t query_size, const char* format,
        std::size_t format_size, const char* const* names, const std::size_t* name_sizes,
        const char* const* values, const std::size_t* value_sizes, std::size_t count);
    int (*stream_append)(ChdbInsertStream, const void* data, std::size_t size);
    chdb_result* (*stream_done)(ChdbInsertStream);
    void (*stream_cancel_insert)(ChdbInsertStream);
    const char* (*stream_insert_error)(ChdbInsertStream);
    void (*destroy_insert_stream)(ChdbInsertStream);

    char* (*result_buffer)(chdb_result*);
    std::size_t (*result_length)(chdb_result*);
    std::uint64_t (*result_rows_read)(chdb_result*);
    std::uint64_t (*result_bytes_read)(chdb_result*);
    std::uint64_t (*result_rows_written)(chdb_result*);
    std::uint64_t (*result_bytes_written)(chdb_result*);
    const char* (*result_error)(chdb_result*);
    int (*classify_query_n)(ChdbConnection, const char* query, std::size_t query_size,
                            const char* database, std::size_t database_size,
                            chdb_query_analysis_v1* out);
};

} // namespace tanggap::store
