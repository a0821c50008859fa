#include "store/engine/config.h"

#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

namespace tanggap::store::engine {
namespace {

namespace fs = std::filesystem;

/// Sizes: a 4 GB box holds serve, the child and the page cache. The three number_of_free_entries
/// belong to a background pool of 2; their defaults expect more.
constexpr std::string_view kConfig = R"(<clickhouse>
 <max_server_memory_usage>450000000</max_server_memory_usage>
 <max_server_memory_usage_to_ram_ratio>0.5</max_server_memory_usage_to_ram_ratio>
 <memory_worker_dynamic_hard_limit>0</memory_worker_dynamic_hard_limit>
 <memory_worker_use_cgroup>0</memory_worker_use_cgroup>
 <memory_worker_period_ms>50</memory_worker_period_ms>
 <memory_worker_correct_memory_tracker>1</memory_worker_correct_memory_tracker>
 <memory_worker_purge_dirty_pages_threshold_ratio>0.2</memory_worker_purge_dirty_pages_threshold_ratio>
 <mark_cache_size>33554432</mark_cache_size>
 <index_mark_cache_size>8388608</index_mark_cache_size>
 <primary_index_cache_size>33554432</primary_index_cache_size>
 <uncompressed_cache_size>0</uncompressed_cache_size>
 <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
 <mmap_cache_size>0</mmap_cache_size>
 <query_condition_cache_size>4194304</query_condition_cache_size>
 <vector_similarity_index_cache_size>0</vector_similarity_index_cache_size>
 <compiled_expression_cache_size>4194304</compiled_expression_cache_size>
 <background_pool_size>2</background_pool_size>
 <background_merges_mutations_concurrency_ratio>1</background_merges_mutations_concurrency_ratio>
 <background_common_pool_size>2</background_common_pool_size>
 <background_schedule_pool_size>2</background_schedule_pool_size>
 <background_fetches_pool_size>1</background_fetches_pool_size>
 <background_move_pool_size>1</background_move_pool_size>
 <max_thread_pool_size>200</max_thread_pool_size>
 <max_thread_pool_free_size>4</max_thread_pool_free_size>
 <max_io_thread_pool_size>4</max_io_thread_pool_size>
 <max_io_thread_pool_free_size>0</max_io_thread_pool_free_size>
 <max_active_parts_loading_thread_pool_size>2</max_active_parts_loading_thread_pool_size>
 <max_outdated_parts_loading_thread_pool_size>2</max_outdated_parts_loading_thread_pool_size>
 <max_parts_cleaning_thread_pool_size>2</max_parts_cleaning_thread_pool_size>
 <tmp_path>{0}/tmp/</tmp_path>
 <user_files_path>{0}/user_files/</user_files_path>
 <users_config>{0}/config/users.xml</users_config>
 <merge_tree>
  <merge_max_block_size>4096</merge_max_block_size>
  <max_bytes_to_merge_at_max_space_in_pool>5368709120</max_bytes_to_merge_at_max_space_in_pool>
  <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
  <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
  <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
 </merge_tree>
</clickhouse>
)";

/// One user. Its grants are all that `file()`, `url()`, other engines and access statements meet;
/// the two holes they leave (scalar file(), INTO OUTFILE) are closed by the sandbox. The engine
/// would give a search a second thread only where it has 2 GiB free; it never has (kConfig above),
/// and each search has a limit of its own.
constexpr std::string_view kUsers = R"(<clickhouse>
 <profiles><default>
  <max_memory_usage>400000000</max_memory_usage>
  <max_threads>2</max_threads>
  <max_threads_min_free_memory_per_thread>0</max_threads_min_free_memory_per_thread>
  <max_insert_threads>1</max_insert_threads>
  <max_bytes_before_external_group_by>100000000</max_bytes_before_external_group_by>
  <max_bytes_before_external_sort>100000000</max_bytes_before_external_sort>
  <allow_introspection_functions>0</allow_introspection_functions>
 </default></profiles>
 <users><default>
  <password></password>
  <networks><ip>::/0</ip></networks>
  <profile>default</profile>
  <quota>default</quota>
  <grants>
   <query>GRANT SELECT, INSERT, ALTER, CREATE TABLE, CREATE VIEW, DROP, TRUNCATE, OPTIMIZE, SHOW, CHECK ON {0}.*</query>
   <query>GRANT CREATE DATABASE ON {0}.*</query>
   <query>GRANT SELECT, SHOW ON system.*</query>
   <query>GRANT KILL QUERY ON *.*</query>
   <query>GRANT TABLE ENGINE ON MergeTree</query>
  </grants>
 </default></users>
 <quotas><default></default></quotas>
</clickhouse>
)";

base::Status write_file(const fs::path& path, const std::string& text)
{
    std::ofstream file(path, std::ios::trunc);
    file << text;
    file.close();
    if (!file) {
        return base::unavailable("cannot write " + path.string());
    }
    return {};
}

} // namespace

base::Result<std::string> write_config(const std::string& data)
{
    for (const char* folder : {"tmp", "user_files", "config"}) {
        std::error_code error;
        fs::create_directories(fs::path(data) / folder, error);
        if (error) {
            return base::unavailable("cannot make " + data + "/" + folder + ": " + error.message());
        }
    }
    if (data.find_first_of("<>&") != std::string::npos) {
        return base::invalid("the data folder " + data + " has a character that XML does not take");
    }
    const fs::path config = fs::path(data) / "config";
    TRY_STATUS(write_file(config / "config.xml", fmt::format(fmt::runtime(kConfig), data)));
    TRY_STATUS(write_file(config / "users.xml", fmt::format(fmt::runtime(kUsers), kDatabase)));
    return (config / "config.xml").string();
}

} // namespace tanggap::store::engine
