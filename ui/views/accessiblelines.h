#pragma once

#include <QAccessibleWidget>

class QElapsedTimer;

namespace PatchPanel::Ui {

class LineView;
struct LinePosition;

// What assistive technologies see of a line view: the lines that are on the screen as one text, with the caret and the
// selection; not the millions around them. Made by Qt when it is asked for; GUI thread.
class AccessibleLines : public QAccessibleWidget, public QAccessibleTextInterface {
public:
    explicit AccessibleLines(LineView *view);

    // Lets Qt make these for line views. Once is enough, more does no harm.
    static void install();
    // The newest of the lines on the screen, at most once a second.
    static void tellText(LineView &view, QElapsedTimer &sinceTold);
    static void tellCaret(LineView &view);

    void *interface_cast(QAccessible::InterfaceType type) override;
    QAccessible::State state() const override;

    using QAccessibleWidget::text;
    QString text(int startOffset, int endOffset) const override;
    int characterCount() const override;
    int cursorPosition() const override; // -1: the caret is not on the screen
    void setCursorPosition(int position) override;
    int selectionCount() const override;
    void selection(int selectionIndex, int *startOffset, int *endOffset) const override;
    void addSelection(int startOffset, int endOffset) override;
    void setSelection(int selectionIndex, int startOffset, int endOffset) override;
    void removeSelection(int selectionIndex) override;
    QRect characterRect(int offset) const override; // of the screen
    int offsetAtPoint(const QPoint &point) const override;
    void scrollToSubstring(int startIndex, int endIndex) override;
    QString attributes(int offset, int *startOffset, int *endOffset) const override;

private:
    LineView &view() const;
    QString visibleText() const;
    int offsetOf(const LinePosition &position) const;
    LinePosition positionOf(int offset) const;
    int clampedOffsetOf(const LinePosition &position) const;
};

} // namespace PatchPanel::Ui
