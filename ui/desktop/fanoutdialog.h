#pragma once

#include "app/fanoutrun.h"
#include "services/common/result.h"

#include <QDialog>
#include <QTimer>

#include <optional>

class QLineEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTableView;

namespace PatchPanel::Ui {

class Banner;
class FanOutModel;
class FanOutSession;
class PrimaryButton;
class ToneLabel;

// Runs a task in many workspaces: finds them by patterns, lets some of them be chosen, and shows what becomes of each.
// Stays open beside the window, which goes on. GUI thread; the session, which must outlive it, goes on without it.
class FanOutDialog : public QDialog {
    Q_OBJECT
public:
    // `room`: how many workspaces the runners can work on at once.
    FanOutDialog(FanOutSession *session, const QString &taskFile, int room, QWidget *parent);

    // Another task than that of a fan-out in progress counts when it is over.
    void setTask(const QString &taskFile);

Q_SIGNALS:
    void runActivated(const QString &runId); // to be shown

private:
    QWidget *makeFolderRow();
    QWidget *makeList();
    QWidget *makeButtonRow();
    void connectSession();
    void addFolder();
    QStringList patterns() const;
    void findWorkspaces();
    void takeWorkspaces(const Result<QStringList> &found);
    void tellUnfinished(const std::optional<App::FanOutCounts> &found);
    void start();
    void showProgress();
    void refresh();

    FanOutSession *m_session;
    QString m_taskFile;
    FanOutModel *m_model;
    Banner *m_banner;
    ToneLabel *m_task;
    QLineEdit *m_folders;
    QPushButton *m_add;
    ToneLabel *m_count;
    QTableView *m_list;
    QProgressBar *m_progress;
    ToneLabel *m_state;
    QSpinBox *m_atOnce;
    PrimaryButton *m_run;
    QPushButton *m_cancel;
    QTimer m_typing;
    int m_search = 0; // number of the last one
};

} // namespace PatchPanel::Ui
