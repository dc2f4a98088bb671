#pragma once

#include "services/http/connection.h"
#include "services/http/pending.h"
#include "services/log/logwriter.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

namespace PatchPanel::Http {

// One Server-Sent Events answer. What is sent before open() waits for it, so that a handler can still refuse.
// Ends with its last EventStream.
class EventStream::State final : public QObject {
    Q_OBJECT
public:
    // `place` is kept while the stream is open: one of Limits::eventStreams.
    State(Connection *connection, const Limits &limits, std::shared_ptr<void> place, Log::Writer log);
    ~State() override;

    void open();
    void refuse(); // the handler answered otherwise
    void send(QByteArrayView event, QByteArrayView id, QByteArrayView data);
    void close();
    bool clientIsGone() const;
    void onClosed(std::function<void()> callback);

private:
    enum class Phase { Waiting, Open, Over };

    void write(QByteArrayView bytes);
    void connectionGone();
    void end();

    QPointer<Connection> m_connection;
    Limits m_limits;
    std::shared_ptr<void> m_place;
    Log::Writer m_log;
    Phase m_phase = Phase::Waiting;
    QByteArray m_early;
    QTimer m_keepAlive;
    std::function<void()> m_onClosed;
};

} // namespace PatchPanel::Http
