#include "services/registry/registrysharing.h"

#include <QMessageAuthenticationCode>

#include <utility>

namespace PatchPanel::Registry {

namespace {

using namespace std::chrono_literals;

constexpr auto changePause = 100ms; // in which changes are told together
constexpr qsizetype groupLength = 16;

} // namespace

RegistrySharing::RegistrySharing(ServiceRegistry &registry, std::unique_ptr<Storage::SharedServices> services,
                                 Options options, Log::Writer log, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_services(std::move(services))
    , m_options(std::move(options))
    , m_log(std::move(log))
    , m_ledger(m_options.token)
    , m_lastHeard(registry.now())
{
    m_worker.setMaxThreadCount(1);
    m_worker.setObjectName(QStringLiteral("registry-sharing"));
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RegistrySharing::turn);
    const QList<ServiceInstance> restored = registry.instances();
    for (const ServiceInstance &instance : restored) {
        m_ledger.noteRestored(instance.definition.id, sharedParts(instance, m_options.nodeAddress), registry.now());
    }
    connect(&registry, &ServiceRegistry::changedHere, this, &RegistrySharing::onChangedHere);
    connect(&registry, &ServiceRegistry::beatHere, this,
            [this](const QString &id, const QString &checkId) { m_ledger.noteBeat(id, checkId, m_registry.now()); });
    connect(&registry, &ServiceRegistry::serviceReaped, this, [this](const ServiceInstance &instance) {
        m_ledger.noteSilence(instance.definition.id, m_registry.now());
        turnSoon();
    });
    turn();
}

RegistrySharing::~RegistrySharing()
{
    m_worker.waitForDone();
    m_ledger.turnFailed(); // its answer comes too late: what it told is told again, which changes nothing
    if (!m_failingSince && m_ledger.hasUntold()) {
        (void)m_services->turn(m_cursor, m_ledger.writes(m_registry.now()));
    }
}

void RegistrySharing::onChangedHere(const QString &id)
{
    const std::optional<ServiceInstance> instance = m_registry.find(id);
    m_ledger.note(id, instance ? partsOf(*instance) : SharedParts(), m_registry.now());
    turnSoon();
}

// That a lease ran out here is no news for those who may have heard of the service since.
SharedParts RegistrySharing::partsOf(const ServiceInstance &instance) const
{
    SharedParts parts = sharedParts(instance, m_options.nodeAddress);
    for (const Check &check : instance.checks) {
        const QByteArray part = checkPart(check.definition.id);
        const QByteArray known = m_ledger.value(instance.definition.id, part);
        if (check.definition.ttl > 0ms && !check.leaseEnd && !known.isEmpty()) {
            parts.insert(part, known);
        }
    }
    return parts;
}

void RegistrySharing::turnSoon()
{
    if (!m_isAsking && !m_failingSince && m_timer.remainingTime() > changePause.count()) {
        m_timer.start(changePause);
    }
}

void RegistrySharing::turn()
{
    m_isAsking = true;
    m_worker.start([this, cursor = m_cursor, writes = m_ledger.writes(m_registry.now())] {
        const Result<Storage::SharedTurn> turn = m_services->turn(cursor, writes);
        QMetaObject::invokeMethod(
            this, [this, turn] { onTurn(turn); }, Qt::QueuedConnection);
    });
}

void RegistrySharing::onTurn(const Result<Storage::SharedTurn> &turn)
{
    m_isAsking = false;
    if (!turn) {
        onFailure(turn.error());
        return;
    }
    m_failingSince.reset();
    m_lastHeard = m_registry.now();
    if (m_complaint.end()) {
        m_log.info("REGISTRY", QStringLiteral("Services are shared with other registries again"));
    }
    m_cursor = turn->cursor;
    apply(m_ledger.settle(*turn, m_registry.now()));
    m_timer.start(turn->hasMore || m_ledger.hasUntoldChanges() ? std::chrono::milliseconds(changePause)
                                                               : m_options.interval);
}

void RegistrySharing::onFailure(const Error &error)
{
    m_ledger.turnFailed();
    const Check::Time now = m_registry.now();
    m_failingSince = m_failingSince.value_or(now);
    if (now - *m_failingSince < longestExcuse) {
        m_registry.excuseElsewhere(now - std::exchange(m_lastHeard, now));
    }
    if (m_complaint.isOver(now)) {
        m_log.warning(
            "REGISTRY",
            QStringLiteral("Services cannot be shared with other registries, trying on: %1").arg(error.toString()));
    }
    m_timer.start(m_options.interval);
}

void RegistrySharing::apply(const SharedLedger::News &news)
{
    for (const QString &id : news.services) {
        if (m_ledger.value(id, definitionPart).isEmpty()) {
            m_registry.forget(id);
            continue;
        }
        const std::optional<LearnedService> learned = m_ledger.learned(id);
        const Result<void> taken =
            learned ? m_registry.learn(*learned) : Error{ErrorCode::BadRequest, QStringLiteral("it cannot be read")};
        if (!taken) {
            m_log.debug("REGISTRY",
                        QStringLiteral("%1 of another registry is left out: %2").arg(id, taken.error().message));
        }
    }
    for (const SharedLedger::Beat &beat : news.beats) {
        if (const std::optional<HeardCheck> heard = m_ledger.heard(beat.id, beat.checkId)) {
            m_registry.hear(beat.id, beat.checkId, *heard);
        }
    }
}

QByteArray sharingGroup(const QByteArray &token)
{
    return QMessageAuthenticationCode::hash("patchpanel registries", token, QCryptographicHash::Sha256)
        .toHex()
        .first(groupLength);
}

} // namespace PatchPanel::Registry
