#pragma once

#include "ui/models/matchcount.h"

#include <QElapsedTimer>
#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QDeadlineTimer;

namespace PatchPanel::Ui {

// Where find found something.
struct LineMatch {
    qsizetype line = 0;
    qsizetype column = 0;
    qsizetype length = 0;
};

// Counts every match in a growing list of lines, so that the window stays alive while a large log is searched: on other
// threads where the lines allow it, else a slice at a time between events. Keeps how many matches a block of lines has,
// not where each of them is: that is looked up when it is gone to, also ahead of the counting. The count is exact once
// isDone(). GUI thread; owned by the view whose lines it reads.
class LineFinder : public QObject {
    Q_OBJECT
public:
    using Option = TextMatcher::Option;
    using Options = TextMatcher::Options;
    static constexpr Option Plain = TextMatcher::Plain;
    static constexpr Option Regex = TextMatcher::Regex;
    static constexpr Option CaseSensitive = TextMatcher::CaseSensitive;

    // Returns whether to go on with the next line.
    using Visitor = std::function<bool(qsizetype line, QByteArrayView utf8)>;

    // Counts in some lines on another thread.
    using Counter = std::function<MatchCounts(const TextMatcher &, const std::atomic<bool> &isCancelled)>;

    struct Lines {
        std::function<qsizetype()> first; // of the lines that are there
        std::function<qsizetype()> count; // one behind the last
        std::function<QString(qsizetype)> text;
        std::function<void(qsizetype from, qsizetype end, const Visitor &)> visit; // with the text as it is shown
        // Null results: only the GUI thread may look at the lines.
        std::function<Counter(qsizetype from, qsizetype end)> counter = {};
    };

    explicit LineFinder(Lines lines, QObject *parent = nullptr);
    ~LineFinder() override;

    // Searches from the first line on; an empty pattern ends the search. For an invalid expression: the reason in
    // problem(), and nothing is found.
    void start(const QString &pattern, Options options);
    // The lines were replaced: search again.
    void restart();
    // Lines were added at the end, or some at the front are no longer there.
    void resume();

    bool isActive() const { return !m_pattern.isEmpty(); }
    bool isDone() const { return !m_slice.isActive() && m_partsOnTheirWay == 0; }
    QString problem() const { return m_problem; }
    // All matches in a line's text; none while nothing can be found.
    std::vector<TextMatcher::Span> matchesIn(const QString &text) const;

    // Of the lines counted so far.
    qsizetype matchCount() const { return m_total; }
    // -1: none is chosen, or the lines before it are not counted yet.
    qsizetype currentIndex() const;
    const LineMatch *current() const { return m_current ? &*m_current : nullptr; }

    // Choose the next match (the first at or behind `fromLine` when none is chosen yet); wraps around. In a large log
    // without one nearby it is chosen later.
    void next(qsizetype fromLine) { seek(Direction::Forward, fromLine); }
    void previous(qsizetype fromLine) { seek(Direction::Backward, fromLine); }

Q_SIGNALS:
    void changed(); // count, problem or pattern
    void currentChanged(const PatchPanel::Ui::LineMatch &match);

private:
    enum class Direction { Forward, Backward };

    // A way through the lines to a match that is not found yet: `line` is looked at next.
    struct Search {
        Direction direction;
        qsizetype line;
        bool wrapped = false;
    };

    bool canFind() const { return isActive() && m_problem.isEmpty(); }
    // Lines that are counted on another thread.
    struct Part {
        qsizetype from;
        qsizetype end;
        MatchCounts counts;
    };

    void workSlice();
    void tellChanges();
    bool sendParts();
    void takePart(quint64 search, Part part);
    void addCounts(const Part &part);
    void giveUpParts();
    static QString tooComplex(qsizetype line);
    void countSome(const QDeadlineTimer &deadline);
    qsizetype countLines(qsizetype from, qsizetype end) const;
    void forgetBefore(qsizetype first);

    void seek(Direction direction, qsizetype fromLine);
    bool chooseInCurrentLine(Direction direction);
    void searchSome(const QDeadlineTimer &deadline);
    std::optional<qsizetype> matchingLine(Direction direction, qsizetype from, qsizetype end) const;
    bool isKnownEmpty(qsizetype block) const;
    void choose(qsizetype line, const TextMatcher::Span &span);

    Lines m_lines;
    QString m_pattern;
    Options m_options;
    TextMatcher m_matcher;
    QString m_problem;
    std::vector<quint32> m_counts; // matches in each block of lines
    qsizetype m_first = 0; // lines before are not counted: they are gone
    qsizetype m_searched = 0; // lines before are counted
    qsizetype m_total = 0;
    std::optional<LineMatch> m_current;
    mutable std::optional<qsizetype> m_currentIndex;
    std::optional<Search> m_search;
    quint64 m_number = 0; // of the search
    std::shared_ptr<std::atomic<bool>> m_isCancelled; // the parts that are on their way
    int m_partsOnTheirWay = 0;
    qsizetype m_sent = 0; // lines before are counted or on their way
    std::vector<Part> m_early; // those before them are on their way
    QThreadPool m_threads;
    QElapsedTimer m_told; // since changed() was emitted
    QTimer m_slice;
};

} // namespace PatchPanel::Ui
