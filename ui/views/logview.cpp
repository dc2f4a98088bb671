#include "ui/views/logview.h"

#include "ui/models/displaytext.h"
#include "ui/models/format.h"
#include "ui/style/colors.h"
#include "ui/style/shape.h"
#include "ui/views/lognote.h"

#include <QDateTime>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr int frameMs = 16;
constexpr std::chrono::milliseconds filterSlice{8};
constexpr qsizetype paintedBytes = 64 * 1024; // of one line
constexpr qsizetype mostShownBytes = 8 * 1024 * 1024;
constexpr int noteMargin = 6; // pixels beside the height of a line
constexpr int timeColumns = 14;
constexpr int serviceColumns = 11;
constexpr int levelColumns = 6;

QString timeOfDay(qint64 timeMs)
{
    return QDateTime::fromMSecsSinceEpoch(timeMs).toString(QStringLiteral("hh:mm:ss.zzz"));
}

// "+02:05.123", "+1:02:05.123"
QString timeSpan(qint64 ms)
{
    const QLatin1Char zero('0');
    const qint64 seconds = ms / 1000;
    QString text = QStringLiteral("%1:%2.%3")
                       .arg(seconds / 60 % 60, 2, 10, zero)
                       .arg(seconds % 60, 2, 10, zero)
                       .arg(ms % 1000, 3, 10, zero);
    if (seconds >= 3600) {
        text.prepend(QStringLiteral("%1:").arg(seconds / 3600));
    }
    return QLatin1Char('+') + text;
}

Tone toneOf(Log::Level level)
{
    switch (level) {
    case Log::Level::Error:
        return Tone::Error;
    case Log::Level::Warning:
        return Tone::Warn;
    case Log::Level::Debug:
        return Tone::Muted;
    case Log::Level::Info:
        break;
    }
    return Tone::Text;
}

QString wordOf(Log::Level level)
{
    switch (level) {
    case Log::Level::Error:
        return QStringLiteral("ERROR");
    case Log::Level::Warning:
        return QStringLiteral("WARN");
    case Log::Level::Debug:
        return QStringLiteral("DEBUG");
    case Log::Level::Info:
        break;
    }
    return QStringLiteral("INFO");
}

// What painting reads of a line, so that a page of very long ones costs no more than a page.
struct PaintedPart {
    QByteArrayView bytes;
    qsizetype left = 0; // bytes behind it
};

// More than can be drawn. Where a terminal goes back to the beginning of a very long line, what its last part shows;
// colours that were set before it are not looked for.
PaintedPart paintedPart(QByteArrayView bytes)
{
    if (bytes.size() <= 2 * paintedBytes) {
        return {bytes};
    }
    const qsizetype lastReturn = bytes.chopped(1).lastIndexOf('\r');
    if (bytes.size() - lastReturn <= paintedBytes) {
        const qsizetype from = bytes.indexOf('\r', bytes.size() - 2 * paintedBytes);
        return {bytes.sliced(from)};
    }
    bytes = bytes.sliced(lastReturn + 1);
    qsizetype end = std::min(paintedBytes, bytes.size());
    while (end > paintedBytes - 4 && (static_cast<unsigned char>(bytes[end - 1]) & 0xc0) == 0x80) {
        --end; // not within a character
    }
    return {bytes.first(end), bytes.size() - end};
}

} // namespace

LogView::LogView(Log::Store &store, QWidget *parent)
    : LineView(parent)
    , m_store(store)
    , m_rows(store)
    , m_runStarts(store)
    , m_pill(new QPushButton(viewport()))
    , m_note(new LogNote(this))
{
    setAccessibleName(tr("Live log"));
    setEmptyText(tr("No output yet"));
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    m_pill->setCursor(Qt::ArrowCursor);
    m_pill->setIcon(shapeIcon(Ui::Shape::ChevronDown));
    m_pill->setAccessibleName(tr("Go to the newest line and follow"));
    m_pill->hide();
    connect(m_pill, &QPushButton::clicked, this, [this] { setFollowing(true); });
    connect(m_note, &LogNote::undoRequested, this, &LogView::undoClear);
    connect(m_note, &LogNote::filesRequested, this, &LogView::filesRequested);
    connect(this, &LineView::scrolledByUser, this, &LogView::setFollowing);
    connect(this, &LineView::selectionStarted, this, [this] { setFollowing(false); });
    connect(&finder(), &LineFinder::currentChanged, this, [this] { setFollowing(false); });
    m_subscription = m_store.subscribe(this, [this] { markDirty(); });
    takeNewLines();
}

LogView::~LogView() = default;

QString LogView::lineText(qsizetype line) const
{
    return Log::ansiText(m_rows.at(line).toText(), Log::Overwriting::AsATerminal).text;
}

QString LogView::drawnText(qsizetype line) const
{
    return shown(line).text;
}

