#pragma once

#include "app/servicehost.h"

#include <QObject>

namespace PatchPanel::Ui {

class RunsModel;
struct ListedRun;

// Which runs are listed.
struct RunFilter {
    QString text = {}; // anywhere in what the history knows of a run; empty: all
    std::optional<RunStatus> status = {};

    bool isEmpty() const { return text.isEmpty() && !status; }
    bool operator==(const RunFilter &) const = default;
};

// Reads past runs from a runner, page by page, and single ones with their reports, and has them forgotten. GUI thread;
// the host must outlive it.
class PastRuns : public QObject {
    Q_OBJECT
public:
    explicit PastRuns(App::ServiceHost &host, QObject *parent = nullptr);

    RunsModel *model() const { return m_model; }
    const RunFilter &filter() const { return m_filter; }

    void setFilter(const RunFilter &filter); // loads anew
    void reload(); // the first page; what is shown stays until it is there
    void open(const QString &runId);
    // Removes it from the history: removed(), and loads anew.
    void remove(const QString &runId);
    // Asks for the newest run that was interrupted: interruptedFound(), unless there is none.
    void findInterrupted();

Q_SIGNALS:
    void loaded(); // the first page is in the model
    void loadFailed(const PatchPanel::Error &error);
    void opened(const PatchPanel::Relay::RunOutcome &run);
    void openFailed(const QString &runId, const PatchPanel::Error &error);
    void removed(const QString &runId);
    void removeFailed(const PatchPanel::Error &error);
    void interruptedFound(const PatchPanel::Ui::ListedRun &run);
    // Follows opened(); Markdown, or why there is no report.
    void reportLoaded(const QString &runId, const QByteArray &text);

private:
    void loadMore();
    quint64 requestPage(const QString &cursor);
    void take(quint64 ticket, const Relay::LookupAnswer &answer);
    void takePage(const Relay::LookupAnswer &answer, bool isFirst);
    void takeRun(const Relay::LookupAnswer &answer);
    void takeInterrupted(const Relay::LookupAnswer &answer);

    App::ServiceHost &m_host;
    RunsModel *m_model;
    RunFilter m_filter;
    QString m_cursor; // of the next page; empty: there is none
    QString m_openId;
    quint64 m_firstTicket = 0; // of the last request of each kind; 0: none on its way
    quint64 m_moreTicket = 0;
    quint64 m_runTicket = 0;
    quint64 m_reportTicket = 0;
    quint64 m_removeTicket = 0;
    QString m_removeId;
    quint64 m_interruptedTicket = 0;
};

} // namespace PatchPanel::Ui
