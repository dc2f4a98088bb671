#include "services/runner/queuelink.h"

#include <algorithm>
#include <utility>

namespace PatchPanel::Runner {

namespace {

using namespace std::chrono_literals;
using Storage::Delivery;
using Storage::Settlement;

constexpr auto waitTime = 500ms; // after which the waiting thread looks whether it has to end
constexpr auto retryTime = 500ms; // of a queue that cannot be reached; its circuit breaker waits longer
constexpr int beatsPerTakeover = 6;

} // namespace

QueueLink::QueueLink(const Storage::QueueSettings &settings, const Log::Writer &log, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_log(log)
{
}

QueueLink::~QueueLink()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_draining = true;
        m_ending = true;
    }
    m_changed.notify_all();
    for (std::thread *thread : {&m_waiting, &m_settling}) {
        if (thread->joinable()) {
            thread->join();
        }
    }
}

void QueueLink::start()
{
    m_waiting = std::thread([this] { waitForJobs(); });
    m_settling = std::thread([this] { settleJobs(); });
}

void QueueLink::setFree(int count)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_free = count;
    }
    m_changed.notify_all();
}

void QueueLink::settle(const Settlement &settlement)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_settlements.append(settlement);
    }
    m_changed.notify_all();
}

void QueueLink::drain()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_draining = true;
    }
    m_changed.notify_all();
}

bool QueueLink::isOver(const Lock &) const
{
    return m_ending || (m_draining && m_held.isEmpty() && m_reserved == 0);
}

int QueueLink::reserve(const Lock &)
{
    const int count = m_draining ? 0 : std::max(0, m_free - m_onTheWay - m_reserved);
    m_reserved += count;
    return count;
}

void QueueLink::release(int reserved, const QList<Delivery> &taken)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_reserved -= reserved;
        m_onTheWay += static_cast<int>(taken.size());
        for (const Delivery &delivery : taken) {
            m_held.append(delivery.receipt);
        }
    }
    m_changed.notify_all();
    tell(taken);
}

void QueueLink::tell(const QList<Delivery> &deliveries)
{
    for (const Delivery &delivery : deliveries) {
        QMetaObject::invokeMethod(
            this,
            [this, delivery] {
                {
                    const std::scoped_lock lock(m_mutex);
                    --m_onTheWay;
                    --m_free; // until the runner says it anew
                }
                Q_EMIT taken(delivery);
            },
            Qt::QueuedConnection);
    }
}

void QueueLink::tellLost(const QList<QByteArray> &receipts)
{
    for (const QByteArray &receipt : receipts) {
        QMetaObject::invokeMethod(
            this, [this, receipt] { Q_EMIT lost(receipt); }, Qt::QueuedConnection);
    }
}

void QueueLink::reached()
{
    const std::scoped_lock lock(m_mutex);
    if (m_complaint.end()) {
        m_log.info("QUEUE", QStringLiteral("The queue is back"));
    }
}

void QueueLink::outage(const Error &error)
{
    Lock lock(m_mutex);
    if (m_complaint.isOver()) {
        m_log.warning("QUEUE", QStringLiteral("The queue cannot be reached, trying on: %1").arg(error.toString()));
    }
    m_changed.wait_for(lock, retryTime, [this] { return m_ending; });
}

// Where it fails, it was not possible for the caller of the constructor either.
std::unique_ptr<Storage::Queue> QueueLink::open()
{
    Result<std::unique_ptr<Storage::Queue>> queue = Storage::makeQueue(m_settings);
    if (!queue) {
        m_log.error("QUEUE", queue.error().toString());
        return nullptr;
    }
    return std::move(queue).value();
}

void QueueLink::waitForJobs()
{
    const std::unique_ptr<Storage::Queue> queue = open();
    while (queue) {
        int count = 0;
        {
            Lock lock(m_mutex);
            m_changed.wait(lock, [&] { return m_draining || (count = reserve(lock)) > 0; });
            if (m_draining) {
                m_reserved -= count;
                break;
            }
        }
        const Result<QList<Delivery>> jobs = queue->wait(count, waitTime);
        release(count, jobs ? *jobs : QList<Delivery>());
        jobs ? reached() : outage(jobs.error());
    }
    m_changed.notify_all();
}

void QueueLink::settleJobs()
{
    const std::unique_ptr<Storage::Queue> queue = open();
    const auto interval = std::max<std::chrono::milliseconds>(1ms, m_settings.takeover / beatsPerTakeover);
    auto due = std::chrono::steady_clock::now();
    while (queue) {
        {
            Lock lock(m_mutex);
            m_changed.wait_until(lock, due, [&] { return isOver(lock) || !m_settlements.isEmpty(); });
            if (m_settlements.isEmpty() && isOver(lock)) {
                break;
            }
        }
        turn(*queue);
        if (std::chrono::steady_clock::now() >= due) {
            upkeep(*queue);
            due = std::chrono::steady_clock::now() + interval;
        }
        const std::scoped_lock lock(m_mutex);
        if (m_ending) {
            break;
        }
    }
    QMetaObject::invokeMethod(
        this, [this] { Q_EMIT settled(); }, Qt::QueuedConnection);
}

// Settles what there is, and takes as much again while it asks.
void QueueLink::turn(Storage::Queue &queue)
{
    QList<Settlement> settlements;
    int count = 0;
    {
        const Lock lock(m_mutex);
        settlements = std::exchange(m_settlements, {});
        count = settlements.isEmpty() ? 0 : reserve(lock);
    }
    if (settlements.isEmpty()) {
        return;
    }
    const Result<Storage::Queue::Turn> turn = queue.turn(settlements, count);
    {
        const std::scoped_lock lock(m_mutex);
        if (!turn) {
            m_settlements = settlements + m_settlements;
        } else {
            for (const Settlement &settlement : settlements) {
                m_held.removeOne(settlement.receipt);
            }
        }
    }
    release(count, turn ? turn->taken : QList<Delivery>());
    if (!turn) {
        outage(turn.error());
        return;
    }
    reached();
    tellLost(turn->lost);
}

void QueueLink::upkeep(Storage::Queue &queue)
{
    QList<QByteArray> held;
    int count = 0;
    {
        const Lock lock(m_mutex);
        held = m_held;
        // While there is nothing to wait for, the other thread has asked for every free slot all the time.
        count = m_draining ? 0 : std::max(0, m_free - m_onTheWay);
        m_reserved += count;
    }
    if (!held.isEmpty()) {
        if (const Result<QList<QByteArray>> gone = queue.keep(held); gone) {
            tellLost(*gone);
        }
    }
    const Result<QList<Delivery>> jobs = count > 0 ? queue.recover(count) : Result(QList<Delivery>());
    release(count, jobs ? *jobs : QList<Delivery>());
}

} // namespace PatchPanel::Runner
