// Detection behind one interface: rules in, detections out. Pure and single-threaded; time is the
// event's. The rule set is immutable and published; correlation state belongs to one Correlator.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/detection.h"
#include "model/event.h"

namespace tanggap::detect {

struct Diagnostic {
    enum class Severity { Warning, Error };
    Severity severity = Severity::Error;
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
    std::size_t length = 0; ///< characters of the line from `column` on; 0: the place alone
    std::string rule_title;
    std::string message;
    std::string hint;
};

/// Who wrote a file of rules. Of rules with one id that of the last of these wins.
enum class RuleOrigin : std::uint8_t {
    Shipped,
    User, ///< a file of theirs
    Own,  ///< written in the console
};

struct RuleFile {
    std::string name;
    std::string yaml; ///< may hold several documents
    RuleOrigin origin = RuleOrigin::Shipped;
};

/// content/mappings: Sigma log sources and fields to datasets and ECS fields.
struct MappingFile {
    std::string name;
    std::string yaml;
};

class RuleSet {
public:
    struct Compiled;
    /// Rules that fail are left out and reported, each with every problem; the rest loads.
    static std::shared_ptr<const RuleSet> load(std::span<const RuleFile> rules,
                                               std::span<const MappingFile> mappings,
                                               std::vector<Diagnostic>& diagnostics);
    ~RuleSet();
    RuleSet(const RuleSet&) = delete;

    std::span<const std::shared_ptr<const model::RuleInfo>> rules() const;
    const Compiled& compiled() const { return *compiled_; }

private:
    RuleSet();
    std::unique_ptr<Compiled> compiled_;
};

/// Stateless part: every rule against every event of the batch, detections in event order, then
/// rule order. Member rules of a correlation without `generate` are returned with
/// `rule->correlation == false` only where they also alert alone; the rest goes to the Correlator
/// through `signals`.
struct Signal {
    std::size_t rule_index = 0; ///< into the compiled set
    std::size_t event_index = 0;
};
/// One per thread; owns scratch memory. The RuleSet must outlive it.
class Evaluator {
public:
    explicit Evaluator(std::shared_ptr<const RuleSet> rules);
    ~Evaluator();
    Evaluator(const Evaluator&) = delete;
    void evaluate(const model::EventBatch& batch, std::vector<model::Detection>& detections,
                  std::vector<Signal>& signals);
    /// Detections left out since one event had more than limits::kDetectionsPerEventMax.
    std::uint64_t cut() const { return cut_; }

private:
    struct Scratch;
    std::shared_ptr<const RuleSet> rules_;
    std::unique_ptr<Scratch> scratch_;
    std::uint64_t cut_ = 0;
};

/// A changed group's state, to be kept with the journal position. Empty `state` means: delete it.
struct GroupState {
    std::string rule_id;
    std::string group; ///< opaque, stable key
    std::string state; ///< opaque bytes
};

/// Correlations (event_count, temporal, temporal_ordered) over signals in journal order.
/// Owner: the processor thread. Bounded: limits::kCorrelationGroupsMax, evictions counted.
class Correlator {
public:
    explicit Correlator(std::shared_ptr<const RuleSet> rules);
    ~Correlator();
    Correlator(const Correlator&) = delete;

    /// What cannot be used (a rule that is gone, damage, another text of the rule) is among the
    /// next changes, to be deleted.
    void restore(std::span<const GroupState> groups);
    /// Adds the detections that complete a correlation (event_index = the completing event), and
    /// those of events that go on with one (`continues`), so that an alert has all of them.
    void feed(const model::EventBatch& batch, std::span<const Signal> signals,
              std::vector<model::Detection>& detections);
    /// Groups changed since the last call, for the commit.
    std::vector<GroupState> take_changes();
    std::uint64_t evictions() const;
    std::size_t groups() const;

private:
    struct State;
    std::shared_ptr<const RuleSet> rules_;
    std::unique_ptr<State> state_;
};

/// The tree of one rule against one event, for `explain`.
struct ExplainNode {
    std::string text; ///< "selection_uri", "cs-uri-query|contains: 'union select'"
    bool matched = false;
    std::string found; ///< the event's value, or "" with `absent`
    bool absent = false;
    std::vector<ExplainNode> children;
};
base::Result<ExplainNode> explain(const RuleSet& rules, std::string_view rule_id,
                                  const model::Event& event);

} // namespace tanggap::detect
