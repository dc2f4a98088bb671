#include "services/http/pendingstate.h"

#include <utility>

namespace PatchPanel::Http {

Pending::State::State(Connection *connection)
    : m_connection(connection)
{
}

Pending::State::~State()
{
    if (!m_answered) {
        answer(
            Response::problem(Error{ErrorCode::Internal, QStringLiteral("the request was dropped without an answer")}));
    }
}

void Pending::State::answer(const Response &response)
{
    QObject::disconnect(m_goneWatch);
    if (std::exchange(m_answered, true) || clientIsGone()) {
        return;
    }
    m_connection->answer(response);
}

bool Pending::State::clientIsGone() const
{
    return m_connection.isNull() || m_connection->isGone();
}

void Pending::State::onGone(std::function<void()> callback)
{
    if (!m_answered && !m_connection.isNull()) {
        QObject::disconnect(m_goneWatch);
        m_goneWatch = QObject::connect(m_connection, &Connection::gone, m_connection, std::move(callback));
    }
}

Pending::Pending(std::shared_ptr<State> state)
    : m_state(std::move(state))
{
}

void Pending::answer(const Response &response) const
{
    m_state->answer(response);
}

bool Pending::clientIsGone() const
{
    return m_state->clientIsGone();
}

void Pending::onGone(std::function<void()> callback) const
{
    m_state->onGone(std::move(callback));
}

} // namespace PatchPanel::Http
