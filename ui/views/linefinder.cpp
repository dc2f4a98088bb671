#include "ui/views/linefinder.h"

#include <QDeadlineTimer>
#include <QThread>

#include <algorithm>
#include <numeric>

namespace PatchPanel::Ui {

namespace {

constexpr qint64 sliceMs = 8;
constexpr qint64 tellMs = 60; // between two changes of the count while it grows
constexpr qsizetype blockLines = MatchCounts::blockLines;
constexpr qsizetype partLines = 64 * blockLines; // counted on another thread at once
constexpr qsizetype fewLines = 4 * blockLines; // not worth another thread
constexpr int mostThreads = 4;
constexpr qsizetype bytesBetweenLooks = 64 * 1024; // at the clock

} // namespace

LineFinder::LineFinder(Lines lines, QObject *parent)
    : QObject(parent)
    , m_lines(std::move(lines))
{
    connect(&m_slice, &QTimer::timeout, this, &LineFinder::workSlice);
    m_threads.setMaxThreadCount(std::clamp(QThread::idealThreadCount(), 1, mostThreads));
}

LineFinder::~LineFinder()
{
    giveUpParts();
    m_threads.waitForDone();
}

void LineFinder::start(const QString &pattern, Options options)
{
    m_pattern = pattern;
    m_options = options;
    m_matcher = TextMatcher(pattern, options);
    m_problem = m_matcher.problem();
    restart();
}

void LineFinder::restart()
{
    giveUpParts();
    m_counts.clear();
    m_total = 0;
    m_first = m_lines.first();
    m_searched = m_first;
    m_sent = m_first;
    m_current.reset();
    m_currentIndex.reset();
    m_search.reset();
    m_slice.stop();
    resume();
    Q_EMIT changed();
}

void LineFinder::resume()
{
    if (!canFind()) {
        return;
    }
    forgetBefore(m_lines.first());
    if (m_searched < m_lines.count()) {
        m_slice.start(0);
    }
}

std::vector<TextMatcher::Span> LineFinder::matchesIn(const QString &text) const
{
    return canFind() ? m_matcher.matches(text) : std::vector<TextMatcher::Span>();
}

qsizetype LineFinder::currentIndex() const
{
    if (!m_current || m_current->line >= m_searched) {
        return -1;
    }
    if (!m_currentIndex) {
        const qsizetype block = m_current->line / blockLines;
        const std::vector<TextMatcher::Span> spans = m_matcher.matches(m_lines.text(m_current->line));
        const auto before = std::count_if(spans.begin(), spans.end(), [this](const TextMatcher::Span &span) {
            return span.column < m_current->column;
        });
        m_currentIndex = std::accumulate(m_counts.begin(), m_counts.begin() + block, qsizetype{0})
            + countLines(std::max(m_first, block * blockLines), m_current->line) + before;
    }
    return *m_currentIndex;
}

void LineFinder::workSlice()
{
    const QDeadlineTimer deadline(sliceMs, Qt::PreciseTimer);
    searchSome(deadline);
    if (!sendParts()) {
        countSome(deadline);
        m_sent = m_searched;
    }
    const bool isCounted = m_searched >= m_lines.count() || !m_problem.isEmpty() || m_partsOnTheirWay > 0;
    if (!m_search && isCounted) {
        m_slice.stop();
    }
    tellChanges();
}

void LineFinder::tellChanges()
{
    if (isDone() || !m_told.isValid() || m_told.elapsed() >= tellMs) {
        m_told.start();
        Q_EMIT changed();
    }
}

// Has other threads count. False when it is up to this one.
bool LineFinder::sendParts()
{
    const qsizetype count = m_lines.count();
    if (!m_lines.counter || !m_problem.isEmpty() || (m_partsOnTheirWay == 0 && count - m_searched < fewLines)) {
        return false;
    }
    while (m_sent < count && m_partsOnTheirWay < 2 * m_threads.maxThreadCount()) {
        const qsizetype end = std::min(count, (m_sent / partLines + 1) * partLines);
        const Counter counter = m_lines.counter(m_sent, end);
        if (!counter) {
            return false;
        }
        if (!m_isCancelled) {
            m_isCancelled = std::make_shared<std::atomic<bool>>(false);
        }
        ++m_partsOnTheirWay;
        m_threads.start([this, counter, part = Part{m_sent, end, {}}, number = m_number, isCancelled = m_isCancelled,
                         pattern = m_pattern, options = m_options]() mutable {
            if (!*isCancelled) {
                part.counts = counter(TextMatcher(pattern, options), *isCancelled);
            }
            QMetaObject::invokeMethod(
                this, [this, number, part = std::move(part)] { takePart(number, part); }, Qt::QueuedConnection);
        });
        m_sent = end;
    }
    return true;
}

void LineFinder::takePart(quint64 search, Part part)
{
    if (search != m_number) {
        return; // it was given up
    }
    --m_partsOnTheirWay;
    m_early.push_back(std::move(part));
    const auto isNext = [this](const Part &early) {
        return early.from == m_searched;
    };
    for (auto next = std::find_if(m_early.begin(), m_early.end(), isNext); next != m_early.end();
         next = std::find_if(m_early.begin(), m_early.end(), isNext)) {
        const Part counted = std::move(*next);
        m_early.erase(next);
        addCounts(counted);
    }
    m_slice.start(0); // not now: several parts may come at once
}

// Precondition: the part begins where the count ends.
void LineFinder::addCounts(const Part &part)
{
    m_counts.resize(static_cast<std::size_t>((m_lines.count() + blockLines - 1) / blockLines));
    auto block = static_cast<std::size_t>(part.from / blockLines);
    for (const quint32 found : part.counts.ofBlocks) {
        m_counts[block++] += found;
        m_total += found;
    }
    m_searched = part.end;
    if (part.counts.tooComplexLine >= 0) {
        m_searched = part.counts.tooComplexLine;
        m_problem = tooComplex(part.counts.tooComplexLine);
        giveUpParts();
    }
}

void LineFinder::giveUpParts()
{
    if (m_isCancelled) {
        *m_isCancelled = true;
        m_isCancelled.reset();
    }
    ++m_number;
    m_partsOnTheirWay = 0;
    m_early.clear();
    m_sent = m_searched;
}

QString LineFinder::tooComplex(qsizetype line)
{
    return tr("the expression is too complex for line %1").arg(line + 1);
}

void LineFinder::countSome(const QDeadlineTimer &deadline)
{
    const qsizetype count = m_lines.count();
    m_counts.resize(static_cast<std::size_t>((count + blockLines - 1) / blockLines));
    qsizetype bytes = 0;
    while (m_searched < count && m_problem.isEmpty() && !deadline.hasExpired()) {
        const qsizetype block = m_searched / blockLines;
        quint32 found = 0;
        const qsizetype end = std::min(count, (block + 1) * blockLines);
        m_lines.visit(m_searched, end, [&](qsizetype line, QByteArrayView utf8) {
            const std::optional<qsizetype> matches = m_matcher.count(utf8);
            if (!matches) {
                m_problem = tooComplex(line);
                return false;
            }
            found += static_cast<quint32>(*matches);
            m_searched = line + 1;
            bytes += utf8.size();
            if (bytes < bytesBetweenLooks) {
                return true;
            }
            bytes = 0;
            return !deadline.hasExpired();
        });
        m_counts[static_cast<std::size_t>(block)] += found;
        m_total += found;
        if (m_searched < end && !deadline.hasExpired() && m_problem.isEmpty()) {
            m_searched = end; // lines that were dropped meanwhile are not visited
        }
    }
}

qsizetype LineFinder::countLines(qsizetype from, qsizetype end) const
{
    qsizetype found = 0;
    m_lines.visit(from, end, [&](qsizetype, QByteArrayView utf8) {
        found += m_matcher.count(utf8).value_or(0);
        return true;
    });
    return found;
}

void LineFinder::forgetBefore(qsizetype first)
{
    if (first <= m_first) {
        return;
    }
    const auto block = static_cast<std::size_t>(first / blockLines);
    const std::size_t whole = std::min(block, m_counts.size());
    for (std::size_t i = static_cast<std::size_t>(m_first / blockLines); i < whole; ++i) {
        m_total -= m_counts[i];
        m_counts[i] = 0;
    }
    if (block < m_counts.size()) {
        const qsizetype end = std::min(m_searched, static_cast<qsizetype>(block + 1) * blockLines);
        const qsizetype left = countLines(first, std::max(first, end));
        m_total += left - m_counts[block];
        m_counts[block] = static_cast<quint32>(left);
    }
    m_first = first;
    if (first > m_searched) {
        giveUpParts(); // some of their lines are gone
        m_searched = first;
        m_sent = first;
    }
    m_currentIndex.reset();
    if (m_current && m_current->line < first) {
        m_current.reset();
    }
}

void LineFinder::seek(Direction direction, qsizetype fromLine)
{
    if (!canFind() || m_lines.count() <= m_lines.first() || chooseInCurrentLine(direction)) {
        return;
    }
    qsizetype line = fromLine;
    if (m_current) {
        line = m_current->line + (direction == Direction::Forward ? 1 : -1);
    } else if (direction == Direction::Backward) {
        line = fromLine - 1;
    }
    m_search = Search{direction, line};
    searchSome(QDeadlineTimer(sliceMs * 2, Qt::PreciseTimer));
    if (m_search) {
        m_slice.start(0);
    }
}

bool LineFinder::chooseInCurrentLine(Direction direction)
{
    if (!m_current) {
        return false;
    }
    const std::vector<TextMatcher::Span> spans = m_matcher.matches(m_lines.text(m_current->line));
    const auto at =
        std::lower_bound(spans.begin(), spans.end(), m_current->column,
                         [](const TextMatcher::Span &span, qsizetype column) { return span.column < column; });
    const std::ptrdiff_t wanted = at - spans.begin() + (direction == Direction::Forward ? 1 : -1);
    if (wanted < 0 || wanted >= static_cast<std::ptrdiff_t>(spans.size())) {
        return false;
    }
    choose(m_current->line, spans[static_cast<std::size_t>(wanted)]);
    return true;
}

// Goes through the blocks of lines on the way of m_search, around the end at most once, until the deadline.
void LineFinder::searchSome(const QDeadlineTimer &deadline)
{
    const qsizetype first = m_lines.first();
    const qsizetype count = m_lines.count();
    while (m_search && !deadline.hasExpired()) {
        const bool forward = m_search->direction == Direction::Forward;
        qsizetype &line = m_search->line;
        if (forward ? line >= count : line < first) {
            if (m_search->wrapped || count <= first) {
                m_search.reset(); // there is none at all
                return;
            }
            m_search->wrapped = true;
            line = forward ? first : count - 1;
        }
        line = std::max(line, first);
        const qsizetype block = line / blockLines;
        const qsizetype from = forward ? line : std::max(first, block * blockLines);
        const qsizetype end = forward ? std::min(count, (block + 1) * blockLines) : std::min(count, line + 1);
        if (!isKnownEmpty(block)) {
            if (const std::optional<qsizetype> found = matchingLine(m_search->direction, from, end)) {
                const bool isForward = forward;
                m_search.reset();
                const std::vector<TextMatcher::Span> spans = m_matcher.matches(m_lines.text(*found));
                if (!spans.empty()) {
                    choose(*found, isForward ? spans.front() : spans.back());
                }
                return;
            }
        }
        line = forward ? end : from - 1;
    }
}

std::optional<qsizetype> LineFinder::matchingLine(Direction direction, qsizetype from, qsizetype end) const
{
    std::optional<qsizetype> found;
    m_lines.visit(from, end, [&](qsizetype line, QByteArrayView utf8) {
        if (m_matcher.count(utf8).value_or(0) > 0) {
            found = line;
        }
        return direction == Direction::Backward || !found;
    });
    return found;
}

bool LineFinder::isKnownEmpty(qsizetype block) const
{
    return (block + 1) * blockLines <= m_searched && m_counts[static_cast<std::size_t>(block)] == 0;
}

void LineFinder::choose(qsizetype line, const TextMatcher::Span &span)
{
    m_current = LineMatch{line, span.column, span.length};
    m_currentIndex.reset();
    Q_EMIT changed();
    Q_EMIT currentChanged(*m_current);
}

} // namespace PatchPanel::Ui
