#include "ui/views/linefinder.h"

#include <QElapsedTimer>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr qint64 sliceMs = 8;

} // namespace

LineFinder::LineFinder(Lines lines, QObject *parent)
    : QObject(parent)
    , m_lines(std::move(lines))
{
    connect(&m_slice, &QTimer::timeout, this, &LineFinder::searchSlice);
}

void LineFinder::start(const QString &pattern, Options options)
{
    m_pattern = pattern;
    m_expression.setPattern(options.testFlag(Regex) ? pattern : QRegularExpression::escape(pattern));
    m_expression.setPatternOptions(options.testFlag(CaseSensitive) ? QRegularExpression::NoPatternOption
                                                                   : QRegularExpression::CaseInsensitiveOption);
    m_problem.clear();
    if (!m_expression.isValid()) {
        m_problem = tr("%1 at character %2").arg(m_expression.errorString()).arg(m_expression.patternErrorOffset());
    }
    restart();
}

void LineFinder::restart()
{
    m_matches.clear();
    m_searched = 0;
    m_current = -1;
    m_slice.stop();
    resume();
    Q_EMIT changed();
}

void LineFinder::resume()
{
    if (isActive() && m_problem.isEmpty() && m_searched < m_lines.count()) {
        m_slice.start(0);
    }
}

const LineMatch *LineFinder::current() const
{
    return m_current < 0 ? nullptr : &m_matches[static_cast<std::size_t>(m_current)];
}

void LineFinder::next(qsizetype fromLine)
{
    if (matchCount() == 0) {
        return;
    }
    const qsizetype index = m_current < 0 ? firstAtOrBehind(fromLine) : m_current + 1;
    choose(index < matchCount() ? index : 0);
}

void LineFinder::previous(qsizetype fromLine)
{
    if (matchCount() == 0) {
        return;
    }
    const qsizetype index = (m_current < 0 ? firstAtOrBehind(fromLine) : m_current) - 1;
    choose(index >= 0 ? index : matchCount() - 1);
}

void LineFinder::searchSlice()
{
    QElapsedTimer timer;
    timer.start();
    const qsizetype count = m_lines.count();
    while (m_searched < count && timer.elapsed() < sliceMs) {
        const QString text = m_lines.text(m_searched);
        QRegularExpressionMatchIterator found = m_expression.globalMatch(text);
        while (found.hasNext()) {
            const QRegularExpressionMatch match = found.next();
            if (!match.isValid()) { // PCRE2's match limit: anything else would be a wrong count
                m_problem = tr("the expression is too complex for line %1").arg(m_searched + 1);
                m_slice.stop();
                Q_EMIT changed();
                return;
            }
            if (match.capturedLength() > 0) {
                m_matches.push_back({m_searched, match.capturedStart(), match.capturedLength()});
            }
        }
        ++m_searched;
    }
    if (m_searched == count) {
        m_slice.stop();
    }
    Q_EMIT changed();
}

void LineFinder::choose(qsizetype index)
{
    m_current = index;
    Q_EMIT changed();
    Q_EMIT currentChanged(*current());
}

qsizetype LineFinder::firstAtOrBehind(qsizetype line) const
{
    const auto match = std::lower_bound(m_matches.begin(), m_matches.end(), line,
                                        [](const LineMatch &m, qsizetype wanted) { return m.line < wanted; });
    return match - m_matches.begin();
}

} // namespace PatchPanel::Ui
