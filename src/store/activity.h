// What people and programs did, and the one way by which they change state: the change and its
// record in one transaction (docs/decisions/0004-commands.md).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/news_feed.h"

namespace tanggap::store {

namespace sqlite {
class Database;
} // namespace sqlite

/// A thing with a history. `kind` is a word of GLOSSARY.md, `id` its UUID.
struct ObjectRef {
    std::string kind = {};
    std::string id = {};

    friend bool operator==(const ObjectRef&, const ObjectRef&) = default;
};

enum class ActorKind : std::uint8_t { User, Key, System, Reporter };
std::string_view name_of(ActorKind kind);

struct Actor {
    ActorKind kind = ActorKind::System;
    std::string id = {};     ///< of the account, also where its key asked; empty: system, reporter
    std::string name = {};   ///< as it was then
    std::string key_id = {}; ///< Key
};

/// One wish of one actor: all it changes is one transaction.
struct Command {
    Actor actor = {};
    base::Time now = {};
    std::string reason = {};          ///< what the person gave; may be empty
    std::string idempotency_key = {}; ///< may be empty; see Changes::change
    std::string fingerprint = {};     ///< hash of the request that carried the key
};

enum class Reversible : std::uint8_t { No, Yes };

/// What one command did to one object.
struct Effect {
    std::string action = {}; ///< "alert.close": kind, then a verb
    ObjectRef object = {};
    std::vector<ObjectRef> touched = {}; ///< other objects in whose history it belongs
    /// JSON: the fields that changed, enough to set them back where reversible; "null": it was not
    /// there, or is gone.
    std::string before = "null";
    std::string after = "null";
    Reversible reversible = Reversible::No;
    std::string undoes = {}; ///< id of the record that this one takes back
};

/// A record as kept.
struct Activity {
    std::uint64_t sequence = 0; ///< from 1, without gaps
    std::string id = {};        ///< UUIDv7
    std::string command = {};   ///< shared by the records of one command
    base::Time time = {};
    Actor actor = {};
    Effect effect = {};
    std::uint64_t version = 0; ///< of the object, after it
    std::string reason = {};
    std::string idempotency_key = {};
    std::string undone_by = {}; ///< id of the record that took it back
};

/// A view of the case database. Made by Changes; lives for one call; ports by subject read from it.
/// Thread: one.
class Snapshot {
public:
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

protected:
    explicit Snapshot(sqlite::Database& database) : database_(database) {}
    ~Snapshot() = default;

private:
    friend sqlite::Database& database_of(Snapshot& snapshot);
    sqlite::Database& database_;
};

/// An open transaction of one command: ports by subject write to it, record() says what was done.
class Change : public Snapshot {
public:
    /// Errors: Conflict where `expected` is given and the object has another version.
    base::Status expect(const ObjectRef& object, std::optional<std::uint64_t> expected);
    /// Appends the record and gives the object its next version.
    /// Errors: Internal where before or after is no JSON or too long: a mistake of the caller.
    base::Status record(Effect effect);

    const Command& command() const { return command_; }
    const std::string& id() const { return id_; } ///< of the command
    std::size_t recorded() const { return news_.size(); }
    /// What was recorded, for those who watch.
    const std::vector<News>& news() const { return news_; }

protected:
    Change(sqlite::Database& database, const Command& command, std::string id)
        : Snapshot(database), command_(command), id_(std::move(id))
    {
    }
    ~Change() = default;

private:
    const Command& command_;
    std::string id_;
    std::vector<News> news_;
};

/// What a repeated request is answered with.
struct KeptAnswer {
    std::string fingerprint = {};
    std::string command = {};
    bool answered = false; ///< false: the command was done, its answer was lost or is not kept
    int status = 0;
    std::string body = {};
    std::string headers = {}; ///< JSON object of texts
};

/// The case database as use cases see it. Thread: any; changes wait for each other.
class Changes {
public:
    using ReadBody = std::function<base::Status(Snapshot&)>;
    using ChangeBody = std::function<base::Status(Change&)>;

    virtual ~Changes() = default;

    /// One consistent view.
    virtual base::Status read(const ReadBody& body) = 0;

    /// All that `body` changes and records, or nothing. Gives the id of the command; empty where
    /// nothing was recorded. A body that writes without recording is refused (Internal).
    /// Errors: those of `body`; Conflict where the idempotency key was used already.
    virtual base::Result<std::string> change(const Command& command, const ChangeBody& body) = 0;

    /// Errors: NotFound.
    virtual base::Result<KeptAnswer> find_answer(const Actor& actor, std::string_view key,
                                                 base::Time now) = 0;
    virtual base::Status keep_answer(const Actor& actor, std::string_view key, base::Time now,
                                     const KeptAnswer& answer) = 0;
};

struct ObjectVersion {
    std::uint64_t version = 0;   ///< 0: never changed by a command
    std::string updated_by = {}; ///< name of the actor
    base::Time updated_at;
};
base::Result<ObjectVersion> version_of(Snapshot& snapshot, const ObjectRef& object);
/// Of all objects of a kind that commands changed, by id.
base::Result<std::map<std::string, std::uint64_t>> versions_of(Snapshot& snapshot,
                                                               std::string_view kind);

/// Errors: NotFound.
base::Result<Activity> find_activity(Snapshot& snapshot, std::string_view id);
/// In the order done. Errors: NotFound where there is no such command.
base::Result<std::vector<Activity>> activities_of_command(Snapshot& snapshot,
                                                          std::string_view command);

struct ActivityFilter {
    std::optional<ObjectRef> object = {}; ///< its history: records about it or touching it
    std::string actor_id = {};            ///< empty: any
    std::string action = {};              ///< whole, or a kind ("alert"); empty: any
    std::optional<base::Time> from = {};
    std::optional<base::Time> to = {}; ///< not included
};
struct ActivityPage {
    std::vector<Activity> activities; ///< newest first
    std::uint64_t next = 0;           ///< for `before`; 0: no more
};
base::Result<ActivityPage> list_activities(Snapshot& snapshot, const ActivityFilter& filter,
                                           std::size_t limit, std::uint64_t before = 0);

} // namespace tanggap::store
