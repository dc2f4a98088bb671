#include "services/registry/blockedqueries.h"

#include <QList>

#include <algorithm>

namespace PatchPanel::Registry {

using std::chrono::steady_clock;

BlockedQueries::BlockedQueries(QObject *parent)
    : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &BlockedQueries::answerThoseInTime);
    m_news.setSingleShot(true);
    connect(&m_news, &QTimer::timeout, this, &BlockedQueries::answerThoseWithNews);
}

BlockedQueries::~BlockedQueries() = default;

BlockedQueries::Ticket BlockedQueries::add(BlockedQuery query, std::chrono::milliseconds wait)
{
    Q_ASSERT(!isFull());
    const Ticket ticket(steady_clock::now() + wait, ++m_lastNumber);
    m_queries.emplace(ticket, std::move(query));
    startTimer();
    return ticket;
}

void BlockedQueries::remove(const Ticket &ticket)
{
    m_queries.erase(ticket);
    startTimer();
}

void BlockedQueries::lookForNews()
{
    if (!m_queries.empty() && !m_news.isActive()) {
        m_news.start(0);
    }
}

void BlockedQueries::answerAll()
{
    while (!m_queries.empty()) {
        answer(m_queries.begin()->first);
    }
    m_timer.stop();
}

void BlockedQueries::answerThoseWithNews()
{
    QList<Ticket> tickets;
    for (const auto &[ticket, query] : m_queries) {
        if (query.hasNews()) {
            tickets.append(ticket);
        }
    }
    std::for_each(tickets.begin(), tickets.end(), [this](const Ticket &ticket) { answer(ticket); });
    startTimer();
}

void BlockedQueries::answerThoseInTime()
{
    const steady_clock::time_point now = steady_clock::now();
    while (!m_queries.empty() && m_queries.begin()->first.first <= now) {
        answer(m_queries.begin()->first);
    }
    startTimer();
}

void BlockedQueries::answer(const Ticket &ticket)
{
    if (const auto query = m_queries.extract(ticket)) {
        query.mapped().answer();
    }
}

void BlockedQueries::startTimer()
{
    if (m_queries.empty()) {
        m_timer.stop();
        return;
    }
    const auto left = m_queries.begin()->first.first - steady_clock::now();
    m_timer.start(std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0)));
}

} // namespace PatchPanel::Registry
