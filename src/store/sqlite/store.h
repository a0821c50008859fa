// The case database over SQLite, in one class whose parts lie in files by subject:
// store.cpp (opening, commit, ranges), change.cpp (commands), alert_lists.cpp, sensors.cpp.
// Subjects that came later are functions over a Snapshot or a Change in files of their own
// (activity.cpp, alert_state.cpp): they need no member here.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "store/case_store.h"
#include "store/news_feed.h"
#include "store/sqlite/alert_rows.h"
#include "store/sqlite/alert_sql.h"
#include "store/sqlite/connections.h"

namespace tanggap::store::sqlite {

/// The numbers of the table `counters`, as of the last commit.
struct Counters {
    std::uint64_t cursor = 0;
    std::uint64_t last_alert_number = 0;
    std::uint64_t alerts = 0;
    std::uint64_t detections = 0;
    std::uint64_t detected_events = 0;
    std::uint64_t committed = 0; ///< events of all committed ranges
    std::uint64_t archived = 0;  ///< of those, in the event store
    std::uint64_t quarantined = 0;
    std::uint64_t lost = 0; ///< of the committed, gone from the journal before the archive had it
};

class SqliteCaseStore final : public CaseStore {
public:
    static base::Result<std::unique_ptr<CaseStore>> open(const std::string& folder);

    base::Result<std::vector<model::Alert>> alerts_of(const model::AlertKey& key, base::Time from,
                                                      base::Time to) override;
    std::uint64_t next_number() override;

    std::uint64_t cursor() const override;
    base::Result<std::vector<detect::GroupState>> correlation_state() override;
    base::Status commit(const Commit& commit) override;
    base::Result<std::vector<ArchiveRange>> pending_ranges() override;
    base::Status mark_archived(std::uint64_t range_first, std::uint64_t events) override;
    model::Ledger ledger() const override;
    base::Result<BatchResult> find_batch(std::uint64_t sequence) override;

    NewsFeed& feed() override { return feed_; }

    base::Result<AlertPage> list_alerts(const AlertPageRequest& request) override;
    base::Result<model::Alert> find_alert(std::string_view id) override;
    base::Result<std::vector<FacetValues>> alert_facets(std::span<const std::string> fields,
                                                        const query::Node* filter, std::size_t top,
                                                        base::Time now,
                                                        const policy::Filter& visible) override;

    base::Status read(const ReadBody& body) override;
    base::Result<std::string> change(const Command& command, const ChangeBody& body) override;
    base::Result<KeptAnswer> find_answer(const Actor& actor, std::string_view key,
                                         base::Time now) override;
    base::Status keep_answer(const Actor& actor, std::string_view key, base::Time now,
                             const KeptAnswer& answer) override;

    base::Status touch_api_key(std::string_view id, base::Time now) override;
    base::Status touch_session(std::string_view token_hash, base::Time now) override;

    base::Result<KeptDraft> find_draft(std::string_view token_hash, base::Time now) override;
    base::Status put_draft(std::string_view token_hash, const KeptDraft& draft) override;
    base::Result<std::vector<std::string>> remove_old_drafts(base::Time now) override;
    base::Status add_reporter_session(std::string_view token_hash,
                                      const ReporterSession& session) override;
    base::Result<ReporterSession> find_reporter_session(std::string_view token_hash,
                                                        base::Time now) override;
    base::Status remove_reporter_session(std::string_view token_hash) override;

    base::Status upsert_sensor(const Sensor& sensor) override;
    base::Result<std::vector<Sensor>> list_sensors() override;
    base::Status put_case_due(std::string_view case_id, const CaseDue& due) override;

private:
    explicit SqliteCaseStore(std::unique_ptr<Connections> connections)
        : connections_(std::move(connections)), alert_writer_(connections_->writer())
    {
    }

    base::Status load_counters();
    base::Status save_counters(const Counters& counters);
    Counters counters() const;
    void publish(const Counters& counters);
    void tell(const Commit& commit, std::uint64_t last_number_before);
    void restart_numbers(); ///< after a commit, done or failed: uncommitted numbers are given again

    base::Result<Counters> apply(const Commit& commit, Counters counters);
    base::Status write_alert(const model::Alert& alert);
    base::Status write_range(const Commit& commit);
    base::Status write_correlation(const Commit& commit);
    base::Status write_batches(const Commit& commit);
    base::Status write_sensors(const Commit& commit);

    /// One change outside commit(): takes the writer, runs `body` in a transaction.
    template <class Body>
    base::Status write(Body body)
    {
        const auto writing = connections_->writing();
        TRY_STATUS(in_transaction(connections_->writer(), body));
        return connections_->checkpoint_if_long();
    }

    std::unique_ptr<Connections> connections_;
    NewsFeed feed_{base::system_clock().now()};
    AlertWriter alert_writer_;
    mutable std::mutex counters_mutex_;
    Counters counters_;
    std::uint64_t last_number_given_ = 0; // under counters_mutex_
};

} // namespace tanggap::store::sqlite
