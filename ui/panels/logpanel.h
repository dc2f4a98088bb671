#pragma once

#include "services/log/logstore.h"

#include <QWidget>

class QComboBox;
class QMenu;
class QPushButton;

namespace PatchPanel::Ui {

class ErrorLanding;
class FindBar;
class LogLineActions;
class LogView;
class OutputWatch;
class ToneLabel;

// The live log with its filters and find. What its buttons do is in the menus of the window, too.
class LogPanel : public QWidget {
    Q_OBJECT
public:
    explicit LogPanel(Log::Store &store, QWidget *parent = nullptr);

    LogView *view() const { return m_view; }
    FindBar *findBar() const { return m_find; }

    LogLineActions *lineActions() const { return m_lineActions; }
    // Behind the button at the end of the tool row; the window fills it.
    QMenu *moreMenu() const { return m_moreMenu; }

    void setServices(const QStringList &names);
    // The run that "This run" filters by, which has begun; empty: none yet. How long it is silent is told.
    void setRun(const QString &runId);
    void endRun();

    void focusFilter();
    // Shows only the lines of one service, run or step of a run, from the first on; a run whose step failed from the
    // first error of that.
    void showService(const QString &name);
    void showRun(const QByteArray &runId, std::optional<Phase> failed = {});
    void showStep(const QByteArray &runId, Phase phase);
    void showPhase(Phase phase); // of the run that was set
    // Shows the step, at its first error; the service, level and matches that were asked for hide none of it.
    void showFailure(Phase phase); // of the run that was set
    // Goes to that line among all that are shown, unless the user looks at others.
    void jumpToFailure(Phase phase);
    Log::Level level() const;
    void setLevel(Log::Level level); // the least that is shown
    void setOnlyThisRun(bool only);
    void setOnlyMatches(bool only); // of find
    bool showsOnlyMatches() const;

    void switchTimes(); // to the next kind

    // Asks for a line's number or a link to it, and goes there.
    void askForLine();
    void goTo(const QString &numberOrLink);

Q_SIGNALS:
    void onlyMatchesChanged(bool only);
    void onlyThisRunChanged(bool only, bool isPossible);
    void levelChanged(PatchPanel::Log::Level level);
    void silenceChanged(qint64 ms); // of the run; 0: it is not silent
    void said(const QString &text); // a sentence for the user

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeTools();
    void makeFilters();
    void connectTools();
    void fitTools();
    void applyFilter();
    void showChip();
    void showTimes();
    void showCounts();
    void showFirst();
    void showMoreMenu();

    Log::Store &m_store;
    LogView *m_view;
    FindBar *m_find;
    QWidget *m_heading;
    QComboBox *m_service;
    QComboBox *m_level;
    QPushButton *m_thisRun;
    QPushButton *m_chip; // the run or step that is shown, to end that
    QPushButton *m_follow;
    QPushButton *m_time;
    QPushButton *m_wrap;
    QPushButton *m_more;
    QMenu *m_moreMenu;
    ToneLabel *m_counts;
    QWidget *m_tools = nullptr;
    LogLineActions *m_lineActions;
    OutputWatch *m_watch;
    ErrorLanding *m_landing;
    QByteArray m_runId;
    QByteArray m_shownRun; // empty: of all, but for "This run"
    std::optional<Phase> m_phase;
};

} // namespace PatchPanel::Ui
