#include "services/registry/serviceregistry.h"

#include <algorithm>

namespace PatchPanel::Registry {

namespace {

// More changes than a registry can tell of between two times it is saved.
constexpr quint64 indexLeap = 1'000'000;

Error unknownService(const QString &id)
{
    return Error{
        ErrorCode::NotFound,
        QStringLiteral("Unknown service ID \"%1\". Ensure that the service ID is passed, not the service name.")
            .arg(id)};
}

Error badRequest(const QString &message)
{
    return Error{ErrorCode::BadRequest, message};
}

// How the instances of one service that hold leases stand.
struct Leases {
    qsizetype held = 0;
    qsizetype silent = 0;
    bool isAnyOver = false;
};

bool isMassExpiry(const Leases &leases)
{
    return leases.isAnyOver && leases.silent >= ServiceRegistry::massExpiryLeast && leases.silent * 2 > leases.held;
}

void count(Leases &leases, const QList<Check> &checks, Check::Time now)
{
    const auto any = [&checks](const auto &predicate) {
        return std::any_of(checks.begin(), checks.end(), predicate);
    };
    leases.held += any([](const Check &check) { return check.hasLeaseToLose(); }) ? 1 : 0;
    leases.silent +=
        any([now](const Check &check) { return check.isSilent(now, ServiceRegistry::sweepInterval); }) ? 1 : 0;
    leases.isAnyOver = leases.isAnyOver || any([now](const Check &check) { return check.isSilent(now, {}); });
}

} // namespace

ServiceRegistry::ServiceRegistry(MonotonicClock clock, QObject *parent)
    : QObject(parent)
    , m_clock(std::move(clock))
    , m_lastSweep(now())
{
}

ServiceRegistry::~ServiceRegistry() = default;

Result<void> ServiceRegistry::registerService(ServiceDefinition definition)
{
    complete(definition);
    if (Result<void> valid = validate(definition); !valid) {
        return valid;
    }
    const std::optional<ServiceInstance> previous = find(definition.id);
    if (previous && previous->definition.name != definition.name) {
        (void)take(definition.id);
    }
    const ServiceInstance instance = merged(std::move(definition), previous ? &*previous : nullptr);
    store(instance);
    if (!previous || !looksLike(*previous, instance)) {
        if (!previous || previous->definition != instance.definition) {
            moveCatalogIndex(instance.definition.name);
        } else {
            moveIndex(instance.definition.name);
        }
        Q_EMIT serviceRegistered(instance);
    }
    Q_EMIT changedHere(instance.definition.id);
    for (const CheckDefinition &check : instance.definition.checks) {
        Q_EMIT beatHere(instance.definition.id, check.id);
    }
    return {};
}

Result<void> ServiceRegistry::deregisterService(const QString &id)
{
    const std::optional<ServiceInstance> removed = take(id);
    if (!removed) {
        return unknownService(id);
    }
    Q_EMIT serviceDeregistered(*removed);
    Q_EMIT changedHere(id);
    return {};
}

Result<void> ServiceRegistry::enterMaintenance(const QString &id, const QString &reason)
{
    const auto found = m_instances.find(id);
    if (found == m_instances.end()) {
        return unknownService(id);
    }
    Check check = maintenanceCheck(id, reason, now());
    check.createIndex = check.modifyIndex = m_index + 1;
    if (Check *const current = found->findCheck(check.definition.id)) {
        if (current->looksLike(check)) {
            return {};
        }
        check.createIndex = current->createIndex;
        *current = check;
    } else {
        found->checks.append(check);
    }
    moveIndex(found->definition.name);
    Q_EMIT changedHere(id);
    return {};
}

Result<void> ServiceRegistry::leaveMaintenance(const QString &id)
{
    const auto found = m_instances.find(id);
    if (found == m_instances.end()) {
        return unknownService(id);
    }
    const QString checkId = maintenanceCheckId(id);
    if (found->checks.removeIf([&checkId](const Check &check) { return check.definition.id == checkId; }) > 0) {
        moveIndex(found->definition.name);
        Q_EMIT changedHere(id);
    }
    return {};
}

Result<void> ServiceRegistry::updateCheck(const QString &checkId, CheckStatus status, const QString &output)
{
    const auto owner = m_instances.find(m_ownerOfCheck.value(checkId));
    if (owner == m_instances.end()) {
        return Error{ErrorCode::NotFound,
                     QStringLiteral("Unknown check ID \"%1\". Ensure that the check ID is passed, not the check name.")
                         .arg(checkId)};
    }
    Check &check = *owner->findCheck(checkId);
    const bool isChanged = check.status != status || check.output != output;
    check.beat(status, output, now());
    note(check);
    if (isChanged) {
        check.modifyIndex = m_index + 1;
        moveIndex(owner->definition.name);
        Q_EMIT changedHere(owner->definition.id);
    }
    Q_EMIT beatHere(owner->definition.id, checkId);
    return {};
}

void ServiceRegistry::sweep()
{
    noticeSuspension();
    if (!m_nextDue || now() < *m_nextDue) {
        return;
    }
    const QSet<QString> held = namesToHold();
    const QList<QString> ids = m_instances.keys();
    for (const QString &id : ids) {
        if (!held.contains(m_instances[id].definition.name)) {
            expireLeases(id);
        }
        if (isToBeReaped(m_instances[id])) {
            Q_EMIT serviceReaped(*take(id));
        }
    }
    noteAll();
}

// A process that was stopped, or a machine that slept, could not hear heartbeats.
void ServiceRegistry::noticeSuspension()
{
    const Check::Time time = now();
    const auto pause = time - std::exchange(m_lastSweep, time);
    if (pause <= 2 * sweepInterval) {
        return;
    }
    for (ServiceInstance &instance : m_instances) {
        for (Check &check : instance.checks) {
            check.excuse(time, pause);
        }
    }
    noteAll();
    Q_EMIT suspensionNoticed(pause);
}

QSet<QString> ServiceRegistry::namesToHold()
{
    const Check::Time time = now();
    QHash<QString, Leases> leasesOf;
    for (const ServiceInstance &instance : std::as_const(m_instances)) {
        count(leasesOf[instance.definition.name], instance.checks, time);
    }
    QSet<QString> held;
    for (auto leases = leasesOf.constBegin(); leases != leasesOf.constEnd(); ++leases) {
        std::optional<Check::Time> &until = m_names[leases.key()].expiryHeldUntil;
        if (!isMassExpiry(*leases)) {
            until.reset();
            continue;
        }
        if (!until) {
            until = time + sweepInterval;
            Q_EMIT expiryHeld(leases.key(), leases->silent, leases->held);
        }
        if (time < *until) {
            held.insert(leases.key());
        } else {
            until.reset();
        }
    }
    return held;
}

RegistryState ServiceRegistry::state() const
{
    RegistryState state{.index = m_index};
    for (const ServiceInstance &instance : m_instances) {
        RegistryState::Instance saved{.definition = instance.definition};
        for (CheckDefinition &definition : saved.definition.checks) {
            const Check *const check = instance.findCheck(definition.id);
            definition.status = check->status;
            if (!check->output.isEmpty()) {
                saved.outputs.insert(definition.id, check->output);
            }
        }
        if (const Check *const maintenance = instance.findCheck(maintenanceCheckId(instance.definition.id))) {
            saved.maintenance = maintenance->definition.notes;
        }
        state.instances.append(saved);
    }
    return state;
}

Result<void> ServiceRegistry::restore(const RegistryState &state)
{
    m_index = m_catalogIndex = m_extinctionIndex = state.index + indexLeap;
    for (const RegistryState::Instance &saved : state.instances) {
        if (Result<void> restored = restore(saved); !restored) {
            m_instances.clear();
            m_names.clear();
            m_ownerOfCheck.clear();
            m_nextDue.reset();
            return restored;
        }
    }
    return {};
}

Result<void> ServiceRegistry::restore(const RegistryState::Instance &saved)
{
    ServiceDefinition definition = saved.definition;
    complete(definition);
    if (m_instances.contains(definition.id)) {
        return badRequest(QStringLiteral("Service ID \"%1\" stands twice.").arg(definition.id));
    }
    if (Result<void> valid = validate(definition); !valid) {
        return valid;
    }
    ServiceInstance instance = merged(std::move(definition), nullptr);
    for (Check &check : instance.checks) {
        check.output = saved.outputs.value(check.definition.id);
        check.lastBeat.reset();
        if (check.status == CheckStatus::Critical) {
            check.leaseEnd.reset(); // it may have ended long ago, and there is nothing left to lose
        }
        check.createIndex = check.modifyIndex = m_index;
    }
    if (saved.maintenance) {
        instance.checks.append(maintenanceCheck(instance.definition.id, *saved.maintenance, now()));
    }
    instance.createIndex = instance.modifyIndex = m_index;
    store(instance);
    m_names[instance.definition.name].index = m_index;
    return {};
}

QList<ServiceInstance> ServiceRegistry::instances() const
{
    return m_instances.values();
}

std::optional<ServiceInstance> ServiceRegistry::find(const QString &id) const
{
    const auto found = m_instances.constFind(id);
    return found == m_instances.constEnd() ? std::nullopt : std::optional(*found);
}

QList<ServiceInstance> ServiceRegistry::instancesOf(const QString &name) const
{
    QList<ServiceInstance> found;
    const QList<QString> ids = m_names.value(name).ids;
    for (const QString &id : ids) {
        found.append(*m_instances.constFind(id));
    }
    return found;
}

quint64 ServiceRegistry::indexOf(const QString &name) const
{
    const auto found = m_names.constFind(name);
    return found == m_names.constEnd() ? m_extinctionIndex : found->index;
}

Result<void> ServiceRegistry::validate(const ServiceDefinition &definition) const
{
    if (definition.name.isEmpty()) {
        return badRequest(QStringLiteral("Missing service name"));
    }
    QSet<QString> checkIds;
    for (const CheckDefinition &check : definition.checks) {
        if (check.ttl.count() <= 0) {
            return badRequest(
                QStringLiteral("Check \"%1\" has no TTL: this registry knows only checks with a TTL, which the service "
                               "itself keeps alive.")
                    .arg(check.id));
        }
        if (checkIds.contains(check.id)) {
            return badRequest(QStringLiteral("Check ID \"%1\" stands twice in the registration.").arg(check.id));
        }
        checkIds.insert(check.id);
        const QString owner = m_ownerOfCheck.value(check.id, definition.id);
        if (owner != definition.id) {
            return badRequest(QStringLiteral("Check ID \"%1\" belongs to service ID \"%2\".").arg(check.id, owner));
        }
    }
    return {};
}

ServiceInstance ServiceRegistry::merged(ServiceDefinition definition, const ServiceInstance *previous) const
{
    const quint64 nextIndex = m_index + 1;
    ServiceInstance instance;
    for (const CheckDefinition &checkDefinition : std::as_const(definition.checks)) {
        const Check *const old = previous ? previous->findCheck(checkDefinition.id) : nullptr;
        Check check = old ? *old : Check{};
        const CheckStatus status = checkDefinition.status.value_or(check.status);
        check.definition = checkDefinition;
        check.definition.status.reset();
        check.beat(status, old && status == old->status ? old->output : QString(), now());
        check.createIndex = old ? old->createIndex : nextIndex;
        check.modifyIndex = old && check.looksLike(*old) ? old->modifyIndex : nextIndex;
        instance.checks.append(check);
    }
    const Check *const maintenance = previous ? previous->findCheck(maintenanceCheckId(definition.id)) : nullptr;
    if (maintenance) {
        instance.checks.append(*maintenance);
    }
    instance.definition = withoutStatus(std::move(definition));
    instance.createIndex = previous ? previous->createIndex : nextIndex;
    instance.modifyIndex = previous && previous->definition == instance.definition ? previous->modifyIndex : nextIndex;
    return instance;
}

void ServiceRegistry::store(const ServiceInstance &instance)
{
    const QString id = instance.definition.id;
    if (const auto replaced = m_instances.constFind(id); replaced != m_instances.constEnd()) {
        forgetChecksOf(*replaced);
    }
    for (const CheckDefinition &check : instance.definition.checks) {
        m_ownerOfCheck.insert(check.id, id);
    }
    std::for_each(instance.checks.begin(), instance.checks.end(), [this](const Check &check) { note(check); });
    QList<QString> &ids = m_names[instance.definition.name].ids;
    const auto place = std::lower_bound(ids.begin(), ids.end(), id);
    if (place == ids.end() || *place != id) {
        ids.insert(place, id);
    }
    m_instances.insert(id, instance);
}

std::optional<ServiceInstance> ServiceRegistry::take(const QString &id)
{
    const auto found = m_instances.find(id);
    if (found == m_instances.end()) {
        return std::nullopt;
    }
    ServiceInstance removed = *found;
    m_instances.erase(found);
    forgetChecksOf(removed);
    m_names[removed.definition.name].ids.removeOne(id);
    moveCatalogIndex(removed.definition.name);
    return removed;
}

void ServiceRegistry::forgetChecksOf(const ServiceInstance &instance)
{
    for (const CheckDefinition &check : instance.definition.checks) {
        m_ownerOfCheck.remove(check.id);
    }
}

void ServiceRegistry::expireLeases(const QString &id)
{
    ServiceInstance &instance = m_instances[id];
    const Check::Time time = now();
    QList<QString> expired;
    for (Check &check : instance.checks) {
        if (check.leaseEnd && *check.leaseEnd <= time) {
            check.expire(time);
            check.modifyIndex = m_index + 1;
            expired.append(check.definition.id);
        }
    }
    if (expired.isEmpty()) {
        return;
    }
    moveIndex(instance.definition.name);
    const ServiceInstance copy = instance;
    for (const QString &checkId : std::as_const(expired)) {
        Q_EMIT leaseExpired(copy, checkId);
    }
}

bool ServiceRegistry::isToBeReaped(const ServiceInstance &instance) const
{
    const Check::Time time = now();
    return std::any_of(instance.checks.begin(), instance.checks.end(), [time](const Check &check) {
        const std::optional<Check::Time> removal = check.removalTime();
        return removal && *removal <= time;
    });
}

void ServiceRegistry::moveIndex(const QString &name)
{
    ++m_index;
    const auto found = m_names.find(name);
    found->index = m_index;
    if (found->ids.isEmpty()) {
        m_names.erase(found);
        m_extinctionIndex = m_index;
    }
    Q_EMIT serviceChanged(name, m_index);
}

void ServiceRegistry::moveCatalogIndex(const QString &name)
{
    m_catalogIndex = m_index + 1;
    moveIndex(name);
}

void ServiceRegistry::note(const Check &check)
{
    if (const std::optional<Check::Time> due = check.dueTime()) {
        m_nextDue = std::min(m_nextDue.value_or(*due), *due);
    }
}

void ServiceRegistry::noteAll()
{
    m_nextDue.reset();
    for (const ServiceInstance &instance : std::as_const(m_instances)) {
        std::for_each(instance.checks.begin(), instance.checks.end(), [this](const Check &check) { note(check); });
    }
}

} // namespace PatchPanel::Registry
