// Every limit of the program, with its unit and its reason. Settings may lower or raise those that
// rulings call settings; nothing else in the code carries a bare number as a bound.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tanggap::base::limits {

// --- records -----------------------------------------------------------------------------------
/// A longer line goes to quarantine as `oversize` with its length, SHA-256 and first bytes.
inline constexpr std::size_t kLineBytesMax = 1024 * 1024;
/// What is kept of an oversize record.
inline constexpr std::size_t kOversizeKeptBytes = 64 * 1024;
/// Fields of one event; above it the record is quarantined.
inline constexpr std::size_t kEventFieldsMax = 4096;
/// Nesting of JSON and YAML from outside.
inline constexpr std::size_t kNestingMax = 64;
/// Records that choose the source of a file.
inline constexpr std::size_t kSourceProbeRecords = 200;
/// What one file may unpack to in an operator's import (rulings 24): ends a bomb, not a year of
/// logs.
inline constexpr std::uint64_t kImportUnpackedBytesMax = std::uint64_t{1} << 40;

// --- inputs ------------------------------------------------------------------------------------
/// A counted syslog frame; between a line's limit and this it is read through and quarantined as
/// oversize, above it the count is taken for nonsense and the connection closed.
inline constexpr std::uint64_t kSyslogFrameBytesMax = 64 * 1024 * 1024;
/// Unfinished messages of all connections of one listener together.
inline constexpr std::size_t kSyslogHeldBytesMax = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t kSyslogConnectionsMax = 1024;
/// Messages of one peer that go to the journal together at the latest.
inline constexpr std::size_t kSyslogBatchRecords = 5000;
inline constexpr std::size_t kSyslogBatchBytes = 1024 * 1024;
/// Batches that wait for the journal in one of an input's eight lanes, as held in memory; then the
/// input does not read on.
inline constexpr std::size_t kInputLaneBatchesMax = 64;
inline constexpr std::size_t kInputLaneBytesMax = 2 * 1024 * 1024;

// --- YAML (content files and what users write) --------------------------------------------------
/// One file. The longest rule file of a public collection has 40 KiB.
inline constexpr std::size_t kYamlBytesMax = 4 * 1024 * 1024;
/// Values of one file, aliases written out: what makes an alias bomb an error.
inline constexpr std::size_t kYamlNodesMax = 500'000;
/// Problems reported of one file: enough to mend it, not enough to flood a log.
inline constexpr std::size_t kYamlProblemsMax = 100;

// --- journal -----------------------------------------------------------------------------------
/// One journal entry; an import sends pieces of about this size.
inline constexpr std::size_t kChunkBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kChunkRecordsMax = 20'000;
/// Bytes of records of one append: a request body unpacked. More is refused, not split: its answer
/// is one answer.
inline constexpr std::size_t kAppendBytesMax = 64 * 1024 * 1024;
/// Bytes of entries not yet retired, as stored: hours of a missing archive, then senders wait.
inline constexpr std::size_t kJournalBacklogBytesMax = std::size_t{8} * 1024 * 1024 * 1024;
/// The same in entries: their sizes are held in memory, 16 bytes each.
inline constexpr std::size_t kJournalBacklogEntriesMax = 4'000'000;
/// Free disk below which appends are refused: room for every write buffer and a compaction.
inline constexpr std::size_t kJournalFreeBytesMin = std::size_t{512} * 1024 * 1024;
/// Requests that share one sync, in bytes of records: bounds the memory of one write batch.
inline constexpr std::size_t kJournalGroupBytesMax = 16 * 1024 * 1024;
/// Newest entries kept decoded, so that a processor that keeps up never reads the disk.
inline constexpr std::size_t kJournalTailCacheBytesMax = 24 * 1024 * 1024;
/// The database below the journal: buffers of entries and of record identities (each up to three at
/// once), all buffers together, cached blocks, and the logs that a start reads again.
inline constexpr std::size_t kJournalEntryBufferBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kJournalSeenBufferBytes = 16 * 1024 * 1024;
inline constexpr std::size_t kJournalBuffersBytesMax = 48 * 1024 * 1024;
inline constexpr std::size_t kJournalCacheBytes = 32 * 1024 * 1024;
inline constexpr std::size_t kJournalLogBytesMax = 64 * 1024 * 1024;
/// Streams whose counts of one identical record are told apart; a fifth takes the oldest's place.
inline constexpr std::size_t kSeenStreamsMax = 4;
/// How long an idempotency key is remembered.
inline constexpr std::chrono::hours kIdempotencyKeyAge{24};

