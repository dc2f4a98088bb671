#include "ui/models/outputwatch.h"

#include "services/common/clock.h"
#include "services/log/linebatch.h"

#include <QDeadlineTimer>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr std::chrono::milliseconds longestLook{4}; // whoever prints more than that is not silent

} // namespace

OutputWatch::OutputWatch(const Log::Store &store, QObject *parent)
    : QObject(parent)
    , m_store(store)
{
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, &OutputWatch::look);
}

void OutputWatch::start(const QString &runId)
{
    m_runId = runId.toUtf8();
    m_next = m_store.size();
    m_last = wallClockMs();
    tell(0);
    m_timer.start();
}

void OutputWatch::stop()
{
    m_timer.stop();
    tell(0);
}

void OutputWatch::look()
{
    const qint64 now = wallClockMs();
    if (hasNewOutput()) {
        m_last = now;
    }
    const qint64 silence = now - m_last;
    tell(silence >= m_limit ? silence : 0);
}

bool OutputWatch::hasNewOutput()
{
    const QDeadlineTimer deadline(longestLook);
    Log::LineBatch lines(m_store);
    const qsizetype size = m_store.size();
    bool found = false;
    while (m_next < size && !found) {
        if (deadline.hasExpired()) {
            found = true;
        } else if (!lines.read(m_next, Log::LineBatch::Part::WithoutText)) {
            m_next = m_store.firstAfter(m_next);
        } else {
            const qsizetype end = std::min(size, lines.end());
            for (; m_next < end && !found; ++m_next) {
                found = lines.runId(m_next) == m_runId;
            }
        }
    }
    m_next = size;
    return found;
}

void OutputWatch::tell(qint64 ms)
{
    if (ms != m_told) {
        m_told = ms;
        Q_EMIT silenceChanged(ms);
    }
}

} // namespace PatchPanel::Ui
