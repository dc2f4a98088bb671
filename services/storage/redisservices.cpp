#include "services/storage/redisservices.h"

#include "services/common/ids.h"

#include <algorithm>

namespace PatchPanel::Storage {

namespace {

using std::chrono::milliseconds;

constexpr qint64 greatestAgeMs = 100LL * 365 * 24 * 3600 * 1000; // added to a clock it does not overflow
constexpr qsizetype fieldsOfPart = 4;

QByteArray nameOf(SharedWrite::Kind kind)
{
    switch (kind) {
    case SharedWrite::Kind::Set:
        return "set";
    case SharedWrite::Kind::Drop:
        return "drop";
    case SharedWrite::Kind::Beat:
        return "beat";
    case SharedWrite::Kind::Gone:
        return "gone";
    case SharedWrite::Kind::Silent:
        break;
    }
    return "silent";
}

QList<QByteArray> keysOf(const QByteArray &group)
{
    QList<QByteArray> keys;
    for (const char *name : {"state", "entries", "changed", "beats", "beaten", "gone"}) {
        keys.append("pp:{svc}:" + group + ':' + name);
    }
    return keys;
}

// Reads one element after another; what is wrong once stays wrong.
class Elements {
public:
    explicit Elements(const RedisReply &reply)
        : m_elements(reply.elements)
        , m_isRight(reply.kind == RedisReply::Kind::Array)
    {
    }

    bool isRight() const { return m_isRight; }
    bool hasMore() const { return m_isRight && m_next < m_elements.size(); }
    QByteArray text() { return next(RedisReply::Kind::Text).text; }
    qint64 integer() { return next(RedisReply::Kind::Integer).integer; }
    RedisReply array() { return next(RedisReply::Kind::Array); }

    // Of a clock that was set back: happened just now.
    milliseconds age()
    {
        const std::optional<milliseconds> read = optionalAge();
        return read.value_or(milliseconds(0));
    }

    // Absent for -1, too.
    std::optional<milliseconds> optionalAge()
    {
        bool isNumber = false;
        const qint64 number = text().toLongLong(&isNumber);
        m_isRight = m_isRight && isNumber;
        if (!m_isRight || number < 0) {
            return std::nullopt;
        }
        return milliseconds(std::min(number, greatestAgeMs));
    }

    QByteArray wholeNumber()
    {
        const QByteArray number = text();
        bool isNumber = false;
        m_isRight = m_isRight && number.toLongLong(&isNumber) >= 0 && isNumber;
        return number;
    }

private:
    RedisReply next(RedisReply::Kind kind)
    {
        m_isRight = m_isRight && m_next < m_elements.size() && m_elements[m_next].kind == kind;
        return m_isRight ? m_elements[m_next++] : RedisReply{};
    }

    const QList<RedisReply> m_elements;
    qsizetype m_next = 0;
    bool m_isRight;
};

// Absent when it makes no sense.
std::optional<SharedEntry> readEntry(const RedisReply &reply)
{
    Elements elements(reply);
    SharedEntry entry{.id = elements.text()};
    const QByteArray kind = elements.text();
    const RedisReply list = elements.array();
    if (!elements.isRight() || list.elements.size() % fieldsOfPart != 0) {
        return std::nullopt;
    }
    entry.kind = kind == "alive" ? SharedEntry::Kind::Alive
        : kind == "gone"         ? SharedEntry::Kind::Gone
                                 : SharedEntry::Kind::Unknown;
    Elements parts(list);
    while (parts.hasMore()) {
        SharedPart part;
        part.name = parts.text();
        part.age = parts.age();
        part.value = parts.text();
        part.beatAge = parts.optionalAge();
        entry.parts.append(part);
    }
    return parts.isRight() ? std::optional(entry) : std::nullopt;
}

std::optional<SharedBeat> readBeat(const RedisReply &reply)
{
    Elements elements(reply);
    SharedBeat beat;
    beat.id = elements.text();
    beat.part = elements.text();
    beat.age = elements.age();
    return elements.isRight() ? std::optional(beat) : std::nullopt;
}

template <typename T>
bool readAll(const RedisReply &reply, QList<T> &into, std::optional<T> (*read)(const RedisReply &))
{
    for (const RedisReply &element : reply.elements) {
        const std::optional<T> one = read(element);
        if (!one) {
            return false;
        }
        into.append(*one);
    }
    return true;
}

} // namespace

RedisServices::RedisServices(const RedisUrl &url, const QByteArray &group, RedisTimeouts timeouts, SharedLimits limits)
    : m_keys(keysOf(group))
    , m_limits(limits)
    , m_clock(bootClock())
    , m_redis(url, timeouts)
{
}

Result<SharedTurn> RedisServices::turn(const SharedCursor &cursor, const QList<SharedWrite> &writes)
{
    const QByteArray kept = QByteArray::number(qint64(m_limits.kept.count()));
    QList<QByteArray> arguments{cursor.life,
                                cursor.changes,
                                cursor.beats,
                                randomHex(8),
                                QByteArray::number(m_limits.entries),
                                QByteArray::number(m_limits.beats),
                                QByteArray::number(m_limits.bytes),
                                kept,
                                kept,
                                QByteArray::number(m_limits.removals),
                                serverTime()};
    for (const SharedWrite &write : writes) {
        arguments << nameOf(write.kind) << write.id << write.part
                  << QByteArray::number(qint64(std::max(write.age, milliseconds(0)).count())) << write.value;
    }
    const auto sentAt = m_clock();
    const Result<RedisReply> reply = m_redis.evaluate(RedisScripts::shareServices(), m_keys, arguments);
    Result<SharedTurn> turn = reply ? readSharedTurn(*reply, cursor.life) : reply.error();
    if (turn) {
        m_serverMs = reply->elements.last().text.toLongLong();
        m_serverMsSince = sentAt;
    }
    return turn;
}

// By the clock of the server as it was in the last turn; a little late, never early.
QByteArray RedisServices::serverTime() const
{
    if (!m_serverMs) {
        return {};
    }
    return QByteArray::number(*m_serverMs
                              + qint64(std::chrono::ceil<milliseconds>(m_clock() - m_serverMsSince).count()));
}

Result<SharedTurn> readSharedTurn(const RedisReply &reply, const QByteArray &life)
{
    Elements elements(reply);
    SharedTurn turn;
    turn.cursor.life = elements.text();
    turn.cursor.changes = elements.wholeNumber();
    turn.cursor.beats = elements.wholeNumber();
    turn.isNewLife = turn.cursor.life != life;
    turn.hasMore = elements.integer() != 0;
    const bool isRight = readAll(elements.array(), turn.entries, readEntry)
        && readAll(elements.array(), turn.beats, readBeat) && readAll(elements.array(), turn.refused, readEntry);
    (void)elements.wholeNumber(); // the time there
    if (!isRight || !elements.isRight()) {
        return Error{ErrorCode::Unavailable,
                     QStringLiteral("what Redis holds of the registries' services cannot be read")};
    }
    return turn;
}

} // namespace PatchPanel::Storage