// --- pipeline ----------------------------------------------------------------------------------
/// Records processed and committed together: a commit's sync costs as much as thousands of them.
/// As events they are four to six times as large, and up to six batches are in memory: decoded,
/// detected, being committed, queued, and two being inserted. The last entry of a batch may exceed
/// it. Fewer are waited for until kArchiveBatchAge has passed since the last were read.
inline constexpr std::size_t kBatchRecordsMax = 16'384;
inline constexpr std::size_t kBatchBytesMax = 8 * 1024 * 1024;
/// Inserts into the archive under way: while one waits for its disk the other is encoded.
inline constexpr std::size_t kArchiveInsertsAtOnce = 2;
/// Decoded ranges between the processor and the archive; about 30 MB each.
inline constexpr std::size_t kArchiveQueueRangesMax = 1;
/// Waits between attempts when a store refuses: from the first, doubled, to the last.
inline constexpr std::chrono::milliseconds kStoreRetryFirst{100};
inline constexpr std::chrono::milliseconds kStoreRetryLast{5000};
/// Refusals of one range, while the store takes others, after which it is set aside; ranges set
/// aside at once, each with what detection said of it in memory; waits until they are tried again.
inline constexpr int kRangeRefusalsMax = 3;
inline constexpr std::size_t kRangesSetAsideMax = 8;
inline constexpr std::chrono::minutes kSetAsideRetryFirst{1};
inline constexpr std::chrono::minutes kSetAsideRetryLast{60};

// --- archive (engine-child.md: above 1,048,449 rows or 256 MB an insert commits in pieces) -----
inline constexpr std::size_t kArchiveBatchRowsMax = 500'000;
inline constexpr std::size_t kArchiveBatchBytesMax = 100 * 1000 * 1000;
inline constexpr std::chrono::milliseconds kArchiveBatchAge{1000};

// --- event engine child (measured: docs/decisions/0003-event-table.md) --------------------------
/// Head of one request to the child: a compiled query and its parameters lie in the URL.
inline constexpr std::size_t kEngineHeadBytesMax = 512 * 1024;
/// One SQL statement; the engine's own default for max_query_size is 256 KiB.
inline constexpr std::size_t kEngineStatementBytesMax = 256 * 1024;
/// Pieces in which an insert's body is handed to the engine.
inline constexpr std::size_t kEnginePieceBytes = 1024 * 1024;
/// Clients connected at once; one thread each.
inline constexpr std::size_t kEngineConnectionsMax = 64;
/// Inserts and DDL at once: kArchiveInsertsAtOnce, one retention.
inline constexpr std::size_t kEngineWriters = 3;
/// How long a query waits for its turn before it is told to come back (code 202).
inline constexpr std::chrono::seconds kEngineAdmissionWait{10};
/// One insert into the child, of kArchiveInsertsAtOnce: above it blocks and their columns' buffers
/// leave the child's memory.
inline constexpr std::size_t kEngineInsertRowsMax = 50'000;
inline constexpr std::size_t kEngineInsertBytesMax = 24 * 1000 * 1000;
/// How long a starting child is given to answer one /ping.
inline constexpr std::chrono::milliseconds kEnginePingWait{1000};
/// Between two questions to a child that is said to run and does not answer.
inline constexpr std::chrono::milliseconds kEngineAskAgain{20};
/// Result of one query, in memory at once for formats that cannot be joined from pieces.
inline constexpr std::size_t kEngineResultBytesMax = 64 * 1000 * 1000;

