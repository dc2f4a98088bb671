#pragma once

#include <QByteArray>
#include <QList>

namespace PatchPanel::Http {

struct ServerEvent {
    QByteArray event = {}; // "message" when the stream names none
    QByteArray id = {}; // the last id the stream gave, also when this event has none
    QByteArray data = {}; // its lines joined by LF
    bool operator==(const ServerEvent &) const = default;
};

// Reads text/event-stream (WHATWG HTML §9.2.6) from bytes that may be split anywhere. Pure. An event whose data grows
// beyond `maxEventBytes` is dropped.
class SseParser {
public:
    static constexpr qsizetype maxEventBytes = 16 * 1024 * 1024;

    // The events that `bytes` complete.
    QList<ServerEvent> feed(QByteArrayView bytes);
    QByteArray lastEventId() const { return m_lastId; }
    // A new connection of the same stream: forgets what is incomplete, keeps the last id.
    void restart();

private:
    void takeLine(QByteArrayView line, QList<ServerEvent> &events);
    void takeField(QByteArrayView name, QByteArrayView value);
    void dispatch(QList<ServerEvent> &events);

    QByteArray m_line;
    bool m_afterCr = false; // an LF now belongs to the CR before it
    bool m_atStart = true; // a byte order mark may come
    bool m_hasData = false;
    bool m_tooLarge = false;
    ServerEvent m_current;
    QByteArray m_lastId;
};

} // namespace PatchPanel::Http
