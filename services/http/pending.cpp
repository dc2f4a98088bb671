#include "services/http/pendingstate.h"

#include <utility>

namespace PatchPanel::Http {

Pending::State::State(Connection *connection)
    : m_connection(connection)
{
}

Pending::State::~State()
{
    answer(Response::problem(Error{ErrorCode::Internal, QStringLiteral("the request was dropped without an answer")}));
}

void Pending::State::answer(const Response &response)
{
    if (std::exchange(m_answered, true) || clientIsGone()) {
        return;
    }
    m_connection->answer(response);
}

bool Pending::State::clientIsGone() const
{
    return m_connection.isNull() || m_connection->isGone();
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

} // namespace PatchPanel::Http