const LogView::Shown &LogView::shown(qsizetype row) const
{
    const auto known = m_shown.find(row);
    if (known != m_shown.end()) {
        return known->second;
    }
    Shown now = read(row);
    const auto bytes = static_cast<qsizetype>(now.text.size() * sizeof(QChar) + now.spans.size() * sizeof(Log::AnsiSpan)
                                              + sizeof(Shown));
    if (m_shownBytes + bytes > mostShownBytes) {
        const_cast<LogView *>(this)->forgetShown();
    }
    m_shownBytes += bytes;
    return m_shown.emplace(row, std::move(now)).first->second;
}

LogView::Shown LogView::read(qsizetype row) const
{
    Log::LineBatch batch(m_store);
    const qsizetype index = m_rows.indexOf(row);
    if (!batch.readLine(index)) {
        const Log::Line dropped = Log::droppedLine(1);
        return {dropped, QString::fromUtf8(dropped.text)};
    }
    Shown now;
    now.entry = {.timeMs = batch.timeMs(index),
                 .level = batch.level(index),
                 .service = batch.service(index),
                 .runId = batch.runId(index),
                 .phase = batch.phase(index)};
    const PaintedPart part = paintedPart(batch.text(index));
    Log::AnsiText text = Log::ansiText(part.bytes, Log::Overwriting::AsATerminal);
    now.text = clippedText(text.text, part.left);
    now.spans = std::move(text.spans);
    std::erase_if(now.spans, [](const Log::AnsiSpan &span) { return span.begin >= drawnLineLimit; });
    return now;
}

void LogView::forgetShown()
{
    m_shown.clear();
    m_shownBytes = 0;
}

void LogView::setFilter(const LogFilter &filter)
{
    if (filter == m_rows.filter()) {
        return;
    }
    m_rows.setFilter(filter);
    m_rowsWhenStopped = 0;
    forgetShown();
    linesReplaced();
    takeNewLines();
    m_rowsWhenStopped = m_rows.end();
    updatePill();
}

void LogView::setFollowing(bool following)
{
    const bool changed = following != m_following;
    m_following = following;
    if (following) {
        scrollToEnd();
    } else if (changed) {
        m_rowsWhenStopped = m_rows.end();
    }
    updatePill();
    updateNote();
    if (changed) {
        Q_EMIT followingChanged(following);
    }
}

void LogView::setTimes(LogTimes times)
{
    if (times == m_times) {
        return;
    }
    m_times = times;
    relayout();
    if (m_following) {
        scrollToEnd();
    }
    markDirty(); // the starts of the runs are looked for
    Q_EMIT timesChanged(times);
}

std::optional<qsizetype> LogView::lineOf(qsizetype index) const
{
    if (index < m_store.first() || index >= m_store.size() || index < m_rows.begin()) {
        return std::nullopt;
    }
    const qsizetype row = m_rows.rowOf(index);
    return row < m_rows.end() && m_rows.indexOf(row) == index ? std::optional(row) : std::nullopt;
}

// Empty where no time is to be shown.
QString LogView::timeOf(const Log::Line &entry) const
{
    if (m_times != LogTimes::SinceRunStart) {
        return timeOfDay(entry.timeMs);
    }
    const std::optional<qint64> start = m_runStarts.startOf(entry.runId);
    return start ? timeSpan(std::max<qint64>(0, entry.timeMs - *start)) : QString();
}

qsizetype LogView::newLineCount() const
{
    return m_following ? 0 : m_rows.end() - m_rowsWhenStopped;
}

