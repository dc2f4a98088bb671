#pragma once

#include "services/http/client.h"
#include "services/log/logwriter.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <QUrl>

#include <chrono>
#include <functional>

namespace PatchPanel::Runner {

struct RegistrationOptions {
    QUrl registry = {};
    Http::ClientOptions client = {};
    QString id = {}; // of the instance, unlike that of any other runner; the service's name is "runner"
    QString name = {}; // what a person calls it
    int slots = 1; // runs it does at once
    QString history = {}; // which one its runs and their keys are recorded in; empty: none
    QUrl address = {}; // where the runner serves
    std::chrono::milliseconds heartbeat = std::chrono::seconds(5);
    std::chrono::milliseconds lease = std::chrono::seconds(15);
};

// Keeps a runner known to the registry: registers it with a lease, sends heartbeats, registers again when the registry
// forgot it, and takes it out at the end. A registry that is lost is tried again for ever (250 ms doubling to 5 s) and
// logged once a minute. Lives on the service's thread.
class Registration : public QObject {
    Q_OBJECT
public:
    // The note of a heartbeat: "draining", or short JSON about the load.
    using Note = std::function<QByteArray()>;

    Registration(RegistrationOptions options, Note note, Log::Writer log, QObject *parent = nullptr);

    void start();
    // Sends a heartbeat now, because the note changed or the registry is there again; registers where it was lost.
    void beat();
    // Deregisters, for at most two seconds, then `ended`.
    void end();

Q_SIGNALS:
    void registered(); // each time
    void refused(const PatchPanel::Error &error); // the registry answered that it never will (400, 401, 403)
    void ended();

private:
    void registerService();
    void onRegistered(const Http::Reply &reply);
    void onBeat(const Http::Reply &reply);
    void onLost(const Http::Reply &reply);
    void put(const QString &path, const QUrlQuery &query, const QByteArray &body,
             void (Registration::*done)(const Http::Reply &));
    QJsonObject description() const;

    RegistrationOptions m_options;
    Note m_note;
    Log::Writer m_log;
    Http::Client m_client;
    QTimer m_timer; // to the next heartbeat or attempt
    QElapsedTimer m_sinceComplaint;
    int m_failures = 0; // in a row
    bool m_known = false; // the registry has us
    bool m_busy = false; // a request is on its way
    bool m_ending = false;
};

} // namespace PatchPanel::Runner
