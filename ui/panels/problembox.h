#pragma once

#include "services/common/error.h"

#include <QWidget>

class QListView;
class QStackedWidget;

namespace PatchPanel::Ui {

class DiffView;
class ProblemsModel;
class TextView;
class ToneLabel;

// Why a task cannot run: every problem in red, and for the selected one what and where, what to do, and the expected
// text beside what stands at the nearest place. GUI thread.
class ProblemBox : public QWidget {
    Q_OBJECT
public:
    explicit ProblemBox(QWidget *parent = nullptr);

    void setError(const Error &error);
    // Of the selected problem.
    QString message() const;
    QListView *list() const { return m_list; }
    // Expected and found; not visible where not both are told.
    DiffView *comparison() const { return m_comparison; }
    // What was expected, where nothing is found.
    TextView *expected() const { return m_expected; }

private:
    QWidget *makeDetails();
    void showProblem(int row);

    ProblemsModel *m_problems;
    QListView *m_list;
    ToneLabel *m_count;
    ToneLabel *m_message;
    ToneLabel *m_where;
    ToneLabel *m_hint;
    ToneLabel *m_found; // short, or the headings of what follows
    ToneLabel *m_expectedHeading;
    QWidget *m_headings;
    QStackedWidget *m_texts; // comparison, expected text, or nothing
    DiffView *m_comparison;
    TextView *m_expected;
};

} // namespace PatchPanel::Ui
