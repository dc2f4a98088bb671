#pragma once

#include "services/http/connection.h"
#include "services/http/pending.h"

#include <QPointer>

namespace PatchPanel::Http {

// The one answer that a connection waits for. When nobody gives it, it is an Internal problem: a client never waits for
// a handler that forgot it.
class Pending::State {
public:
    explicit State(Connection *connection);
    ~State();
    State(const State &) = delete;
    State &operator=(const State &) = delete;

    void answer(const Response &response);
    bool isAnswered() const { return m_answered; }
    bool clientIsGone() const;
    void onGone(std::function<void()> callback);

private:
    QPointer<Connection> m_connection;
    QMetaObject::Connection m_goneWatch;
    bool m_answered = false;
};

} // namespace PatchPanel::Http
