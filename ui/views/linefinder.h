#pragma once

#include <QObject>
#include <QRegularExpression>
#include <QTimer>

#include <functional>
#include <vector>

namespace PatchPanel::Ui {

// Where find found something.
struct LineMatch {
    qsizetype line = 0;
    qsizetype column = 0;
    qsizetype length = 0;
};

// Finds every match in a growing list of lines, a slice at a time between events, so that the window stays alive
// while a large log is searched. The count is exact once isDone(). GUI thread; owned by the view whose lines it reads.
class LineFinder : public QObject {
    Q_OBJECT
public:
    enum Option { Plain = 0, Regex = 1, CaseSensitive = 2 };
    Q_DECLARE_FLAGS(Options, Option)

    struct Lines {
        std::function<qsizetype()> count;
        std::function<QString(qsizetype)> text;
    };

    explicit LineFinder(Lines lines, QObject *parent = nullptr);

    // Searches from the first line on; an empty pattern ends the search. For an invalid expression: the reason in
    // problem(), and nothing is found.
    void start(const QString &pattern, Options options);
    // The lines were replaced: search again.
    void restart();
    // Lines were added at the end.
    void resume();

    bool isActive() const { return !m_pattern.isEmpty(); }
    bool isDone() const { return !m_slice.isActive(); }
    QString problem() const { return m_problem; }
    const QRegularExpression &expression() const { return m_expression; }

    qsizetype matchCount() const { return static_cast<qsizetype>(m_matches.size()); }
    // -1: none is chosen yet.
    qsizetype currentIndex() const { return m_current; }
    const LineMatch *current() const;

    // Choose the next match (the first at or behind `fromLine` when none is chosen yet); wraps around.
    void next(qsizetype fromLine);
    void previous(qsizetype fromLine);

Q_SIGNALS:
    void changed(); // count, problem or pattern
    void currentChanged(const PatchPanel::Ui::LineMatch &match);

private:
    void searchSlice();
    void choose(qsizetype index);
    qsizetype firstAtOrBehind(qsizetype line) const;

    Lines m_lines;
    QString m_pattern;
    QRegularExpression m_expression;
    QString m_problem;
    std::vector<LineMatch> m_matches;
    qsizetype m_searched = 0;
    qsizetype m_current = -1;
    QTimer m_slice;
};

} // namespace PatchPanel::Ui

Q_DECLARE_OPERATORS_FOR_FLAGS(PatchPanel::Ui::LineFinder::Options)
