#pragma once

#include "services/log/ansitext.h"
#include "ui/models/logrows.h"
#include "ui/models/logsaver.h"
#include "ui/models/logtimes.h"
#include "ui/models/runstarts.h"
#include "ui/views/lineview.h"

#include <QElapsedTimer>

#include <memory>
#include <unordered_map>

class QPushButton;

namespace PatchPanel::Ui {

class LogNote;

// The live log over the append-only store: time, service and level in the gutter, the line's text beside it. It
// follows the end until the user scrolls up, selects or searches; from then on it stays on the same lines and a pill
// counts the new ones below. Above the first line stands how many earlier ones are hidden or gone. Repaints at most
// every 16 ms, and only while lines arrive. GUI thread; the store must outlive it.
class LogView : public LineView {
    Q_OBJECT
public:
    explicit LogView(Log::Store &store, QWidget *parent = nullptr);
    ~LogView() override;

    qsizetype lineCount() const override { return m_rows.end(); }
    qsizetype firstLine() const override { return m_rows.first(); }
    QString lineText(qsizetype line) const override;
    QString drawnText(qsizetype line) const override;
    QAccessible::Role accessibleRole() const override { return QAccessible::Terminal; }

    const LogRows &rows() const { return m_rows; }
    const LogFilter &filter() const { return m_rows.filter(); }
    void setFilter(const LogFilter &filter);

    bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    LogTimes times() const { return m_times; }
    void setTimes(LogTimes times);

    // Plain: the colours and weights that commands print are left out.
    bool isPlain() const { return m_isPlain; }
    void setPlain(bool plain);

    // Hides the lines that are there now and follows those to come. They stay in the log: undoClear() shows them again.
    void clear();
    void undoClear();
    bool isCleared() const { return m_rows.begin() > 0; }

    // What the store has of a line that is shown. Precondition: firstLine() <= line < lineCount().
    const Log::Line &entryOf(qsizetype line) const
    {
        return shown(line).entry;
    } // without its text; until the next call
    qsizetype indexOf(qsizetype line) const { return m_rows.indexOf(line); }
    // The line of that index of the store; nothing when it is not shown.
    std::optional<qsizetype> lineOf(qsizetype index) const;
    // The lines that are shown now, for a file.
    LogExport shownLines(bool withTimes) const;
    void copyWithTimes() { copySelection(LineCopier::Leads::With); }

    // Every line of the store was looked at: the count of rows is exact.
    bool isComplete() const { return m_rows.isComplete(); }

    // Lines that came since the view stopped following.
    qsizetype newLineCount() const;

Q_SIGNALS:
    void followingChanged(bool following);
    void clearedChanged(bool cleared);
    void countsChanged(); // rows or lines of the store
    void timesChanged(PatchPanel::Ui::LogTimes times);
    void plainChanged(bool plain);
    void filesRequested(); // of the lines that are no longer kept

protected:
    void visitLines(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const override;
    LineFinder::Counter matchCounter(qsizetype from, qsizetype end) const override;
    QString leadOf(qsizetype line) const override;
    Look lookOf(qsizetype line) const override;
    int gutterWidth() const override;
    void paintGutter(QPainter &painter, qsizetype line, const QRect &area) const override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    // A row as it is painted.
    struct Shown {
        Log::Line entry = {}; // without its text
        QString text = {}; // cut when it is very long
        std::vector<Log::AnsiSpan> spans = {};
    };

    const Shown &shown(qsizetype row) const;
    Shown read(qsizetype row) const;
    void forgetShown();
    Span spanOf(const Log::AnsiSpan &span, const QColor &text) const;
    void showFrom(qsizetype index);
    void markDirty();
    void takeNewLines();
    void updatePill();
    void updateNote();
    QString timeOf(const Log::Line &entry) const;

    Log::Store &m_store;
    LogRows m_rows;
    bool m_following = true;
    LogTimes m_times = LogTimes::OfDay;
    RunStarts m_runStarts;
    bool m_isPlain = false;
    // What painting and laying out ask for again and again.
    mutable std::unordered_map<qsizetype, Shown> m_shown;
    mutable qsizetype m_shownBytes = 0;
    qsizetype m_rowsWhenStopped = 0;
    QBasicTimer m_repaint;
    QElapsedTimer m_sinceRepaint;
    QPushButton *m_pill;
    LogNote *m_note;
    std::unique_ptr<Log::Store::Subscription> m_subscription;
};

} // namespace PatchPanel::Ui
