#include "services/http/eventstreamstate.h"
#include "services/http/guard.h"

#include <utility>

namespace PatchPanel::Http {

namespace {

// `text` as one field of an event; a line break in it begins a further field of the same name.
void appendField(QByteArray &bytes, QByteArrayView name, QByteArrayView text)
{
    for (QByteArray line : text.toByteArray().split('\n')) {
        if (line.endsWith('\r')) {
            line.chop(1);
        }
        bytes.append(name).append(": ").append(line.replace('\r', ' ')).append('\n');
    }
}

// For the fields that are one line by nature.
QByteArray singleLine(QByteArrayView text)
{
    return text.toByteArray().replace('\n', ' ').replace('\r', ' ');
}

} // namespace

EventStream::State::State(Connection *connection, const Limits &limits, std::shared_ptr<void> place, Log::Writer log)
    : m_connection(connection)
    , m_limits(limits)
    , m_place(std::move(place))
    , m_log(std::move(log))
{
    m_keepAlive.setInterval(limits.streamKeepAlive);
    connect(&m_keepAlive, &QTimer::timeout, this, [this] { write(": alive\n\n"); });
    connect(connection, &Connection::gone, this, &State::connectionGone);
}

EventStream::State::~State()
{
    close();
}

void EventStream::State::open()
{
    if (m_phase != Phase::Waiting) {
        return;
    }
    if (m_connection.isNull() || m_connection->isGone()) {
        return; // connectionGone() comes
    }
    m_phase = Phase::Open;
    m_connection->beginStream(Response{200, "text/event-stream"});
    m_keepAlive.start();
    write(std::exchange(m_early, {}));
}

void EventStream::State::refuse()
{
    m_onClosed = {};
    end();
}

void EventStream::State::send(QByteArrayView event, QByteArrayView id, QByteArrayView data)
{
    QByteArray bytes;
    bytes.reserve(event.size() + id.size() + data.size() + 32);
    if (!event.isEmpty()) {
        appendField(bytes, "event", singleLine(event));
    }
    if (!id.isEmpty()) {
        appendField(bytes, "id", singleLine(id));
    }
    appendField(bytes, "data", data);
    write(bytes.append('\n'));
}

void EventStream::State::write(QByteArrayView bytes)
{
    if (m_phase == Phase::Waiting) {
        m_early.append(bytes);
        return;
    }
    if (m_phase == Phase::Over || clientIsGone() || bytes.isEmpty()) {
        return;
    }
    m_connection->writeStream(bytes);
    if (m_connection->bytesToWrite() > m_limits.streamBacklogBytes) {
        m_log.debug("HTTP", QStringLiteral("event stream cut off: its client reads too slowly"));
        m_connection->cut();
    }
}

void EventStream::State::close()
{
    m_onClosed = {};
    if (m_phase == Phase::Open && !m_connection.isNull()) {
        m_connection->endStream();
    }
    end();
}

bool EventStream::State::clientIsGone() const
{
    return m_phase == Phase::Over || m_connection.isNull() || m_connection->isGone();
}

void EventStream::State::onClosed(std::function<void()> callback)
{
    m_onClosed = std::move(callback);
}

void EventStream::State::connectionGone()
{
    end();
    if (const auto callback = std::exchange(m_onClosed, {})) {
        runGuarded(m_log, QStringLiteral("ending an event stream"), callback);
    }
}

void EventStream::State::end()
{
    m_phase = Phase::Over;
    m_keepAlive.stop();
    m_early.clear();
    m_place.reset();
}

EventStream::EventStream(std::shared_ptr<State> state)
    : m_state(std::move(state))
{
}

void EventStream::send(QByteArrayView event, QByteArrayView id, QByteArrayView data) const
{
    m_state->send(event, id, data);
}

void EventStream::close() const
{
    m_state->close();
}

bool EventStream::clientIsGone() const
{
    return m_state->clientIsGone();
}

void EventStream::onClosed(std::function<void()> callback) const
{
    m_state->onClosed(std::move(callback));
}

} // namespace PatchPanel::Http
