#include "store/engine/chdb_api.h"

#include <dlfcn.h>
#include <string_view>
#include <unistd.h>

namespace tanggap::store {
namespace {

/// Resolves one function after another; remembers the first that is missing.
class Resolver {
public:
    explicit Resolver(void* library) : library_(library) {}

    template <class Function>
    void operator()(const char* name, Function& function)
    {
        void* const found = dlsym(library_, name);
        if (found == nullptr && missing_.empty()) {
            missing_ = name;
        }
        function = reinterpret_cast<Function>(found);
    }

    const std::string& missing() const { return missing_; }

private:
    void* library_;
    std::string missing_;
};

std::string resolve_all(void* library, ChdbApi& api)
{
    Resolver resolve(library);
    resolve("chdb_version", api.version);
    resolve("chdb_connect", api.connect);
    resolve("chdb_close_conn", api.close_conn);
    resolve("chdb_set_signal_handlers_enabled", api.set_signal_handlers_enabled);
    resolve("chdb_query_n", api.query_n);
    resolve("chdb_query_with_params_n", api.query_with_params_n);
    resolve("chdb_stream_query_with_params_n", api.stream_query_with_params_n);
    resolve("chdb_stream_fetch_result", api.stream_fetch_result);
    resolve("chdb_stream_cancel_query", api.stream_cancel_query);
    resolve("chdb_destroy_query_result", api.destroy_query_result);
    resolve("chdb_stream_insert_with_params_n", api.stream_insert_with_params_n);
    resolve("chdb_stream_append", api.stream_append);
    resolve("chdb_stream_done", api.stream_done);
    resolve("chdb_stream_cancel_insert", api.stream_cancel_insert);
    resolve("chdb_stream_insert_error", api.stream_insert_error);
    resolve("chdb_destroy_insert_stream", api.destroy_insert_stream);
    resolve("chdb_result_buffer", api.result_buffer);
    resolve("chdb_result_length", api.result_length);
    resolve("chdb_result_rows_read", api.result_rows_read);
    resolve("chdb_result_bytes_read", api.result_bytes_read);
    resolve("chdb_result_rows_written", api.result_rows_written);
    resolve("chdb_result_bytes_written", api.result_bytes_written);
    resolve("chdb_result_error", api.result_error);
    resolve("chdb_classify_query_n", api.classify_query_n);
    return resolve.missing();
}

} // namespace

base::Result<ChdbApi> ChdbApi::load(const std::string& path)
{
    if (access(path.c_str(), R_OK) != 0) {
        return base::not_found("the event engine library " + path + " cannot be read");
    }
    // Local: its copies of common libraries must not answer for ours. Never closed: engine threads
    // live until the process ends.
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        return base::invalid("the event engine library " + path +
                             " cannot be loaded: " + dlerror());
    }
    ChdbApi api{};
    if (const std::string missing = resolve_all(library, api); !missing.empty()) {
        return base::invalid("the event engine library " + path + " has no function " + missing +
                             "; version " + kChdbVersionWanted + "x is needed");
    }
    api.version_text = api.version();
    if (!api.version_text.starts_with(kChdbVersionWanted)) {
        return base::invalid("the event engine library " + path + " is version " +
                             api.version_text + "; " + kChdbVersionWanted + "x is needed");
    }
    return api;
}

} // namespace tanggap::store
