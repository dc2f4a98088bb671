#include "ui/views/diffcolumn.h"

#include "services/log/logchunk.h"
#include "ui/models/displaytext.h"
#include "ui/style/colors.h"
#include "ui/style/shape.h"

#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr int gutterMargin = 6; // pixels
constexpr int changeBar = 3;
constexpr qsizetype keptMarks = 2000; // lines

QChar markOf(DiffKind kind)
{
    switch (kind) {
    case DiffKind::Added:
        return QLatin1Char('+');
    case DiffKind::Removed:
        return QChar(0x2212);
    default:
        return QLatin1Char(' ');
    }
}

// Tabs look like the blanks that replace them: then the indentation is marked.
WordMarks marksBetween(const QString &before, const QString &after)
{
    if (before != after) {
        return wordMarks(before, after);
    }
    const auto text = std::find_if(before.begin(), before.end(), [](QChar c) { return !c.isSpace(); });
    const WordMark indentation{0, text - before.begin()};
    return indentation.end > 0 ? WordMarks{{indentation}, {indentation}} : WordMarks{};
}

} // namespace

DiffColumn::DiffColumn(QWidget *parent)
    : LineView(parent)
{
    viewport()->setMouseTracking(true);
}

void DiffColumn::setRows(const std::shared_ptr<const DiffRows> &rows, Side side, bool expandable)
{
    m_rows = rows;
    m_side = side;
    m_expandable = expandable;
    m_marks.clear();
    m_chosen.reset();
    m_currentBegin = -1;
    m_currentEnd = -1;
    m_numberColumns = std::max(3, static_cast<int>(QString::number(rows ? rows->largestNumber : 0).size()));
    linesReplaced();
}

void DiffColumn::setCurrentChange(int row)
{
    m_currentBegin = row;
    m_currentEnd = row;
    while (row >= 0 && m_currentEnd < lineCount()
           && m_rows->lineOf(m_rows->rows[static_cast<std::size_t>(m_currentEnd)]).isChange()) {
        ++m_currentEnd;
    }
    viewport()->update();
}

void DiffColumn::setChosenMatch(const std::optional<LineMatch> &match)
{
    m_chosen = match;
    viewport()->update();
}

int DiffColumn::hunkAt(qsizetype row) const
{
    return row >= 0 && row < lineCount() ? m_rows->rows[static_cast<std::size_t>(row)].hunk : -1;
}

qsizetype DiffColumn::rowAt(const QPoint &point) const
{
    const qsizetype row = firstVisibleLine() + point.y() / lineHeight();
    return point.y() >= 0 && row < lineCount() ? row : -1;
}

bool DiffColumn::canExpand(qsizetype row) const
{
    if (!m_expandable || row < 0 || row >= lineCount()) {
        return false;
    }
    const DiffRow &entry = m_rows->rows[static_cast<std::size_t>(row)];
    if (m_rows->lineOf(entry).kind != DiffKind::Hunk) {
        return false;
    }
    const std::vector<DiffHunk> &hunks = m_rows->diff->hunks;
    const auto hunk = static_cast<std::size_t>(entry.hunk);
    return hunk >= hunks.size() || hunks[hunk].oldBegin() > 1;
}

bool DiffColumn::standsAlone(qsizetype row) const
{
    const DiffRow &entry = m_rows->rows[static_cast<std::size_t>(row)];
    return entry.before != entry.after || m_rows->lineOf(entry).kind == DiffKind::Hunk;
}

void DiffColumn::withText(qsizetype row, const std::function<void(QByteArrayView utf8)> &use) const
{
    const DiffLine *line = lineAt(row);
    if (line && !line->text.isEmpty() && Log::isPlainText(line->text)) {
        use(line->text);
    } else {
        use(lineText(row).toUtf8());
    }
}

std::vector<TextMatcher::Span> DiffColumn::matchesIn(const QString &text) const
{
    return m_find ? m_find->matchesIn(text) : LineView::matchesIn(text);
}

QString DiffColumn::lineText(qsizetype row) const
{
    const DiffLine *line = lineAt(row);
    return line ? decorated(*line, displayText(line->text)) : QString();
}

QString DiffColumn::drawnText(qsizetype row) const
{
    const DiffLine *line = lineAt(row);
    return line ? decorated(*line, clippedDisplayText(line->text)) : QString();
}

LineView::Look DiffColumn::lookOf(qsizetype row) const
{
    const Colors &colors = colorsFor(palette());
    const DiffLine *line = lineAt(row);
    if (!line) {
        const bool isHeader = m_rows->lineOf(m_rows->rows[static_cast<std::size_t>(row)]).kind == DiffKind::Hunk;
        return {colors.text, isHeader ? colors.hunk : colors.window};
    }
    switch (line->kind) {
    case DiffKind::Added:
        return {colors.text, colors.added, spansOf(*line)};
    case DiffKind::Removed:
        return {colors.text, colors.removed, spansOf(*line)};
    case DiffKind::Hunk:
        return {colors.muted, colors.hunk};
    case DiffKind::Note:
        return {colors.muted};
    case DiffKind::Context:
        break;
    }
    return {colors.text};
}

