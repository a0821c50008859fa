// What an administrator looks at: the state of the program, kinds of log, what they read.
#include "api/detail/page.h"
#include "api/detail/render.h"
#include "api/detail/route.h"
#include "base/limits.h"
#include "base/text.h"
#include "service/overview.h"
#include "service/sensors.h"

namespace tanggap::api {
namespace {

/// Records and bytes of one try.
constexpr std::size_t kTryRecordsMax = 50;
constexpr std::size_t kTryBytesMax = std::size_t{64} * 1024;

Json input_json(const service::InputState& input)
{
    return {{"name", input.name}, {"bytes", input.bytes},         {"records", input.records},
            {"lost", input.lost}, {"lag_bytes", input.lag_bytes}, {"problem", input.problem}};
}

Answer get_system(Call& call)
{
    const service::SystemState state = call.shared.context.administration.system();
    const auto events = call.world().events.health();
    Json inputs = Json::array();
    for (const service::InputState& input : state.inputs) {
        inputs.push_back(input_json(input));
    }
    const auto retention = call.world().retention();
    return reply_json(
        {{"version", state.version},
         {"started_at", base::format_rfc3339(state.started_at)},
         {"disk",
          {{"free", state.disk_free},
           {"total", state.disk_total},
           {"reserve", state.disk_reserve}}},
         {"memory", state.memory},
         {"journal",
          {{"bytes", state.journal_bytes},
           {"entries_waiting", state.entries_waiting},
           {"entries_unarchived", state.entries_unarchived},
           {"ranges_set_aside", state.ranges_set_aside}}},
         {"quarantine",
          {{"bytes", state.quarantine_bytes}, {"forgotten", state.quarantine_forgotten}}},
         {"engine",
          {{"up", state.engine_up},
           {"reason", state.engine_reason},
           {"starts", state.engine_starts},
           {"memory", state.engine_memory},
           {"version", events.version},
           {"events", events.rows},
           {"bytes", events.bytes_on_disk},
           {"oldest", time_or_null(events.oldest)},
           {"newest", time_or_null(events.newest)}}},
         {"retention_seconds", retention.kept_for.count()},
         {"content",
          {{"rules", state.rules},
           {"sources", state.sources},
           {"indicators", state.indicators},
           {"playbooks", state.playbooks},
           {"clocks", state.clocks}}},
         {"inputs", std::move(inputs)},
         {"ledger", ledger_json(call.world().ledger())},
         {"problems", state.problems}});
}

Answer list_sources(Call& call)
{
    const auto sources = call.shared.context.administration.sources();
    return page_of(call, sources, [](const normalize::SourceInfo& source) -> Json {
        return {{"id", source.id},
                {"title", source.title},
                {"title_id", source.title_id},
                {"dataset", source.dataset},
                {"format", source.format},
                {"overriding", source.overriding}};
    });
}

std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line = text.substr(begin, end - begin);
        line = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
        if (!line.empty()) {
            lines.emplace_back(line);
        }
        begin = end + 1;
    }
    return lines;
}

Answer try_records(Call& call)
{
    const std::string text = call.body.value("text", "");
    const std::string source = call.body.value("source", "");
    const std::string timezone = call.body.value("timezone", "");
    if (text.size() > kTryBytesMax) {
        return base::invalid("the text has " + std::to_string(text.size()) + " bytes, at most " +
                             std::to_string(kTryBytesMax) + " are tried at once");
    }
    if (!source.empty() && !call.world().knows_source(source)) {
        return base::invalid("source " + base::quoted(source) +
                             " is unknown; `tanggap sources list` names them");
    }
    if (!timezone.empty()) {
        TRY_STATUS(service::check_timezone(timezone));
    }
    const std::vector<std::string> lines = lines_of(text);
    if (lines.empty() || lines.size() > kTryRecordsMax) {
        return base::invalid("the text has " + std::to_string(lines.size()) +
                             " lines, expected 1 to " + std::to_string(kTryRecordsMax));
    }
    const auto reading = call.shared.context.administration.read_records(
        source, timezone.empty() ? call.world().timezone : timezone, lines);
    Json records = Json::array();
    for (const auto& record : reading.records) {
        records.push_back(
            {{"event", record.event_json.empty() ? Json() : Json::parse(record.event_json)},
             {"reason", record.reason},
             {"detail", record.detail}});
    }
    return reply_json({{"source", reading.source}, {"records", std::move(records)}});
}

} // namespace

std::vector<Route> admin_routes()
{
    return {
        {.method = "GET",
         .path = "/api/v1/system",
         .id = "getSystem",
         .summary = "How the program is: disk, queues, engine, inputs",
         .summary_id = "Keadaan program: disk, antrean, mesin, masukan",
         .scope = policy::Scope::Admin,
         .parameters = {},
         .request = {},
         .response = "System",
         .handle = get_system},
        {.method = "GET",
         .path = "/api/v1/sources",
         .id = "listSources",
         .summary = "Kinds of log that are read",
         .summary_id = "Jenis log yang dibaca",
         .parameters = {kLimit, kCursor},
         .request = {},
         .response = "SourcePage",
         .handle = list_sources},
        {.method = "POST",
         .path = "/api/v1/sources/try",
         .id = "tryRecords",
         .summary = "What would be made of these lines; nothing is kept",
         .summary_id = "Hasil pembacaan baris ini; tidak ada yang disimpan",
         .parameters = {},
         .request = "TryRequest",
         .response = "TryResult",
         .handle = try_records},
    };
}

} // namespace tanggap::api
