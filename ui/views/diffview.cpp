#include "ui/views/diffview.h"

#include "ui/style/colors.h"

#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr int gutterMargin = 6; // pixels

bool isChange(const DiffLine &line)
{
    return line.kind == DiffKind::Added || line.kind == DiffKind::Removed;
}

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

} // namespace

DiffView::DiffView(QWidget *parent)
    : LineView(parent)
{
    setAccessibleName(tr("Diff of the selected file"));
}

void DiffView::setDiff(const QByteArray &diff)
{
    m_lines = readDiffLines(diff);
    int largest = 0;
    for (const DiffLine &line : m_lines) {
        largest = std::max({largest, line.oldNumber, line.newNumber});
    }
    m_numberColumns = std::max(3, static_cast<int>(QString::number(largest).size()));
    m_shownChange = -1;
    linesReplaced();
}

QString DiffView::lineText(qsizetype line) const
{
    return m_lines[line].text;
}

bool DiffView::showNextChange()
{
    for (qsizetype line = m_shownChange + 1; line < m_lines.size(); ++line) {
        if (startsChange(line)) {
            goTo(line);
            return true;
        }
    }
    return false;
}

bool DiffView::showPreviousChange()
{
    for (qsizetype line = m_shownChange - 1; line >= 0; --line) {
        if (startsChange(line)) {
            goTo(line);
            return true;
        }
    }
    return false;
}

void DiffView::showLastChange()
{
    m_shownChange = m_lines.size();
    showPreviousChange();
}

LineView::Look DiffView::lookOf(qsizetype line) const
{
    const Colors &colors = colorsFor(palette());
    switch (m_lines[line].kind) {
    case DiffKind::Added:
        return {colors.text, colors.added};
    case DiffKind::Removed:
        return {colors.text, colors.removed};
    case DiffKind::Hunk:
        return {colors.muted, colors.hunk};
    case DiffKind::Note:
        return {colors.muted};
    case DiffKind::Context:
        break;
    }
    return {colors.text};
}

int DiffView::gutterWidth() const
{
    return static_cast<int>((2 * m_numberColumns + 4) * characterWidth()) + 2 * gutterMargin;
}

void DiffView::paintGutter(QPainter &painter, qsizetype line, const QRect &area) const
{
    const DiffLine &entry = m_lines[line];
    if (entry.kind == DiffKind::Hunk || entry.kind == DiffKind::Note) {
        return;
    }
    const Colors &colors = colorsFor(palette());
    const int numberWidth = static_cast<int>((m_numberColumns + 1) * characterWidth());
    const auto put = [&](int left, int width, const QString &text, const QColor &color) {
        painter.setPen(color);
        painter.drawText(QRect(left, area.top(), width, area.height()), Qt::AlignRight | Qt::AlignVCenter, text);
    };
    painter.setFont(font());
    if (entry.oldNumber > 0) {
        put(gutterMargin, numberWidth, QString::number(entry.oldNumber), colors.muted);
    }
    if (entry.newNumber > 0) {
        put(gutterMargin + numberWidth, numberWidth, QString::number(entry.newNumber), colors.muted);
    }
    put(gutterMargin + 2 * numberWidth, static_cast<int>(2 * characterWidth()), markOf(entry.kind),
        entry.kind == DiffKind::Added ? colors.ok : colors.error);
}

bool DiffView::startsChange(qsizetype line) const
{
    return isChange(m_lines[line]) && (line == 0 || !isChange(m_lines[line - 1]));
}

void DiffView::goTo(qsizetype line)
{
    constexpr qsizetype contextAbove = 3;
    m_shownChange = line;
    verticalScrollBar()->setValue(static_cast<int>(std::max<qsizetype>(0, line - contextAbove)));
    viewport()->update();
}

} // namespace PatchPanel::Ui
