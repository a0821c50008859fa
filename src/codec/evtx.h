// Windows event logs (.evtx): records of a file, written out as JSON or XML, or field by field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "codec/compress.h"
#include "model/event.h"

namespace tanggap::codec {

/// What each file starts with.
inline constexpr std::string_view kEvtxMagic{"ElfFile\0", 8};
/// The head of a file; chunks of kEvtxChunkBytes follow.
inline constexpr std::size_t kEvtxFileHeadBytes = 4096;
inline constexpr std::size_t kEvtxChunkBytes = 65'536;

/// How a record that cannot be read is told where records are text, and what comes behind the
/// reason: its bytes in hex.
inline constexpr std::string_view kEvtxDamage = "EVTX record ";
inline constexpr std::string_view kEvtxDamageBytes = "; its bytes: ";

/// Where the attributes of an element stand in JSON.
enum class EvtxAttributes : std::uint8_t {
    Inside, ///< "EventID": {"#attributes": {"Qualifiers": 1}, "#text": 6009}
    Beside, ///< "EventID_attributes": {"Qualifiers": 1}, "EventID": 6009
};

/// How GUIDs and times are written, and elements whose value is not there.
enum class EvtxStyle : std::uint8_t {
    Windows, ///< {5770385F-C22A-43E0-BF4C-06F5698FFBD9}, seven digits of a second, left out;
             ///< without namespaces in JSON
    Plain,   ///< 5770385F-C22A-43E0-BF4C-06F5698FFBD9, six digits, null: as other parsers do
};

struct EvtxJsonOptions {
    EvtxAttributes attributes = EvtxAttributes::Inside;
    EvtxStyle style = EvtxStyle::Windows;
};

/// One record as it lies in its chunk, or damage in place of records.
struct EvtxRecord {
    std::uint64_t id = 0;        ///< EventRecordID of the record's head
    base::Time written = {};     ///< of the record's head; TimeCreated is the event's own
    std::uint64_t offset = 0;    ///< bytes from the start of the (unpacked) file
    std::string_view bytes = {}; ///< the record whole; of damage, what was passed over (its head)
    std::uint64_t length = 0;    ///< bytes of the record or of the damage
    std::string damage = {};     ///< why nothing can be read here; empty for a record
    bool checksum_ok = true;     ///< whether the sums of its chunk fit; read on all the same
};

/// One line that says which record cannot be read and why.
std::string describe_damage(const EvtxRecord& record, std::string_view why);

struct EvtxTotals {
    std::uint64_t chunks = 0;         ///< with records; empty ones are not counted
    std::uint64_t damaged_chunks = 0; ///< no chunk where one belongs
    std::uint64_t checksum_mismatches = 0;
    /// Whole records behind a damaged one in its chunk: read only with EvtxOptions::recover.
    std::uint64_t left_behind = 0;
};

struct EvtxOptions {
    /// Go on behind a damaged record head to the next whole one: some may be old, left from before.
    bool recover = false;
};

/// Paths of values as json() has them in the Windows style: "Event.System.EventID",
/// "Event.EventData.CommandLine". Each has a number that stays until `generation` changes.
class EvtxNames {
public:
    virtual ~EvtxNames() = default;
    virtual std::string_view text(std::uint32_t name) const = 0;
    virtual std::size_t size() const = 0;
    virtual std::uint64_t generation() const = 0;
};

/// One value; its text is EvtxLeaves::text.substr(at, size).
struct EvtxLeaf {
    std::uint32_t name = 0;
    std::uint32_t at = 0;
    std::uint32_t size = 0;
    model::Value::Kind kind = model::Value::Kind::Null;
    bool boolean = false;
    std::int64_t integer = 0;
};

/// Lifetime: until the reader's next call.
struct EvtxLeaves {
    std::span<const EvtxLeaf> leaves;
    std::string_view text;
    const EvtxNames* names = nullptr;

    std::string_view text_of(const EvtxLeaf& leaf) const { return text.substr(leaf.at, leaf.size); }
};

/// Says which values of a record are worth reading; others are not even looked at.
class EvtxWanted {
public:
    virtual ~EvtxWanted() = default;
    /// A record begins.
    virtual void begin(const EvtxNames& names) = 0;
    /// Event.System was read: channel, provider and number are among the leaves.
    virtual void system_read(const EvtxLeaves& so_far) = 0;
    virtual bool wants(std::uint32_t name) = 0;
};

/// Reads a file chunk by chunk. Thread: one owner. Memory: one chunk (64 KiB), its templates, one
/// record written out (limits::kLineBytesMax at most), whatever the file.
class EvtxReader {
public:
    /// Errors: Invalid where the bytes do not start with an EVTX file header.
    static base::Result<std::unique_ptr<EvtxReader>> open(std::unique_ptr<ByteReader> bytes,
                                                          const EvtxOptions& options = {});
    /// Reads chunks alone, from where turn_to() says.
    static std::unique_ptr<EvtxReader> of_chunks(const EvtxOptions& options = {});
    virtual ~EvtxReader() = default;

    /// The next record or damage. False: the end. `record.bytes` is valid until the next call.
    /// A record that cannot be written costs that record, a damaged head the rest of its chunk
    /// (EvtxOptions::recover: up to the next whole record); the file goes on. Errors: the file
    /// cannot be read further; records given before are good.
    virtual base::Result<bool> next(EvtxRecord& record) = 0;

    /// Writes the record last given by next(); the text is valid until the next call.
    /// Errors: Corrupt, saying where and what, if its BinXML cannot be read.
    virtual base::Result<std::string_view> json(const EvtxJsonOptions& options) = 0;
    virtual base::Result<std::string_view> xml() = 0;

    /// The values of that record, as json() of the Windows style gives them when flattened: in its
    /// order, items of a list under one name. `wanted` may be null: all of them.
    virtual base::Result<EvtxLeaves> leaves(EvtxWanted* wanted) = 0;

    /// Turns to other chunks: `bytes` starts at one, `at` bytes into its file. Names stay.
    virtual void turn_to(std::unique_ptr<ByteReader> bytes, std::uint64_t at) = 0;

    virtual EvtxTotals totals() const = 0;
    /// Units: bytes of the file as it lies there, for progress.
    virtual std::uint64_t position() const = 0;
};

} // namespace tanggap::codec
