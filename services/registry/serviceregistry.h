#pragma once

#include "services/common/clock.h"
#include "services/common/result.h"
#include "services/registry/learnedservice.h"
#include "services/registry/registrystate.h"
#include "services/registry/serviceinstance.h"

#include <QHash>
#include <QMap>
#include <QObject>
#include <QSet>

#include <optional>

namespace PatchPanel::Registry {

// Who is there and whether it is well: instances, their leases, and an index for each service that moves with every
// change a client can see and with nothing else. Time passes only in sweep(), which must be called at least every
// sweepInterval: a longer pause means that nobody could send heartbeats, and gives every lease its whole time again.
// Lives on the registry's thread; owned by RegistryService.
class ServiceRegistry : public QObject {
    Q_OBJECT
public:
    static constexpr std::chrono::seconds sweepInterval{5};
    // When more than half and at least so many instances of a service fall silent together, the fault is more likely
    // on the way to them: their leases end one sweep later.
    static constexpr qsizetype massExpiryLeast = 3;

    // `clock` goes on while the machine sleeps.
    explicit ServiceRegistry(MonotonicClock clock, QObject *parent = nullptr);
    ~ServiceRegistry() override;

    // Adds the instance, or replaces the one of the same id: checks that it had keep status and output unless the new
    // definition states a status, and every lease restarts. BadRequest: no name, no TTL, a check id of another
    // instance.
    Result<void> registerService(ServiceDefinition definition);
    // NotFound.
    Result<void> deregisterService(const QString &id);
    // An instance in maintenance has one more check, which is critical. NotFound.
    Result<void> enterMaintenance(const QString &id, const QString &reason);
    Result<void> leaveMaintenance(const QString &id);
    // A heartbeat: sets status and output, restarts the lease. NotFound: the caller should register again.
    Result<void> updateCheck(const QString &checkId, CheckStatus status, const QString &output);
    // Ends leases and removes instances whose time has come. Costs nothing while no time has come.
    void sweep();

    // What outlives the process. Leases do not: after restore() each has its whole time again, and no index is told
    // twice, however much was told and not saved.
    RegistryState state() const;
    // Precondition: nothing is registered. BadRequest when the state contradicts itself; then nothing is.
    Result<void> restore(const RegistryState &state);

    // What other registries tell. It is not told again by changedHere() and beatHere(), and moves no index when a
    // client sees no difference. BadRequest as for registerService().
    Result<void> learn(const LearnedService &learned);
    void hear(const QString &id, const QString &checkId, const HeardCheck &heard);
    void forget(const QString &id); // it was removed elsewhere
    // For so long nobody could tell: the leases that are kept alive elsewhere begin anew.
    void excuseElsewhere(std::chrono::steady_clock::duration pause);

    QList<ServiceInstance> instances() const; // by id
    std::optional<ServiceInstance> find(const QString &id) const;
    QList<ServiceInstance> instancesOf(const QString &name) const; // by id; empty for a name nobody has
    qsizetype instanceCount() const { return m_instances.size(); }

    // The index of the newest change of all; > 0.
    quint64 index() const { return m_index; }
    // The index of the newest change of who is registered and with what, whatever their health; > 0.
    quint64 catalogIndex() const { return m_catalogIndex; }
    // The index of the newest change of a service. For a name nobody has: when a service last lost its last instance,
    // so that whoever waits for a service sees it go. > 0.
    quint64 indexOf(const QString &name) const;

    std::chrono::steady_clock::time_point now() const { return m_clock(); }

Q_SIGNALS:
    void serviceRegistered(const PatchPanel::Registry::ServiceInstance &instance); // new or changed
    void serviceDeregistered(const PatchPanel::Registry::ServiceInstance &instance);
    void leaseExpired(const PatchPanel::Registry::ServiceInstance &instance, const QString &checkId);
    void serviceReaped(const PatchPanel::Registry::ServiceInstance &instance); // critical for too long
    void serviceChanged(const QString &name, quint64 index);
    // What a client of this registry did: registered, removed or changed a service, or sent a heartbeat of it.
    void changedHere(const QString &id);
    void beatHere(const QString &id, const QString &checkId);
    // `silent` of `leased` instances are about to expire: they wait for one sweep more.
    void expiryHeld(const QString &name, qsizetype silent, qsizetype leased);
    void suspensionNoticed(std::chrono::steady_clock::duration pause); // every lease began anew

private:
    struct Name {
        QList<QString> ids = {}; // sorted
        quint64 index = 0;
        std::optional<Check::Time> expiryHeldUntil = {};
    };

    Result<void> validate(const ServiceDefinition &definition) const;
    ServiceInstance merged(ServiceDefinition definition, const ServiceInstance *previous) const;
    void store(const ServiceInstance &instance);
    std::optional<ServiceInstance> take(const QString &id);
    void forgetChecksOf(const ServiceInstance &instance);
    void noticeSuspension();
    QSet<QString> namesToHold();
    void expireLeases(const QString &id);
    bool isToBeReaped(const ServiceInstance &instance) const;
    void moveIndex(const QString &name);
    void moveCatalogIndex(const QString &name);
    void note(const Check &check);
    void noteAll();
    Result<void> restore(const RegistryState::Instance &saved);

    MonotonicClock m_clock;
    QMap<QString, ServiceInstance> m_instances;
    QHash<QString, Name> m_names;
    QHash<QString, QString> m_ownerOfCheck; // check id → service id
    quint64 m_index = 1;
    quint64 m_catalogIndex = 1;
    quint64 m_extinctionIndex = 1; // of the newest removal of a last instance
    Check::Time m_lastSweep;
    std::optional<Check::Time> m_nextDue; // nothing happens by itself before; it may be too early, never too late
};

} // namespace PatchPanel::Registry