// --- HTTP --------------------------------------------------------------------------------------
inline constexpr std::size_t kHttpHeaderBytesMax = 32 * 1024;
inline constexpr std::size_t kHttpBodyBytesMax = 8 * 1024 * 1024;
/// Bodies being read or handled, all connections together: the server's memory, not a peer's will.
inline constexpr std::size_t kHttpBodiesBytesMax = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t kHttpHeadersMax = 100;
inline constexpr std::size_t kHttpConnectionsMax = 512;
/// A body may take kHttpRequest plus its size at this rate: a slow line is no attack, a stall is.
inline constexpr std::size_t kHttpBodyBytesPerSecondMin = 64 * 1024;
inline constexpr std::chrono::seconds kHttpHeader{10};
inline constexpr std::chrono::seconds kHttpIdle{60};
inline constexpr std::chrono::seconds kHttpRequest{30};
inline constexpr std::size_t kPageItemsMax = 500;
inline constexpr std::size_t kPageItemsDefault = 50;

// --- accounts: more in account_limits.h ---------------------------------------------------------
inline constexpr std::chrono::hours kApiKeyLife{365 * 24};
inline constexpr std::chrono::hours kSetupTokenLife{24};
inline constexpr std::size_t kPasswordCharactersMin = 15;
/// Argon2 reads all of it; a longer one is only a way to burn the server's time.
inline constexpr std::size_t kPasswordBytesMax = 1024;
inline constexpr std::size_t kAccountNameBytesMax = 64;
/// Password hashes at once, 64 MiB each; more wait for nothing and are told to come back.
inline constexpr std::size_t kPasswordHashesAtOnce = 2;
/// Account + address pairs whose failures are remembered; the oldest is forgotten above it.
inline constexpr std::size_t kBackoffEntriesMax = 10'000;

// --- sensors, quarantine, ingest ----------------------------------------------------------------
inline constexpr std::chrono::hours kSensorSilence{1};
/// Sensors that senders made by naming them; each is a row, a metric label never.
inline constexpr std::size_t kSensorsMax = 10'000;
/// Quarantine as stored; a sender of nonsense must not fill the disk. Above it the oldest entries
/// are forgotten and counted.
inline constexpr std::uint64_t kQuarantineBytesMax = std::uint64_t{1024} * 1024 * 1024;
/// Entries one filtered page of quarantine looks at.
inline constexpr std::size_t kQuarantineScanMax = 5'000;
/// One ingest body, unpacked: with its records about twice this in memory.
inline constexpr std::size_t kIngestBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kIngestRecordsMax = 100'000;
/// Unpacked ÷ packed of a body (rulings 24).
inline constexpr std::size_t kUnpackRatioMax = 100;
/// A JSON request body; the API's largest real one has a few KiB.
inline constexpr std::size_t kJsonBodyBytesMax = 64 * 1024;

// --- case database -----------------------------------------------------------------------------
/// Results of journal entries kept for `/ingest/batches/{id}`; older ones are forgotten.
inline constexpr std::size_t kBatchResultsKept = 100'000;
/// Counting rows of a filtered list stops here: "10,000+".
inline constexpr std::size_t kListTotalMax = 10'000;
/// The writer checkpoints once the write-ahead log is longer.
inline constexpr std::size_t kWalCheckpointBytes = std::size_t{16} * 1024 * 1024;

// --- query language ----------------------------------------------------------------------------
inline constexpr std::size_t kQueryBytesMax = 4096;
inline constexpr std::size_t kQueryTermsMax = 100;
inline constexpr std::size_t kQueryDepthMax = 20;

