#include "ui/views/accessiblelines.h"

#include "ui/views/lineview.h"

#include <QElapsedTimer>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr qint64 tellMs = 1000; // between two announcements of text

QAccessibleInterface *makeInterface(const QString &, QObject *object)
{
    auto *view = qobject_cast<LineView *>(object);
    return view ? new AccessibleLines(view) : nullptr;
}

} // namespace

AccessibleLines::AccessibleLines(LineView *view)
    : QAccessibleWidget(view, view->accessibleRole())
{
}

void AccessibleLines::install()
{
    [[maybe_unused]] static const bool isInstalled = [] {
        QAccessible::installFactory(makeInterface);
        return true;
    }();
}

void AccessibleLines::tellText(LineView &view, QElapsedTimer &sinceTold)
{
    const bool isTooSoon = sinceTold.isValid() && sinceTold.elapsed() < tellMs;
    if (!QAccessible::isActive() || isTooSoon || view.lineCount() <= view.firstLine()) {
        return;
    }
    sinceTold.start();
    const AccessibleLines lines(&view);
    const qsizetype last = view.visibleEnd() - 1;
    QAccessibleTextInsertEvent event(&view, lines.offsetOf({last, 0}), view.drawnText(last));
    QAccessible::updateAccessibility(&event);
}

void AccessibleLines::tellCaret(LineView &view)
{
    if (!QAccessible::isActive()) {
        return;
    }
    const AccessibleLines lines(&view);
    const int caret = lines.cursorPosition();
    if (view.hasSelection()) {
        int begin = 0;
        int end = 0;
        lines.selection(0, &begin, &end);
        QAccessibleTextSelectionEvent event(&view, begin, end);
        event.setCursorPosition(std::max(0, caret));
        QAccessible::updateAccessibility(&event);
    } else if (caret >= 0) {
        QAccessibleTextCursorEvent event(&view, caret);
        QAccessible::updateAccessibility(&event);
    }
}

void *AccessibleLines::interface_cast(QAccessible::InterfaceType type)
{
    return type == QAccessible::TextInterface ? static_cast<QAccessibleTextInterface *>(this)
                                              : QAccessibleWidget::interface_cast(type);
}

QAccessible::State AccessibleLines::state() const
{
    QAccessible::State state = QAccessibleWidget::state();
    state.readOnly = true;
    state.multiLine = true;
    state.selectableText = true;
    return state;
}

QString AccessibleLines::text(int startOffset, int endOffset) const
{
    return visibleText().mid(startOffset, std::max(0, endOffset - startOffset));
}

int AccessibleLines::characterCount() const
{
    return static_cast<int>(visibleText().size());
}

int AccessibleLines::cursorPosition() const
{
    const LineView &lines = view();
    const LinePosition caret = lines.caret();
    const bool isOnScreen = caret.line >= lines.firstVisibleLine() && caret.line < lines.visibleEnd();
    return isOnScreen ? offsetOf(caret) : -1;
}

void AccessibleLines::setCursorPosition(int position)
{
    if (view().lineCount() > view().firstLine()) {
        view().moveCaret(positionOf(position), LineView::Selection::Drop);
    }
}

int AccessibleLines::selectionCount() const
{
    return view().hasSelection() ? 1 : 0;
}

// What of it is on the screen.
void AccessibleLines::selection(int selectionIndex, int *startOffset, int *endOffset) const
{
    *startOffset = 0;
    *endOffset = 0;
    if (selectionIndex == 0 && view().hasSelection()) {
        const auto [from, to] = std::minmax(view().m_anchor, view().m_cursor);
        *startOffset = clampedOffsetOf(from);
        *endOffset = clampedOffsetOf(to);
    }
}

void AccessibleLines::addSelection(int startOffset, int endOffset)
{
    setSelection(0, startOffset, endOffset);
}

void AccessibleLines::setSelection(int selectionIndex, int startOffset, int endOffset)
{
    if (selectionIndex == 0 && view().lineCount() > view().firstLine()) {
        const LinePosition from = positionOf(startOffset);
        const LinePosition to = positionOf(endOffset);
        view().moveCaret(from, LineView::Selection::Drop);
        view().moveCaret(to, LineView::Selection::Extend);
    }
}

void AccessibleLines::removeSelection(int selectionIndex)
{
    if (selectionIndex == 0 && view().hasSelection()) {
        view().moveCaret(view().caret(), LineView::Selection::Drop);
    }
}

QRect AccessibleLines::characterRect(int offset) const
{
    const LineView &lines = view();
    if (lines.lineCount() <= lines.firstLine()) {
        return {};
    }
    QRect rect = lines.rectOf(positionOf(offset));
    rect.setWidth(static_cast<int>(lines.characterWidth()));
    return rect.translated(lines.viewport()->mapToGlobal(QPoint(0, 0)));
}

int AccessibleLines::offsetAtPoint(const QPoint &point) const
{
    const LineView &lines = view();
    const QPoint inside = lines.viewport()->mapFromGlobal(point);
    if (lines.lineCount() <= lines.firstLine() || !lines.viewport()->rect().contains(inside)) {
        return -1;
    }
    return clampedOffsetOf(lines.positionAt(inside));
}

void AccessibleLines::scrollToSubstring(int startIndex, int)
{
    view().showLine(positionOf(startIndex).line);
}

QString AccessibleLines::attributes(int, int *startOffset, int *endOffset) const
{
    *startOffset = 0;
    *endOffset = characterCount();
    return {};
}

LineView &AccessibleLines::view() const
{
    return *static_cast<LineView *>(widget());
}

QString AccessibleLines::visibleText() const
{
    QStringList lines;
    const qsizetype end = view().visibleEnd();
    for (qsizetype line = view().firstVisibleLine(); line < end; ++line) {
        lines.append(view().drawnText(line));
    }
    return lines.join(QLatin1Char('\n'));
}

// Precondition: the line is on the screen.
int AccessibleLines::offsetOf(const LinePosition &position) const
{
    qsizetype offset = 0;
    for (qsizetype line = view().firstVisibleLine(); line < position.line; ++line) {
        offset += view().drawnText(line).size() + 1;
    }
    return static_cast<int>(offset + std::min(position.column, view().drawnText(position.line).size()));
}

LinePosition AccessibleLines::positionOf(int offset) const
{
    qsizetype left = std::max(0, offset);
    const qsizetype end = view().visibleEnd();
    for (qsizetype line = view().firstVisibleLine(); line < end; ++line) {
        const qsizetype size = view().drawnText(line).size();
        if (left <= size || line + 1 == end) {
            return {line, std::min(left, size)};
        }
        left -= size + 1;
    }
    return {view().firstVisibleLine(), 0};
}

// Of a place that may lie above or below the screen.
int AccessibleLines::clampedOffsetOf(const LinePosition &position) const
{
    if (position.line < view().firstVisibleLine()) {
        return 0;
    }
    return position.line < view().visibleEnd() ? offsetOf(position) : characterCount();
}

} // namespace PatchPanel::Ui
