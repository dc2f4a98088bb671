#include "services/registry/serviceregistry.h"

#include <algorithm>

// What a registry learns from others.
namespace PatchPanel::Registry {

namespace {

// `next` is the index of what is new.
ServiceInstance learnedInstance(const LearnedService &learned, const ServiceInstance *previous, quint64 next,
                                Check::Time now)
{
    ServiceInstance instance{.definition = withoutStatus(learned.definition)};
    const auto add = [&](Check check, const Check *old) {
        check.createIndex = old ? old->createIndex : next;
        check.modifyIndex = old && check.looksLike(*old) ? old->modifyIndex : next;
        instance.checks.append(check);
    };
    const auto oldCheck = [previous](const QString &id) {
        return previous ? previous->findCheck(id) : nullptr;
    };
    for (const CheckDefinition &definition : std::as_const(instance.definition.checks)) {
        const Check *const old = oldCheck(definition.id);
        Check check = old ? *old : Check{};
        check.definition = definition;
        if (const auto heard = learned.checks.constFind(definition.id); heard != learned.checks.constEnd()) {
            check.hear(*heard, now);
        } else if (!old) {
            check.hear({.since = now, .beat = now}, now);
        }
        add(check, old);
    }
    if (learned.maintenance) {
        const Check *const old = oldCheck(maintenanceCheckId(instance.definition.id));
        Check check = maintenanceCheck(instance.definition.id, *learned.maintenance, now);
        add(old && old->looksLike(check) ? *old : check, old);
    }
    const bool isSameDefinition = previous && previous->definition == instance.definition;
    instance.createIndex = previous ? previous->createIndex : next;
    instance.modifyIndex = isSameDefinition ? previous->modifyIndex : next;
    return instance;
}

} // namespace

Result<void> ServiceRegistry::learn(const LearnedService &learned)
{
    LearnedService completed = learned;
    complete(completed.definition);
    if (Result<void> valid = validate(completed.definition); !valid) {
        return valid;
    }
    const std::optional<ServiceInstance> previous = find(completed.definition.id);
    if (previous && previous->definition.name != completed.definition.name) {
        (void)take(completed.definition.id);
    }
    const ServiceInstance instance = learnedInstance(completed, previous ? &*previous : nullptr, m_index + 1, now());
    store(instance);
    if (!previous || previous->definition != instance.definition) {
        moveCatalogIndex(instance.definition.name);
        Q_EMIT serviceRegistered(instance);
    } else if (!looksLike(*previous, instance)) {
        moveIndex(instance.definition.name);
    }
    return {};
}

void ServiceRegistry::hear(const QString &id, const QString &checkId, const HeardCheck &heard)
{
    const auto owner = m_instances.find(id);
    Check *const check = owner == m_instances.end() ? nullptr : owner->findCheck(checkId);
    if (!check) {
        return;
    }
    const Check before = *check;
    check->hear(heard, now());
    note(*check);
    if (!check->looksLike(before)) {
        check->modifyIndex = m_index + 1;
        moveIndex(owner->definition.name);
    }
}

void ServiceRegistry::forget(const QString &id)
{
    if (const std::optional<ServiceInstance> removed = take(id)) {
        Q_EMIT serviceDeregistered(*removed);
    }
}

void ServiceRegistry::excuseElsewhere(std::chrono::steady_clock::duration pause)
{
    for (ServiceInstance &instance : m_instances) {
        for (Check &check : instance.checks) {
            if (check.isFromElsewhere) {
                check.excuse(now(), pause);
            }
        }
    }
}

} // namespace PatchPanel::Registry
