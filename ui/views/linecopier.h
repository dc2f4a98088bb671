#pragma once

#include "ui/views/linefinder.h"

#include <QObject>
#include <QTimer>

#include <functional>

namespace PatchPanel::Ui {

// A place between two characters of a list of lines. Columns are UTF-16 units.
struct LinePosition {
    qsizetype line = 0;
    qsizetype column = 0;
    auto operator<=>(const LinePosition &) const = default;
};

// Puts lines into the clipboard, a slice at a time between events, so that the window goes on whatever was selected.
// A small selection is there when start() returns. GUI thread; owned by the view whose lines it reads.
class LineCopier : public QObject {
    Q_OBJECT
public:
    struct Lines {
        std::function<void(qsizetype from, qsizetype end, const LineFinder::Visitor &)> visit;
        std::function<QString(qsizetype line)> lead; // what is put before a line
        std::function<QString(qsizetype line)> shown; // as it is painted: columns beyond its end mean the line's end
    };
    enum class Leads { Without, With };

    explicit LineCopier(Lines lines, QObject *parent = nullptr);

    // Gives up what is being copied. Precondition: from <= to.
    void start(LinePosition from, LinePosition to, Leads leads);
    void cancel();
    bool isCopying() const { return m_slice.isActive(); }

    // Characters; more is refused. What a clipboard and the programs that paste from it can reasonably take.
    void setLimit(qsizetype characters) { m_limit = characters; }

Q_SIGNALS:
    // How a long copy goes on, and its end: a sentence for the user. A short one says nothing.
    void reported(const QString &text);

private:
    void workSlice();
    void take(qsizetype line, QByteArrayView utf8);
    void finish();

    Lines m_lines;
    qsizetype m_limit = 64'000'000;
    LinePosition m_from;
    LinePosition m_to;
    Leads m_leads = Leads::Without;
    qsizetype m_next = 0; // line
    qsizetype m_taken = 0; // lines
    QString m_text;
    int m_toldPercent = -1;
    QTimer m_slice;
};

} // namespace PatchPanel::Ui
