#pragma once

#include "services/relay/runrequest.h"

#include <QTimer>
#include <QWidget>

class QAction;
class QProgressBar;
class QSplitter;
class QStackedWidget;
class QVBoxLayout;

namespace PatchPanel::Ui {

class DiffPane;
class DiffView;
class FileList;
class FindBar;
class GateTable;
class PlanSummary;
class ProblemBox;
class ToneLabel;
class Veil;
struct ChangedFile;

// What the task would do: changed files with their diffs, the commands it runs word for word, warnings; or why it
// cannot run.
class PlanPanel : public QWidget {
    Q_OBJECT
public:
    explicit PlanPanel(QWidget *parent = nullptr);

    void showEmpty();
    // The tasks that were opened last, the newest first: the empty plan offers some of them.
    void setRecent(const QStringList &paths);
    // The old plan stays, dimmed; the bar comes only when it takes a while.
    void startPreview();
    void showPreview(const Relay::RunOutcome &preview);

    DiffView *diffView() const;
    DiffPane *diffPane() const { return m_diff; }
    FileList *fileList() const { return m_files; }
    const PlanSummary *summary() const { return m_summary; }
    QString warningsText() const;
    // What the diff's buttons and its context menu do, for the window's menus: of the view, and of files.
    QList<QAction *> viewActions() const;
    QList<QAction *> fileActions() const { return {m_savePlan, m_saveFile}; }

    // Writes the diffs of these files as one patch, on another thread.
    void savePatch(const QList<ChangedFile> &files, const QString &path);

    // In the diff that is shown; false: none is.
    bool activateFind();
    FindBar *openFindBar() const; // null: it is closed, or no diff is shown

    // Across files.
    void showNextChange();
    void showPreviousChange();

Q_SIGNALS:
    void openRequested();
    void exampleRequested();
    void taskPicked(const QString &path); // one of the recent ones
    void patchSaved(const QString &path, const QString &message);
    void patchSaveFailed(const PatchPanel::Error &error);

private:
    QWidget *makeEmptyPage();
    QWidget *makePlanPage();
    QWidget *makeFilesPane();
    QWidget *makeTools();
    void makeActions();
    void endPreview();
    void showFile();
    void showNote();
    void chooseAndSave(const QList<ChangedFile> &files, const QString &name);
    void setWarnings(const QStringList &warnings);

    QStackedWidget *m_pages;
    Veil *m_veil; // over the old plan while a new one is made
    QVBoxLayout *m_recent; // on the empty page
    QProgressBar *m_progress;
    QTimer m_progressDelay;
    PlanSummary *m_summary;
    QStackedWidget *m_body; // diff, problem, or a word when nothing changes
    FileList *m_files;
    DiffPane *m_diff;
    ToneLabel *m_note;
    QAction *m_savePlan;
    QAction *m_saveFile;
    ProblemBox *m_problem;
    ToneLabel *m_nothing;
    ToneLabel *m_warnings;
    GateTable *m_gates;
    QSplitter *m_split;
    QString m_workspace; // of the plan; empty: not known
    QString m_planName; // of the task, for a file
};

} // namespace PatchPanel::Ui