void LogView::visitLines(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const
{
    QByteArray shown;
    m_rows.visit(from, end, [&](qsizetype row, const Log::LineBatch &lines, qsizetype index) {
        const QByteArrayView text = lines.text(index);
        if (lines.isPlain(index)) {
            return visit(row, text);
        }
        shown.clear();
        Log::appendShownText(shown, text);
        return visit(row, shown);
    });
}

LineFinder::Counter LogView::matchCounter(qsizetype from, qsizetype end) const
{
    return [rows = m_rows.slice(from, end)](const TextMatcher &matcher, const std::atomic<bool> &isCancelled) {
        return countMatches(rows, matcher, isCancelled);
    };
}

LineView::Look LogView::lookOf(qsizetype line) const
{
    const Shown &now = shown(line);
    Look look{colorsFor(palette()).of(toneOf(now.entry.level))};
    if (!m_isPlain) {
        for (const Log::AnsiSpan &span : now.spans) {
            look.spans.push_back(spanOf(span, look.text));
        }
    }
    return look;
}

// The terminal's own colours are the line's and the view's.
LineView::Span LogView::spanOf(const Log::AnsiSpan &span, const QColor &text) const
{
    const Log::AnsiStyle &style = span.style;
    const QColor &base = colorsFor(palette()).base;
    QColor front = style.text ? QColor::fromRgb(*style.text) : text;
    QColor back = style.background ? QColor::fromRgb(*style.background) : QColor();
    if (style.inverse) {
        const QColor behind = back.isValid() ? back : base;
        back = front;
        front = behind;
    }
    return {span.begin, readableOn(front, back.isValid() ? back : base), back, style.bold, style.underline};
}

void LogView::clear()
{
    showFrom(m_store.size());
    setFollowing(true);
}

void LogView::undoClear()
{
    showFrom(0);
}

void LogView::showFrom(qsizetype index)
{
    m_rows.setBegin(index);
    linesReplaced();
    takeNewLines();
    m_rowsWhenStopped = m_rows.end();
    updatePill();
    Q_EMIT clearedChanged(isCleared());
}

LogExport LogView::shownLines(bool withTimes) const
{
    return {m_rows.filter(), m_rows.begin(), m_store.size(), withTimes};
}

QString LogView::leadOf(qsizetype line) const
{
    return timeOf(shown(line).entry) + QLatin1Char(' ');
}

void LogView::setPlain(bool plain)
{
    if (plain == m_isPlain) {
        return;
    }
    m_isPlain = plain;
    viewport()->update();
    Q_EMIT plainChanged(plain);
}

int LogView::gutterWidth() const
{
    const int columns = (m_times != LogTimes::Off ? timeColumns : 0) + serviceColumns + levelColumns;
    return static_cast<int>(columns * characterWidth()) + 8;
}

void LogView::paintGutter(QPainter &painter, qsizetype line, const QRect &area) const
{
    const Colors &colors = colorsFor(palette());
    const Log::Line &entry = shown(line).entry;
    qreal left = 8;
    const auto put = [&](const QString &text, int columns, const QColor &color) {
        painter.setPen(color);
        drawInGutter(painter, area.top(), left, columns * characterWidth(), Qt::AlignLeft, text);
        left += columns * characterWidth();
    };
    painter.setFont(font());
    if (m_times != LogTimes::Off) {
        put(timeOf(entry), timeColumns, colors.muted);
    }
    put(QString::fromUtf8(entry.service).left(serviceColumns - 1), serviceColumns, colors.muted);
    put(wordOf(entry.level), levelColumns,
        entry.level == Log::Level::Info ? colors.muted : colors.of(toneOf(entry.level)));
}

void LogView::scrollContentsBy(int dx, int dy)
{
    LineView::scrollContentsBy(dx, dy);
    updateNote();
}

void LogView::resizeEvent(QResizeEvent *event)
{
    LineView::resizeEvent(event);
    m_note->setGeometry(0, 0, viewport()->width(), lineHeight() + noteMargin);
    updateNote();
    if (m_following) {
        scrollToEnd();
    }
    updatePill();
}

void LogView::changeEvent(QEvent *event)
{
    LineView::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_following) {
        scrollToEnd();
    }
}

void LogView::showEvent(QShowEvent *event)
{
    LineView::showEvent(event);
    markDirty();
}

void LogView::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_repaint.timerId()) {
        LineView::timerEvent(event);
        return;
    }
    m_repaint.stop();
    m_sinceRepaint.start();
    takeNewLines();
}

void LogView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !copier().isCopying()) {
        setFollowing(true);
        return;
    }
    LineView::keyPressEvent(event);
}

void LogView::markDirty()
{
    if (!m_repaint.isActive() && isVisible()) {
        const qint64 since = m_sinceRepaint.isValid() ? m_sinceRepaint.elapsed() : frameMs;
        m_repaint.start(static_cast<int>(std::clamp<qint64>(frameMs - since, 0, frameMs)), Qt::PreciseTimer, this);
    }
}

void LogView::takeNewLines()
{
    const QDeadlineTimer deadline(filterSlice, Qt::PreciseTimer);
    const bool areRowsComplete = m_rows.advance(deadline);
    const bool areTimesKnown = m_times != LogTimes::SinceRunStart || m_runStarts.advance(deadline);
    if (!areRowsComplete || !areTimesKnown) {
        m_repaint.start(0, this); // what the user waits for goes on at once
    }
    linesAdded();
    if (m_following) {
        scrollToEnd();
    }
    updatePill();
    updateNote();
    Q_EMIT countsChanged();
}

void LogView::updatePill()
{
    const qsizetype count = newLineCount();
    m_pill->setVisible(count > 0);
    if (count == 0) {
        return;
    }
    m_pill->setText(tr("%1 below").arg(counted(count, tr("new line"), tr("new lines"))));
    m_pill->adjustSize();
    constexpr int margin = 8;
    m_pill->move((viewport()->width() - m_pill->width()) / 2, viewport()->height() - m_pill->height() - margin);
}

// It takes the place of a row, so that scrolling to the first line shows it; but not of the last lines while they are
// followed.
void LogView::updateNote()
{
    const qsizetype cleared = isCleared() ? std::max<qsizetype>(0, m_rows.begin() - m_store.first()) : 0;
    m_note->setCounts(cleared, m_store.dropped());
    const qsizetype rowsOfAll = height() / lineHeight() - 2;
    const bool isAtTop = firstVisibleLine() <= firstLine();
    const bool isShown = m_note->hasText() && isAtTop && (!m_following || m_rows.size() <= rowsOfAll);
    if (isShown != m_note->isVisibleTo(this)) {
        m_note->setVisible(isShown);
        setViewportMargins(0, isShown ? m_note->height() : 0, 0, 0);
    }
}

} // namespace PatchPanel::Ui
