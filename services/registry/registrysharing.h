#pragma once

#include "services/common/complaintpause.h"
#include "services/log/logwriter.h"
#include "services/registry/serviceregistry.h"
#include "services/registry/sharedledger.h"

#include <QThreadPool>
#include <QTimer>

namespace PatchPanel::Registry {

// Keeps a registry and all others that share a store with it alike: tells them what its clients do, within 100 ms, and
// their heartbeats twice a second, and hears as often what others tell. While the store cannot be reached, which is
// logged once a minute, the registry goes on with what it knows; for some minutes it takes services that it heard of
// elsewhere to be as well as they were. Lives on the registry's thread; asks on a thread of its own. Owned by
// RegistryService; the registry must outlive it.
class RegistrySharing : public QObject {
    Q_OBJECT
public:
    static constexpr std::chrono::minutes longestExcuse{10};

    struct Options {
        QString nodeAddress = {}; // of services that have none
        QByteArray token = {}; // what is told is signed with it
        std::chrono::milliseconds interval = std::chrono::milliseconds(500); // between two turns without changes
    };

    // What the registry knows already was restored from before.
    RegistrySharing(ServiceRegistry &registry, std::unique_ptr<Storage::SharedServices> services, Options options,
                    Log::Writer log, QObject *parent = nullptr);
    // Tells what is left, when the store can be reached.
    ~RegistrySharing() override;

private:
    void onChangedHere(const QString &id);
    SharedParts partsOf(const ServiceInstance &instance) const;
    void turnSoon();
    void turn();
    void onTurn(const Result<Storage::SharedTurn> &turn);
    void onFailure(const Error &error);
    void apply(const SharedLedger::News &news);

    ServiceRegistry &m_registry;
    const std::unique_ptr<Storage::SharedServices> m_services; // of the worker, while one works
    const Options m_options;
    Log::Writer m_log;
    SharedLedger m_ledger;
    Storage::SharedCursor m_cursor;
    QTimer m_timer;
    bool m_isAsking = false;
    std::optional<Check::Time> m_failingSince;
    ComplaintPause m_complaint;
    Check::Time m_lastHeard; // or excused
    QThreadPool m_worker;
};

// Those who share: registries with the same token. Nobody can tell the token from it.
QByteArray sharingGroup(const QByteArray &token);

} // namespace PatchPanel::Registry
