#include "services/http/sseparser.h"

#include <algorithm>
#include <utility>

namespace PatchPanel::Http {

namespace {

constexpr QByteArrayView byteOrderMark = "\xEF\xBB\xBF";

qsizetype lineEnd(QByteArrayView bytes)
{
    const auto isEnd = [](char c) {
        return c == '\n' || c == '\r';
    };
    return std::find_if(bytes.begin(), bytes.end(), isEnd) - bytes.begin();
}

} // namespace

QList<ServerEvent> SseParser::feed(QByteArrayView bytes)
{
    QList<ServerEvent> events;
    while (!bytes.isEmpty()) {
        if (std::exchange(m_afterCr, false) && bytes.front() == '\n') {
            bytes = bytes.sliced(1);
            continue;
        }
        const qsizetype end = lineEnd(bytes);
        m_tooLarge = m_tooLarge || m_line.size() + end > maxEventBytes;
        if (!m_tooLarge) {
            m_line.append(bytes.first(end));
        }
        if (end == bytes.size()) {
            break;
        }
        m_afterCr = bytes[end] == '\r';
        bytes = bytes.sliced(end + 1);
        takeLine(std::exchange(m_line, {}), events);
    }
    return events;
}

void SseParser::restart()
{
    m_line.clear();
    m_afterCr = false;
    m_atStart = true;
    m_hasData = false;
    m_tooLarge = false;
    m_current = {};
}

void SseParser::takeLine(QByteArrayView line, QList<ServerEvent> &events)
{
    if (std::exchange(m_atStart, false) && line.startsWith(byteOrderMark)) {
        line = line.sliced(byteOrderMark.size());
    }
    if (line.isEmpty()) {
        dispatch(events);
        return;
    }
    const qsizetype colon = line.indexOf(':');
    if (colon == 0) {
        return; // a comment
    }
    const QByteArrayView name = colon < 0 ? line : line.first(colon);
    QByteArrayView value = colon < 0 ? QByteArrayView() : line.sliced(colon + 1);
    if (value.startsWith(' ')) {
        value = value.sliced(1);
    }
    takeField(name, value);
}

void SseParser::takeField(QByteArrayView name, QByteArrayView value)
{
    if (name == "data") {
        m_tooLarge = m_tooLarge || m_current.data.size() + value.size() > maxEventBytes;
        if (m_tooLarge) {
            return;
        }
        if (m_hasData) {
            m_current.data.append('\n');
        }
        m_current.data.append(value);
        m_hasData = true;
    } else if (name == "event") {
        m_current.event = value.toByteArray();
    } else if (name == "id" && !value.contains('\0')) {
        m_lastId = value.toByteArray();
    }
}

// An event without data is none.
void SseParser::dispatch(QList<ServerEvent> &events)
{
    ServerEvent event = std::exchange(m_current, {});
    const bool hasData = std::exchange(m_hasData, false);
    const bool tooLarge = std::exchange(m_tooLarge, false);
    if (!hasData || tooLarge) {
        return;
    }
    event.id = m_lastId;
    if (event.event.isEmpty()) {
        event.event = "message";
    }
    events.append(event);
}

} // namespace PatchPanel::Http
