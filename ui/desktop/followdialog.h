#pragma once

#include "services/log/logstore.h"
#include "ui/style/colors.h"

#include <QByteArray>
#include <QDialog>

#include <memory>

class QLineEdit;
class QPushButton;

namespace PatchPanel::App {
class SharedRunFollower;
}

namespace PatchPanel::Ui {

class LogView;
class ToneLabel;

// Follows a run of any machine by its id, as its runner tells it to Redis: its log as it grows, and its result. Stays
// open beside the window. GUI thread.
class FollowDialog : public QDialog {
    Q_OBJECT
public:
    FollowDialog(const QString &redisUrl, QWidget *parent);
    ~FollowDialog() override;

private:
    void follow();
    void showState(const QString &text, Tone tone);
    void refresh();

    const QString m_redisUrl;
    QLineEdit *m_runId;
    QPushButton *m_follow;
    QPushButton *m_copy;
    ToneLabel *m_state;
    Log::Store m_store;
    LogView *m_log;
    QByteArray m_result; // JSON; empty until the run has ended
    std::unique_ptr<App::SharedRunFollower> m_follower;
};

} // namespace PatchPanel::Ui
