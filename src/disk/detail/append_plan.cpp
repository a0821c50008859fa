#include "disk/detail/append_plan.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/limits.h"
#include "disk/detail/bytes.h"
#include "disk/detail/identity.h"
#include "disk/detail/seen_lookup.h"

namespace tanggap::disk::detail {
namespace {

// Spaces inside the state family: keys of different kinds never meet.
constexpr char kAnswerSpace = 'i';
constexpr char kAnswerAgeSpace = 't';
constexpr char kStateSpace = 's';
/// Old answers forgotten with each new one: the store shrinks faster than it grows.
constexpr int kForgottenPerAnswer = 4;

void put(Plan& plan, Database& database, Family family, std::string_view key,
         std::string_view value)
{
    // Fails only above the batch's size limit, which is not set.
    std::ignore =
        plan.batch.Put(database.family(family), rocksdb::Slice(key), rocksdb::Slice(value));
}

std::string answer_age_key(base::Time at, std::string_view answer_key)
{
    std::string key(1, kAnswerAgeSpace);
    put_key(key, static_cast<std::uint64_t>(at.ns));
    key += answer_key;
    return key;
}

/// The first answer to the request's key, where it is known and young enough.
/// Errors: Conflict where the same key came with another body.
base::Result<std::optional<AppendResult>> known_answer(const PlanContext& context,
                                                       const AppendRequest& request)
{
    if (request.idempotency_key.empty()) {
        return std::nullopt;
    }
    std::string value;
    Database& database = context.database;
    const auto status = database.db().Get(rocksdb::ReadOptions(), database.family(Family::State),
                                          answer_key(request), &value);
    if (status.IsNotFound()) {
        return std::nullopt;
    }
    if (!status.ok()) {
        return std::unexpected(to_error(status, "cannot look up an idempotency key"));
    }
    TRY(Answer answer, decode_answer(value));
    if (context.now - answer.at > base::limits::kIdempotencyKeyAge) {
        return std::nullopt;
    }
    if (answer.body_digest != request.body_digest) {
        return base::fail(base::Code::Conflict,
                          "the idempotency key was used before with another body; send this body "
                          "with a key of its own");
    }
    answer.result.replayed = true;
    return answer.result;
}

void forget_old_answers(const PlanContext& context, Plan& plan)
{
    Database& database = context.database;
    rocksdb::ColumnFamilyHandle* const family = database.family(Family::State);
    const std::string end = answer_age_key(context.now - base::limits::kIdempotencyKeyAge, {});
    rocksdb::ReadOptions options;
    const rocksdb::Slice upper(end);
    options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> rows(database.db().NewIterator(options, family));
    int left = kForgottenPerAnswer;
    for (rows->Seek(std::string(1, kAnswerAgeSpace)); rows->Valid() && left > 0; rows->Next()) {
        const std::string_view row = rows->key().ToStringView();
        std::string value;
        const std::string_view key = row.substr(9);
        // A younger answer to the same key keeps its row.
        const bool found = database.db().Get({}, family, rocksdb::Slice(key), &value).ok();
        const auto answer = found ? decode_answer(value) : base::Result<Answer>();
        if (found && answer && answer_age_key(answer->at, key) == row) {
            std::ignore = plan.batch.Delete(family, rocksdb::Slice(key));
        }
        std::ignore = plan.batch.Delete(family, rows->key());
        --left;
    }
}

void remember_answer(const PlanContext& context, Plan& plan, const AppendRequest& request,
                     const AppendResult& result)
{
    if (request.idempotency_key.empty()) {
        return;
    }
    // First: what it forgets may be an old answer to this very key.
    forget_old_answers(context, plan);
    const std::string key = answer_key(request);
    put(plan, context.database, Family::State, key,
        encode_answer({request.body_digest, result, context.now}));
    put(plan, context.database, Family::State, answer_age_key(context.now, key), {});
}

/// The id of a record whose id with k = 1 is `first_id`, or nothing for a duplicate.
/// `position` counts all ids looked up for the group.
std::optional<model::EventId> identify(const Prepared& append, const NewRecord& record,
                                       const model::EventId& first_id, std::size_t position,
                                       SeenLookup& seen)
{
    if (append.request.identity == Identity::External) {
        if (seen.at(position).max_k != 0) {
            return std::nullopt;
        }
        seen.change(position).max_k = 1;
        return first_id;
    }
    const Seen::Delivery delivery = seen.change(position).deliver(append.tag);
    if (!delivery.is_new) {
        return std::nullopt;
    }
    return delivery.k == 1 ? first_id
                           : content_id(append.request.stream.sensor, record, delivery.k);
}

model::Record take_record(NewRecord& record, const model::EventId& id)
{
    return {id, std::move(record.bytes), record.full_length, std::move(record.full_sha256)};
}

void add_rejected(JournalTotals& totals, const std::string& reason, std::uint64_t count)
{
    const auto known =
        std::ranges::find(totals.rejected, reason, [](const auto& r) { return r.first; });
    if (known == totals.rejected.end()) {
        totals.rejected.emplace_back(reason, count);
    } else {
        known->second += count;
    }
}

/// Has an identity that is looked up; others are new by definition.
bool looked_up(const Prepared& append, std::size_t index)
{
    const AppendRequest& request = append.request;
    return request.identity == Identity::Content ||
           (request.identity == Identity::External && !request.records[index].external_id.empty());
}

class Planner {
public:
    Planner(const PlanContext& context, Plan& plan) : context_(context), plan_(plan) {}

