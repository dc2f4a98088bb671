#include "services/registry/serviceregistry.h"
#include "services/registry/sharedledger.h"
#include "tests/fuzz/fuzzing.h"

using namespace PatchPanel;
using namespace PatchPanel::Registry;

namespace {

const QByteArray token = "token";

// As another registry would tell it: id, definition, the state of each check, maintenance.
Storage::SharedEntry entryFrom(const QList<QByteArrayView> &input)
{
    using namespace std::chrono_literals;
    Storage::SharedEntry entry{.id = input.value(0).toByteArray(), .kind = Storage::SharedEntry::Kind::Alive};
    const auto add = [&entry](const QByteArray &name, QByteArrayView value) {
        entry.parts.append({.name = name,
                            .value = sealed(token, entry.id, name, value.toByteArray()),
                            .age = 2s,
                            .beatAge = name.startsWith('c') ? std::optional(1s) : std::nullopt});
    };
    add(definitionPart, input.value(1));
    add(maintenancePart, input.value(3));
    if (const auto definition = readSharedDefinition(entry.id, input.value(1).toByteArray())) {
        for (const CheckDefinition &check : definition->checks) {
            add(checkPart(check.id), input.value(2));
        }
    } else {
        Fuzz::requireClear(definition.error());
    }
    return entry;
}

void requireClearParts(const QList<QByteArrayView> &input)
{
    if (const auto check = readSharedCheck(input.value(2).toByteArray()); !check) {
        Fuzz::requireClear(check.error());
    }
    if (const auto maintenance = readSharedMaintenance(input.value(3).toByteArray()); !maintenance) {
        Fuzz::requireClear(maintenance.error());
    }
}

} // namespace

// Whatever is told of a service, it is taken as a whole or not at all, and a registry that took it tells it on so that
// the next one knows the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QList<QByteArrayView> input = Fuzz::partsOf(Fuzz::viewOf(data, size), 4);
    requireClearParts(input);
    ServiceRegistry registry(steadyClock());
    SharedLedger ledger(token);
    const SharedLedger::News news =
        ledger.settle({.cursor = {.life = "1"}, .isNewLife = true, .entries = {entryFrom(input)}}, registry.now());
    Fuzz::require(news.services.size() == 1);
    Fuzz::require(!ledger.hasUntold());
    const std::optional<LearnedService> learned = ledger.learned(news.services.first());
    if (!learned) {
        return 0;
    }
    if (const auto taken = registry.learn(*learned); !taken) {
        Fuzz::requireClear(taken.error());
        Fuzz::require(registry.instanceCount() == 0);
        return 0;
    }
    Fuzz::require(registry.instanceCount() == 1);
    const ServiceInstance instance = registry.instances().first();

    SharedLedger next(token);
    next.note(instance.definition.id, sharedParts(instance, QStringLiteral("127.0.0.1")), registry.now());
    const std::optional<LearnedService> again = next.learned(instance.definition.id);
    Fuzz::require(again.has_value());
    ServiceRegistry other(steadyClock());
    Fuzz::require(other.learn(*again).ok());
    const ServiceInstance told = other.instances().first();
    Fuzz::require(told.definition.name == instance.definition.name);
    Fuzz::require(told.isInMaintenance() == instance.isInMaintenance());
    Fuzz::require(told.checks.size() == instance.checks.size());
    Fuzz::require(!next.writes(registry.now()).isEmpty());
    return 0;
}
