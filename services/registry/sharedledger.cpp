#include "services/registry/sharedledger.h"

#include <algorithm>

namespace PatchPanel::Registry {

namespace {

using std::chrono::milliseconds;
using Storage::SharedEntry;
using Storage::SharedWrite;

// Older than anything that a registry was told.
constexpr std::chrono::hours ageOfRestored{24 * 365 * 10};
constexpr std::chrono::hours oldestKnown{24 * 365};
constexpr qsizetype mostBytes = 512 * 1024; // of one turn
// While nobody can be told: those removed beyond that many are not told at all, and run out.
constexpr qsizetype mostServices = 50'000;

milliseconds ageOf(SharedLedger::Time time, SharedLedger::Time now)
{
    return std::chrono::duration_cast<milliseconds>(now - time);
}

} // namespace

SharedLedger::SharedLedger(QByteArray token)
    : m_token(std::move(token))
{
}

void SharedLedger::change(const QByteArray &id, Part &part, Time at)
{
    part.at = at;
    part.untold = ++m_lastChange;
    m_changed.insert(id);
}

void SharedLedger::note(const QString &id, const SharedParts &parts, Time now)
{
    const QByteArray key = id.toUtf8();
    if (parts.isEmpty()) {
        remove(key, now, false);
        return;
    }
    Service &service = m_services[key];
    for (auto part = parts.begin(); part != parts.end(); ++part) {
        Part &known = service.parts[part.key()];
        if (known.value != part.value() || known.isDropped) {
            known.value = part.value();
            known.isDropped = false;
            change(key, known, now);
        }
    }
    for (auto known = service.parts.begin(); known != service.parts.end(); ++known) {
        if (!parts.contains(known.key()) && !known->isDropped) {
            *known = {.isDropped = true};
            change(key, *known, now);
        }
    }
}

void SharedLedger::noteRestored(const QString &id, const SharedParts &parts, Time now)
{
    note(id, parts, now - ageOfRestored);
    for (auto part = parts.keyBegin(); part != parts.keyEnd(); ++part) {
        if (const std::optional<QString> checkId = checkIdOf(*part)) {
            noteBeat(id, *checkId, now);
        }
    }
}

void SharedLedger::noteBeat(const QString &id, const QString &checkId, Time now)
{
    const QByteArray key = id.toUtf8();
    const auto service = m_services.find(key);
    if (service == m_services.end()) {
        return;
    }
    const auto part = service->parts.find(checkPart(checkId));
    if (part != service->parts.end() && !part->isDropped) {
        part->beat = now;
        part->untoldBeat = ++m_lastChange;
        m_beaten.insert(key);
    }
}

void SharedLedger::noteSilence(const QString &id, Time now)
{
    Time newest = now - ageOfRestored;
    const QMap<QByteArray, Part> parts = m_services.value(id.toUtf8()).parts;
    for (const Part &part : parts) {
        newest = std::max({newest, part.at, part.beat.value_or(part.at)});
    }
    remove(id.toUtf8(), newest, true);
}

void SharedLedger::remove(const QByteArray &id, Time at, bool isSilent)
{
    m_beaten.remove(id);
    if (m_services.size() >= mostServices) {
        m_services.remove(id);
        m_changed.remove(id);
        return;
    }
    m_services.insert(id, {.goneAt = at, .isSilent = isSilent, .untoldGone = ++m_lastChange});
    m_changed.insert(id);
}

QByteArray SharedLedger::value(const QString &id, const QByteArray &part) const
{
    return m_services.value(id.toUtf8()).parts.value(part).value;
}

std::optional<HeardCheck> SharedLedger::heard(const QString &id, const QString &checkId) const
{
    const auto service = m_services.constFind(id.toUtf8());
    if (service == m_services.constEnd()) {
        return std::nullopt;
    }
    const auto part = service->parts.constFind(checkPart(checkId));
    if (part == service->parts.constEnd() || part->isDropped) {
        return std::nullopt;
    }
    Result<HeardCheck> heard = readSharedCheck(part->value);
    if (!heard) {
        return std::nullopt;
    }
    heard->beat = part->beat.value_or(part->at);
    // Since when something is so that was read from a file, nobody knows.
    heard->since = heard->beat - part->at > oldestKnown ? heard->beat : part->at;
    return *heard;
}

std::optional<LearnedService> SharedLedger::learned(const QString &id) const
{
    Result<ServiceDefinition> definition = readSharedDefinition(id.toUtf8(), value(id, definitionPart));
    if (!definition) {
        return std::nullopt;
    }
    LearnedService service{.definition = *std::move(definition)};
    for (const CheckDefinition &check : std::as_const(service.definition.checks)) {
        if (const std::optional<HeardCheck> heardCheck = heard(id, check.id)) {
            service.checks.insert(check.id, *heardCheck);
        }
    }
    if (const Result<std::optional<QString>> reason = readSharedMaintenance(value(id, maintenancePart))) {
        service.maintenance = *reason;
    }
    return service;
}

QList<SharedWrite> SharedLedger::writes(Time now)
{
    QList<SharedWrite> writes;
    qsizetype bytes = 0;
    m_told.clear();
    const QList<QByteArray> ids = m_changed.values() + (m_beaten - m_changed).values();
    for (const QByteArray &id : ids) {
        QList<Told> told;
        const QList<SharedWrite> more = writesOf(id, now, told);
        for (const SharedWrite &write : more) {
            bytes += write.id.size() + write.part.size() + write.value.size();
        }
        const bool isTooMuch = writes.size() + more.size() > Storage::SharedServices::mostWrites || bytes > mostBytes;
        if (isTooMuch && !writes.isEmpty()) {
            break;
        }
        writes += more;
        m_told += told;
    }
    return writes;
}

// In the order in which they make sense: the removal of what was there before, the definition, all else.
QList<SharedWrite> SharedLedger::writesOf(const QByteArray &id, Time now, QList<Told> &told) const
{
    QList<SharedWrite> writes;
    QList<SharedWrite> later;
    const Service service = m_services.value(id);
    if (service.untoldGone != 0) {
        const auto kind = service.isSilent ? SharedWrite::Kind::Silent : SharedWrite::Kind::Gone;
        writes.append({.kind = kind, .id = id, .age = ageOf(service.goneAt, now)});
        told.append({.id = id, .change = service.untoldGone});
    }
    for (auto part = service.parts.begin(); part != service.parts.end(); ++part) {
        if (part->untold != 0) {
            SharedWrite write{.kind = part->isDropped ? SharedWrite::Kind::Drop : SharedWrite::Kind::Set,
                              .id = id,
                              .part = part.key(),
                              .value = part->isDropped ? QByteArray() : sealed(m_token, id, part.key(), part->value),
                              .age = ageOf(part->at, now)};
            (part.key() == definitionPart ? writes : later).append(write);
            told.append({.id = id, .part = part.key(), .change = part->untold});
        }
        if (part->untoldBeat != 0 && part->beat) {
            later.append(
                {.kind = SharedWrite::Kind::Beat, .id = id, .part = part.key(), .age = ageOf(*part->beat, now)});
            told.append({.id = id, .part = part.key(), .change = part->untoldBeat});
        }
    }
    std::stable_partition(later.begin(), later.end(),
                          [](const SharedWrite &write) { return write.kind != SharedWrite::Kind::Beat; });
    return writes + later;
}

SharedLedger::News SharedLedger::settle(const Storage::SharedTurn &turn, Time now)
{
    QSet<QByteArray> changed;
    if (turn.isNewLife) { // what was told before is lost
        m_told.clear();
        const QList<QByteArray> ids = m_services.keys();
        std::for_each(ids.begin(), ids.end(), [this](const QByteArray &id) { tellAllAnew(id); });
    }
    take(turn.entries, now, changed);
    markTold();
    take(turn.refused, now, changed);

    News news;
    for (const QByteArray &id : std::as_const(changed)) {
        news.services.append(QString::fromUtf8(id));
    }
    for (const Storage::SharedBeat &beat : turn.beats) {
        if (const std::optional<Beat> heardBeat = takeBeat(beat, now)) {
            news.beats.append(*heardBeat);
        }
    }
    return news;
}

void SharedLedger::tellAllAnew(const QByteArray &id)
{
    Service &service = m_services[id];
    for (Part &part : service.parts) {
        part.untold = ++m_lastChange;
        part.untoldBeat = part.beat ? ++m_lastChange : 0;
    }
    if (!service.parts.isEmpty()) {
        m_changed.insert(id);
    }
}

void SharedLedger::take(const QList<SharedEntry> &entries, Time now, QSet<QByteArray> &changed)
{
    for (const SharedEntry &entry : entries) {
        bool isChanged = false;
        switch (entry.kind) {
        case SharedEntry::Kind::Alive:
            isChanged = takeAlive(entry, now);
            break;
        case SharedEntry::Kind::Gone:
            isChanged = takeGone(entry.id);
            break;
        case SharedEntry::Kind::Unknown: // it was lost there
            if (m_services.contains(entry.id)) {
                tellAllAnew(entry.id);
            }
            break;
        }
        if (isChanged) {
            changed.insert(entry.id);
        }
    }
}

bool SharedLedger::takeAlive(const SharedEntry &entry, Time now)
{
    if (m_services.value(entry.id).untoldGone != 0) {
        return false; // which of the two is newer, the store will say
    }
    QSet<QByteArray> names;
    Service taken = m_services.value(entry.id);
    bool isChanged = false;
    for (const Storage::SharedPart &part : entry.parts) {
        if (takePart(taken, entry.id, part, now)) {
            isChanged = true;
        }
        names.insert(part.name);
    }
    const auto isDroppedThere = [&names](const QMap<QByteArray, Part>::iterator &part) {
        return part->untold == 0 && !names.contains(part.key());
    };
    isChanged = taken.parts.removeIf(isDroppedThere) > 0 || isChanged;
    if (!taken.parts.contains(definitionPart)) {
        return false; // nobody with our token has told it
    }
    m_services.insert(entry.id, taken);
    return isChanged;
}

// Whether something changed by it.
bool SharedLedger::takePart(Service &service, const QByteArray &id, const Storage::SharedPart &told, Time now) const
{
    const std::optional<QByteArray> content = unsealed(m_token, id, told.name, told.value);
    if (!content) {
        return false;
    }
    const auto found = service.parts.find(told.name);
    const bool isKnown = found != service.parts.end();
    if (isKnown && found->untold != 0) {
        return false;
    }
    Part &part = isKnown ? *found : service.parts[told.name];
    bool isChanged = !isKnown || part.value != *content;
    part.value = *content;
    part.at = now - told.age;
    if (told.beatAge && (!part.beat || now - *told.beatAge > *part.beat)) {
        part.beat = now - *told.beatAge;
        isChanged = true;
    }
    return isChanged;
}

bool SharedLedger::takeGone(const QByteArray &id)
{
    const auto service = m_services.find(id);
    if (service == m_services.end() || service->untoldGone != 0) {
        return false;
    }
    const bool isTold =
        std::all_of(service->parts.begin(), service->parts.end(), [](const Part &part) { return part.untold == 0; });
    if (!isTold) {
        return false;
    }
    m_services.erase(service);
    m_changed.remove(id);
    m_beaten.remove(id);
    return true;
}

std::optional<SharedLedger::Beat> SharedLedger::takeBeat(const Storage::SharedBeat &beat, Time now)
{
    const auto service = m_services.find(beat.id);
    const std::optional<QString> checkId = checkIdOf(beat.part);
    if (service == m_services.end() || !checkId) {
        return std::nullopt;
    }
    const auto part = service->parts.find(beat.part);
    const Time at = now - beat.age;
    if (part == service->parts.end() || (part->beat && *part->beat >= at)) {
        return std::nullopt;
    }
    part->beat = at;
    return Beat{QString::fromUtf8(beat.id), *checkId};
}

void SharedLedger::markTold()
{
    for (const Told &told : std::exchange(m_told, {})) {
        const auto service = m_services.find(told.id);
        if (service == m_services.end()) {
            continue;
        }
        if (service->untoldGone == told.change) {
            service->untoldGone = 0;
        }
        const auto part = service->parts.find(told.part);
        if (part == service->parts.end()) {
            continue;
        }
        if (part->untoldBeat == told.change) {
            part->untoldBeat = 0;
        }
        if (part->untold == told.change) {
            part->untold = 0;
            if (part->isDropped) {
                service->parts.erase(part);
            }
        }
    }
    const QSet<QByteArray> untold = m_changed + m_beaten;
    for (const QByteArray &id : untold) {
        noteWhatIsUntold(id);
    }
}

void SharedLedger::noteWhatIsUntold(const QByteArray &id)
{
    const Service service = m_services.value(id);
    const auto any = [&service](quint64 Part::*change) {
        return std::any_of(service.parts.begin(), service.parts.end(),
                           [change](const Part &part) { return part.*change != 0; });
    };
    if (service.untoldGone == 0 && !any(&Part::untold)) {
        m_changed.remove(id);
    }
    if (!any(&Part::untoldBeat)) {
        m_beaten.remove(id);
    }
    if (service.untoldGone == 0 && service.parts.isEmpty()) {
        m_services.remove(id);
    }
}

} // namespace PatchPanel::Registry