    base::Status look_up(std::span<Prepared* const> group)
    {
        for (Prepared* append : group) {
            auto known = known_answer(context_, append->request);
            if (known && !*known) {
                seen_.add(append->ids);
            }
            known_.push_back(std::move(known));
        }
        return seen_.load(context_.database);
    }

    void add_all(std::span<Prepared* const> group)
    {
        for (std::size_t i = 0; i < group.size(); ++i) {
            auto& known = known_[i];
            if (!known) {
                plan_.answers.emplace_back(std::unexpected(known.error()));
            } else if (*known) {
                plan_.answers.emplace_back(**known);
            } else {
                plan_.answers.emplace_back(add(*group[i]));
            }
        }
        seen_.write(context_.database, plan_.batch);
    }

private:
    AppendResult add(Prepared& append)
    {
        AppendRequest& request = append.request;
        AppendResult result;
        auto chunk = std::make_shared<model::Chunk>();
        chunk->records.reserve(request.records.size());
        const std::uint64_t sequence = plan_.totals.last_sequence + 1;
        auto first_id = append.ids.begin();
        for (std::size_t i = 0; i < request.records.size(); ++i) {
            NewRecord& record = request.records[i];
            const auto id = looked_up(append, i)
                                ? identify(append, record, *first_id++, position_++, seen_)
                                : std::optional(unique_id(context_.journal_id, sequence, i));
            if (id) {
                chunk->records.push_back(take_record(record, *id));
            }
        }
        result.received = request.records.size();
        result.duplicate = request.records.size() - chunk->records.size();
        for (const auto& [reason, count] : request.rejected) {
            add_rejected(plan_.totals, reason, count);
            result.received += count;
        }
        plan_.totals.received += result.received;
        plan_.totals.duplicate += result.duplicate;
        if (!chunk->records.empty()) {
            result.sequence = sequence;
            chunk->received = context_.now;
            chunk->stream = request.stream;
            add_entry(plan_, context_.database, std::move(chunk));
        }
        if (!request.state_key.empty()) {
            put(plan_, context_.database, Family::State, state_key(request.state_key),
                request.state_value);
        }
        remember_answer(context_, plan_, request, result);
        return result;
    }

    const PlanContext& context_;
    Plan& plan_;
    SeenLookup seen_;
    std::size_t position_ = 0;
    std::vector<base::Result<std::optional<AppendResult>>> known_;
};

} // namespace

Prepared::Prepared(AppendRequest r) : request(std::move(r)), tag(stream_tag(request.stream_id))
{
    const std::string_view sensor = request.stream.sensor;
    for (std::size_t i = 0; i < request.records.size(); ++i) {
        const NewRecord& record = request.records[i];
        bytes += record.bytes.size();
        if (looked_up(*this, i)) {
            ids.push_back(request.identity == Identity::Content
                              ? content_id(sensor, record, 1)
                              : external_id(sensor, record.external_id));
        }
    }
}

std::string entry_key(std::uint64_t sequence)
{
    std::string key;
    put_key(key, sequence);
    return key;
}

std::string size_key(std::uint64_t sequence)
{
    std::string key("e");
    put_key(key, sequence);
    return key;
}

std::string answer_key(const AppendRequest& request)
{
    std::string key(1, kAnswerSpace);
    put_text(key, request.stream.sensor);
    key += request.idempotency_key;
    return key;
}

std::string state_key(std::string_view key)
{
    return std::string(1, kStateSpace).append(key);
}

void add_entry(Plan& plan, Database& database, std::shared_ptr<model::Chunk> chunk)
{
    chunk->sequence = ++plan.totals.last_sequence;
    const std::string bytes = encode_chunk(*chunk);
    const EntrySize size{bytes.size(), chunk->records.size()};
    put(plan, database, Family::Journal, entry_key(chunk->sequence), bytes);
    put(plan, database, Family::Default, size_key(chunk->sequence), encode_size(size));
    plan.entries.push_back({std::move(chunk), size});
}

void put_totals(Plan& plan, Database& database)
{
    put(plan, database, Family::Default, kTotalsKey, encode_totals(plan.totals));
}

base::Result<Plan> plan_group(const PlanContext& context, std::span<Prepared* const> group)
{
    Plan plan;
    plan.totals = context.totals;
    Planner planner(context, plan);
    TRY_STATUS(planner.look_up(group));
    planner.add_all(group);
    put_totals(plan, context.database);
    return plan;
}

} // namespace tanggap::disk::detail
