#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>

namespace PatchPanel::Storage {

// What a registry tells the others. A value.
struct SharedWrite {
    enum class Kind {
        Set, // a part of a service; the part "d" is there before and after all others
        Drop, // a part
        Beat, // of a part that is a check
        Gone, // the service was removed
        Silent, // likewise, unless somebody heard of it since
    };
    Kind kind = Kind::Set;
    QByteArray id = {}; // of the service
    QByteArray part = {};
    QByteArray value = {};
    std::chrono::milliseconds age = {}; // since it happened
};

// A heartbeat.
struct SharedBeat {
    QByteArray id = {};
    QByteArray part = {};
    std::chrono::milliseconds age = {};
};

struct SharedPart {
    QByteArray name = {};
    QByteArray value = {};
    std::chrono::milliseconds age = {};
    std::optional<std::chrono::milliseconds> beatAge = {}; // absent: it has no heartbeat
};

// A service as it is known to all.
struct SharedEntry {
    enum class Kind { Alive, Gone, Unknown };
    QByteArray id = {};
    Kind kind = Kind::Unknown;
    QList<SharedPart> parts = {}; // of one that is alive
};

// Up to where a registry has heard of everything.
struct SharedCursor {
    QByteArray life = {}; // another one once what was shared is lost; empty: nothing was heard yet
    QByteArray changes = "0";
    QByteArray beats = "0";
};

struct SharedTurn {
    SharedCursor cursor = {}; // for the next turn
    bool isNewLife = false; // not the life of the turn's cursor: its writes were left alone, and all entries are told
    bool hasMore = false; // to be heard in a next turn
    QList<SharedEntry> entries = {}; // changed since the cursor, by others
    QList<SharedBeat> beats = {};
    QList<SharedEntry> refused = {}; // on which a write did not count: as they are
};

// The services that several registries know together. The newest change of each part wins, whoever tells it and
// however late. What a value says is the registries' own affair. Any one thread at a time; blocks for at most the
// time-out of a command.
class SharedServices {
public:
    static constexpr qsizetype mostWrites = 500; // of one turn

    virtual ~SharedServices() = default;
    // Hears what has changed since `cursor`, then tells the writes, in their order. Unavailable when the store cannot
    // be reached, and for an answer that makes no sense.
    virtual Result<SharedTurn> turn(const SharedCursor &cursor, const QList<SharedWrite> &writes) = 0;
};

// Registries share what they know with those of the same `group` in the same Redis. Null for an empty URL: nothing is
// shared. Usage for a URL that cannot be read. Does not connect yet.
Result<std::unique_ptr<SharedServices>> makeSharedServices(const QString &redisUrl, const QByteArray &group);

} // namespace PatchPanel::Storage
