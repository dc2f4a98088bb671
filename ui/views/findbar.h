#pragma once

#include "ui/views/linefinder.h"

#include <QWidget>

class QLineEdit;
class QToolButton;

namespace PatchPanel::Ui {

class LineView;
class ToneLabel;

// The find field of a line view, or of several that are searched as one: text, regular expression, case, exact count,
// next and previous.
class FindBar : public QWidget {
    Q_OBJECT
public:
    struct Target {
        LineFinder &finder;
        QWidget *view; // gets the focus back
        std::function<qsizetype()> firstVisibleLine; // where the search begins
    };

    // `what` completes the accessible names: "Find in the log".
    FindBar(const Target &target, const QString &what, QWidget *parent = nullptr);
    FindBar(LineView *view, const QString &what, QWidget *parent = nullptr);

    void activate(); // focus, with the old text selected
    void findNext();
    void findPrevious();

    // Adds a button that does what Esc does.
    void offerClose();
    // Adds a button that asks for nothing but the matching lines to be shown.
    void offerOnlyMatches();
    bool wantsOnlyMatches() const;
    void setOnlyMatches(bool only);
    QString pattern() const;
    LineFinder::Options options() const;

Q_SIGNALS:
    void closed(); // by Esc; nothing is searched for any more
    void searched(); // for another pattern, in another way
    void onlyMatchesChanged(bool only);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void close();
    void search();
    void showCount();

    Target m_target;
    QLineEdit *m_text;
    QToolButton *m_regex;
    QToolButton *m_case;
    QToolButton *m_only;
    QToolButton *m_close;
    ToneLabel *m_count;
};

} // namespace PatchPanel::Ui
