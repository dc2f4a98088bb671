#pragma once

#include "services/log/logstore.h"

#include <QWidget>

class QComboBox;
class QPushButton;

namespace PatchPanel::Ui {

class FindBar;
class LogView;
class ToneLabel;

// The live log with its filters and find.
class LogPanel : public QWidget {
    Q_OBJECT
public:
    explicit LogPanel(Log::Store &store, QWidget *parent = nullptr);

    LogView *view() const { return m_view; }
    FindBar *findBar() const { return m_find; }

    void setServices(const QStringList &names);
    // The run that "This run" filters by; empty: none yet.
    void setRun(const QString &runId);
    void showRun(); // only the lines of the run, from its first on
    void focusFilter();
    void showService(const QString &name); // only its lines
    // Shows only that step's lines, from its first on.
    void showPhase(Phase phase);
    void setShowsTime(bool shows);

Q_SIGNALS:
    void showsTimeChanged(bool shows);

private:
    QWidget *makeTools();
    void applyFilter();
    void showCounts();

    Log::Store &m_store;
    LogView *m_view;
    FindBar *m_find;
    QComboBox *m_service;
    QComboBox *m_level;
    QPushButton *m_thisRun;
    QPushButton *m_phaseChip;
    QPushButton *m_follow;
    QPushButton *m_time;
    ToneLabel *m_counts;
    QByteArray m_runId;
    std::optional<Phase> m_phase;
};

} // namespace PatchPanel::Ui