// --- detection ---------------------------------------------------------------------------------
/// Live groups of one correlation rule; the oldest is evicted and counted above it.
inline constexpr std::size_t kCorrelationGroupsMax = 1'000'000;
/// Detections of one event. Of more, the highest levels of the rule files stay; the others are
/// counted (tanggap_detections_cut_total).
inline constexpr std::size_t kDetectionsPerEventMax = 64;

/// Rules of one set. The largest public collection has 4,000.
inline constexpr std::size_t kRulesMax = 50'000;
/// Tests of one rule after lists are written out; keeps a hostile rule from eating the memory.
inline constexpr std::size_t kRuleTestsMax = 20'000;
/// Nesting of a condition's parentheses and `not`s.
inline constexpr std::size_t kConditionDepthMax = 64;
/// Variants of one value that uses `windash` below an encoding (five to the power of its dashes).
inline constexpr std::size_t kValueVariantsMax = 625;
/// Reasons kept of one detection: enough to explain it.
inline constexpr std::size_t kDetectionReasonsMax = 32;
inline constexpr std::size_t kReasonValueBytesMax = 1024;
/// Memory of one compiled RE2 expression, and its text.
inline constexpr int kRegexBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kRegexPatternBytesMax = 16 * 1024;
/// PCRE2, only for look-around and back-references (rulings 45): steps, depth, KiB of one search.
inline constexpr unsigned kRegexStepsMax = 100'000;
inline constexpr unsigned kRegexDepthMax = 1'000;
inline constexpr unsigned kRegexHeapKibibytesMax = 1'024;
/// Largest number in a correlation's condition: a group remembers about twice as many times.
inline constexpr std::size_t kCorrelationCountMax = 10'000;
/// Rules of one correlation.
inline constexpr std::size_t kCorrelationRulesMax = 64;

/// Indicators of one set, about 18 bytes each.
inline constexpr std::size_t kIndicatorsMax = 20'000'000;
/// One MISP or STIX document, held whole while it is read.
inline constexpr std::size_t kIndicatorDocumentBytesMax = std::size_t{256} * 1024 * 1024;
/// One list of indicators sent to a server; larger ones are put into its folder.
inline constexpr std::size_t kIndicatorBodyBytesMax = std::size_t{16} * 1024 * 1024;
/// Values of indicators whose sightings are counted one by one.
inline constexpr std::size_t kSightingsMax = 100'000;

// --- casework ----------------------------------------------------------------------------------
/// Different observables of one text: a page of indicators has hundreds, a log dump has no end.
inline constexpr std::size_t kObservablesMax = 10'000;
/// Changed lines that a merge looks at one by one; its memory grows with their square.
inline constexpr std::size_t kMergeEditsMax = 1'000;

// --- triage (product.md L3, rulings 26) --------------------------------------------------------
inline constexpr std::chrono::minutes kAlertGap{30};
inline constexpr std::chrono::hours kAlertSpanMax{24};
/// Bytes of each part of an alert's key: a user name or domain is written by the attacker. A longer
/// part is cut and ends in a hash of the whole.
inline constexpr std::size_t kAlertKeyPartBytesMax = 255;
/// Keys whose alerts the grouper keeps in memory, about 2 KB each; others are asked from the case
/// database.
inline constexpr std::size_t kAlertKeysCachedMax = 10'000;

// --- assets (rulings 35) -------------------------------------------------------------------------
/// The file of all assets: about 100,000 rows.
inline constexpr std::size_t kAssetsCsvBytesMax = std::size_t{8} * 1024 * 1024;
/// Wrong rows named in one answer; the count says how many there are.
inline constexpr std::size_t kAssetProblemsShown = 1'000;

// --- retention (rulings 21) ----------------------------------------------------------------------
/// Between looks for partitions that are past it; a partition is a day.
inline constexpr std::chrono::minutes kRetentionEvery{10};

// --- times (rulings 21) ------------------------------------------------------------------------
inline constexpr int kEventYearMin = 1995;
inline constexpr std::chrono::hours kEventFutureMax{24};

} // namespace tanggap::base::limits
