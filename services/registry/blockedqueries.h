#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <map>
#include <utility>

namespace PatchPanel::Registry {

// The queries that wait until there is something new to tell, or until their time is over. Lives on the registry's
// thread; owned by RegistryApi.
class BlockedQueries : public QObject {
    Q_OBJECT
public:
    static constexpr qsizetype most = 1024;

    struct BlockedQuery {
        std::function<bool()> hasNews;
        std::function<void()> answer; // called once, unless the query is removed
    };
    // When it is answered at the latest, and a number.
    using Ticket = std::pair<std::chrono::steady_clock::time_point, quint64>;

    explicit BlockedQueries(QObject *parent = nullptr);
    ~BlockedQueries() override;

    bool isFull() const { return size() >= most; }
    qsizetype size() const { return static_cast<qsizetype>(m_queries.size()); }

    // Precondition: !isFull().
    Ticket add(BlockedQuery query, std::chrono::milliseconds wait);
    void remove(const Ticket &ticket);
    // Something changed: answers those that have news, from the event loop, once for any number of calls.
    void lookForNews();
    void answerAll();

private:
    void answerThoseWithNews();
    void answerThoseInTime();
    void answer(const Ticket &ticket);
    void startTimer();

    std::map<Ticket, BlockedQuery> m_queries;
    quint64 m_lastNumber = 0;
    QTimer m_timer; // to the first that is over
    QTimer m_news;
};

} // namespace PatchPanel::Registry
