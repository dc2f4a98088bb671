#pragma once

#include "services/relay/runrequest.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QSplitter;
class QStackedWidget;
class QTableView;

namespace PatchPanel::Ui {

class ChangesModel;
class DiffView;
class GatesModel;
class PlanSummary;
class ProblemBox;
class ToneLabel;

// What the task would do: changed files with their diffs, the commands it runs word for word, warnings; or why it
// cannot run.
class PlanPanel : public QWidget {
    Q_OBJECT
public:
    explicit PlanPanel(QWidget *parent = nullptr);

    void showEmpty();
    // The old plan stays, dimmed; the bar comes only when it takes a while.
    void startPreview();
    void showPreview(const Relay::RunOutcome &preview);

    DiffView *diffView() const { return m_diff; }
    const PlanSummary *summary() const { return m_summary; }

    // Across files.
    void showNextChange();
    void showPreviousChange();

Q_SIGNALS:
    void openRequested();

private:
    QWidget *makeEmptyPage();
    QWidget *makePlanPage();
    QWidget *makeFilesPane();
    void endPreview();
    void showFile(int row);
    void setWarnings(const QStringList &warnings);

    QStackedWidget *m_pages;
    QProgressBar *m_progress;
    QTimer m_progressDelay;
    PlanSummary *m_summary;
    QStackedWidget *m_body; // diff, problem, or a word when nothing changes
    ChangesModel *m_changes;
    QTableView *m_files;
    DiffView *m_diff;
    ProblemBox *m_problem;
    ToneLabel *m_nothing;
    ToneLabel *m_warnings;
    GatesModel *m_gates;
    QTableView *m_gateTable;
    QSplitter *m_split;
};

} // namespace PatchPanel::Ui
