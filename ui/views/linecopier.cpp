#include "ui/views/linecopier.h"

#include "ui/models/format.h"

#include <QClipboard>
#include <QDeadlineTimer>
#include <QGuiApplication>

#include <algorithm>
#include <utility>

namespace PatchPanel::Ui {

namespace {

constexpr qint64 sliceMs = 8;

} // namespace

LineCopier::LineCopier(Lines lines, QObject *parent)
    : QObject(parent)
    , m_lines(std::move(lines))
{
    connect(&m_slice, &QTimer::timeout, this, &LineCopier::workSlice);
}

void LineCopier::start(LinePosition from, LinePosition to, Leads leads)
{
    m_from = from;
    m_to = to;
    m_leads = leads;
    m_next = from.line;
    m_taken = 0;
    m_text.clear();
    m_toldPercent = -1;
    m_slice.start(0);
    workSlice();
}

void LineCopier::cancel()
{
    if (isCopying()) {
        m_slice.stop();
        m_text = QString();
        Q_EMIT reported(tr("Nothing was copied"));
    }
}

void LineCopier::workSlice()
{
    const QDeadlineTimer deadline(sliceMs, Qt::PreciseTimer);
    const qsizetype begin = m_next;
    bool isInTime = true;
    m_lines.visit(m_next, m_to.line + 1, [&](qsizetype line, QByteArrayView utf8) {
        take(line, utf8);
        m_next = line + 1;
        isInTime = !deadline.hasExpired();
        return isInTime && m_text.size() <= m_limit;
    });
    if (m_text.size() > m_limit) {
        m_slice.stop();
        m_text = QString();
        Q_EMIT reported(tr("Nothing was copied: the selection has more than %1, too much for the clipboard. Save the "
                           "lines to a file instead.")
                            .arg(counted(m_limit, tr("character"), tr("characters"))));
        return;
    }
    if (isInTime || m_next > m_to.line) { // lines that are gone meanwhile are not visited
        finish();
        return;
    }
    const auto percent = static_cast<int>((m_next - m_from.line) * 100 / (m_to.line - m_from.line + 1));
    if (percent != m_toldPercent || m_next == begin) {
        m_toldPercent = percent;
        Q_EMIT reported(tr("Copying, %1 % (Esc stops it)").arg(percent));
    }
}

void LineCopier::take(qsizetype line, QByteArrayView utf8)
{
    if (m_taken > 0) {
        m_text += QLatin1Char('\n');
    }
    ++m_taken;
    if (m_leads == Leads::With) {
        m_text += m_lines.lead(line);
    }
    if (line != m_from.line && line != m_to.line) {
        m_text += QString::fromUtf8(utf8);
        return;
    }
    const QString text = QString::fromUtf8(utf8);
    const qsizetype begin = line == m_from.line ? std::min(m_from.column, text.size()) : 0;
    const bool toTheEnd = line != m_to.line || m_to.column >= m_lines.shown(line).size();
    const qsizetype end = toTheEnd ? text.size() : std::clamp(m_to.column, begin, text.size());
    m_text += QStringView(text).sliced(begin, end - begin);
}

void LineCopier::finish()
{
    const bool isLong = m_toldPercent >= 0;
    m_slice.stop();
    QGuiApplication::clipboard()->setText(std::exchange(m_text, QString()));
    if (isLong) {
        Q_EMIT reported(tr("%1 copied").arg(counted(m_taken, tr("line"), tr("lines"))));
    }
}

} // namespace PatchPanel::Ui