int DiffColumn::gutterWidth() const
{
    const int columns = m_side == Side::Both ? 2 * m_numberColumns + 4 : m_numberColumns + 3;
    return static_cast<int>(columns * characterWidth()) + 2 * gutterMargin;
}

void DiffColumn::paintGutter(QPainter &painter, qsizetype row, const QRect &area) const
{
    const Colors &colors = colorsFor(palette());
    if (isInCurrentChange(row)) {
        painter.fillRect(area.left(), area.top(), changeBar, area.height(), colors.accent);
    }
    const DiffLine *line = lineAt(row);
    if (!line) {
        return;
    }
    if (canExpand(row)) {
        const qreal side = area.height() * 0.42;
        const qreal left = area.left() + (area.width() - side) / 2;
        const qreal middle = area.top() + area.height() / 2.0;
        paintShape(painter, QRectF(left, middle - side, side, side), Ui::Shape::ChevronUp, colors.info);
        paintShape(painter, QRectF(left, middle, side, side), Ui::Shape::ChevronDown, colors.info);
        return;
    }
    const int numberWidth = static_cast<int>((m_numberColumns + 1) * characterWidth());
    int left = gutterMargin;
    const auto put = [&](int width, const QString &text, const QColor &color) {
        painter.setPen(color);
        drawInGutter(painter, area.top(), left, width, Qt::AlignRight, text);
        left += width;
    };
    const auto putNumber = [&](int number) {
        put(numberWidth, number > 0 ? QString::number(number) : QString(), colors.muted);
    };
    painter.setFont(font());
    if (m_side != Side::After) {
        putNumber(line->oldNumber);
    }
    if (m_side != Side::Before) {
        putNumber(line->newNumber);
    }
    put(static_cast<int>(2 * characterWidth()), markOf(line->kind),
        line->kind == DiffKind::Added ? colors.ok : colors.error);
}

void DiffColumn::mousePressEvent(QMouseEvent *event)
{
    const qsizetype row = rowAt(event->pos());
    if (event->button() == Qt::LeftButton && event->pos().x() < gutterWidth() && canExpand(row)) {
        Q_EMIT expandRequested(hunkAt(row));
        return;
    }
    LineView::mousePressEvent(event);
}

void DiffColumn::mouseMoveEvent(QMouseEvent *event)
{
    const bool isButton = event->pos().x() < gutterWidth() && canExpand(rowAt(event->pos()));
    viewport()->setCursor(isButton ? Qt::PointingHandCursor : Qt::IBeamCursor);
    LineView::mouseMoveEvent(event);
}

void DiffColumn::contextMenuEvent(QContextMenuEvent *event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    Q_EMIT menuRequested(event->globalPos(), byKey ? -1 : rowAt(event->pos()));
}

const DiffLine *DiffColumn::lineAt(qsizetype row) const
{
    const DiffRow &entry = m_rows->rows[static_cast<std::size_t>(row)];
    switch (m_side) {
    case Side::Both:
        return &m_rows->lineOf(entry);
    case Side::Before:
        return entry.before >= 0 ? &m_rows->line(entry.before) : nullptr;
    case Side::After:
        break;
    }
    const bool isHeader = m_rows->lineOf(entry).kind == DiffKind::Hunk; // stands on the left
    return entry.after >= 0 && !isHeader ? &m_rows->line(entry.after) : nullptr;
}

// A line break that changes is shown: nothing else tells the two lines apart.
QString DiffColumn::decorated(const DiffLine &line, const QString &text) const
{
    if (line.kind == DiffKind::Hunk && line.text.isEmpty()) {
        return tr("More lines of the file");
    }
    const bool endsWithReturn = line.isChange() && line.text.endsWith('\r');
    if (!endsWithReturn || (line.pair >= 0 && m_rows->line(line.pair).text.endsWith('\r'))) {
        return text;
    }
    return text + QChar(0x240d);
}

std::vector<LineView::Span> DiffColumn::spansOf(const DiffLine &line) const
{
    if (line.pair < 0) {
        return {};
    }
    const Colors &colors = colorsFor(palette());
    const bool isAdded = line.kind == DiffKind::Added;
    const WordMarks &marks = marksOf(isAdded ? m_rows->line(line.pair) : line);
    std::vector<Span> spans;
    for (const WordMark &mark : isAdded ? marks.after : marks.before) {
        spans.push_back({mark.begin, colors.text, isAdded ? colors.addedWord : colors.removedWord});
        spans.push_back({mark.end, colors.text});
    }
    return spans;
}

const WordMarks &DiffColumn::marksOf(const DiffLine &removed) const
{
    const DiffLine &added = m_rows->line(removed.pair);
    const int key = added.pair; // the index of `removed`
    auto found = m_marks.find(key);
    if (found == m_marks.end()) {
        if (m_marks.size() >= keptMarks) {
            m_marks.clear();
        }
        found = m_marks.insert(key,
                               marksBetween(decorated(removed, clippedDisplayText(removed.text)),
                                            decorated(added, clippedDisplayText(added.text))));
    }
    return *found;
}

bool DiffColumn::isInCurrentChange(qsizetype row) const
{
    return row >= m_currentBegin && row < m_currentEnd;
}

} // namespace PatchPanel::Ui
