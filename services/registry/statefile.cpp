#include "services/registry/statefile.h"

#include "services/common/savedfile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <utility>

namespace PatchPanel::Registry {

namespace {

constexpr std::chrono::seconds writeDelay{1};
constexpr qint64 longestFile = 64 * 1024 * 1024;

Result<RegistryState> read(QFile &file)
{
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::Io, file.errorString()};
    }
    if (file.size() > longestFile) {
        return Error{ErrorCode::BadRequest, QStringLiteral("it is larger than %1 bytes").arg(longestFile)};
    }
    return readRegistryState(file.readAll());
}

} // namespace

StateFile::StateFile(QString path, Snapshot snapshot, Log::Writer log, QObject *parent)
    : QObject(parent)
    , m_path(std::move(path))
    , m_snapshot(std::move(snapshot))
    , m_log(std::move(log))
{
    m_writer.setMaxThreadCount(1);
    m_writer.setObjectName(QStringLiteral("registry-state"));
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &StateFile::write);
}

StateFile::~StateFile()
{
    m_writer.waitForDone();
    if (m_delay.isActive()) {
        write();
        m_writer.waitForDone();
    }
}

std::optional<RegistryState> StateFile::load() const
{
    QFile file(m_path);
    if (!file.exists()) {
        return std::nullopt;
    }
    Result<RegistryState> state = read(file);
    if (!state) {
        setAside(state.error());
        return std::nullopt;
    }
    return *std::move(state);
}

void StateFile::setAside(const Error &problem) const
{
    const QString aside = asideName(m_path);
    const QString fate = QFile::rename(m_path, aside) ? QStringLiteral("It was set aside as %1").arg(aside)
                                                      : QStringLiteral("It cannot be renamed and will be replaced");
    m_log.warning("REGISTRY",
                  QStringLiteral("The state of the registry, %1, cannot be used: %2. %3; services must register again")
                      .arg(m_path, problem.toString(), fate));
}

void StateFile::noteChange()
{
    if (!m_delay.isActive()) {
        m_delay.start(writeDelay);
    }
}

void StateFile::write()
{
    if (m_writer.activeThreadCount() > 0) { // a slow disk: what waits for it is one write
        m_delay.start(writeDelay);
        return;
    }
    m_writer.start([this, state = m_snapshot()] {
        QDir().mkpath(QFileInfo(m_path).path());
        const Result<void> saved = saveFile(m_path, toBytes(state), Readers::OwnerOnly);
        if (!saved && !std::exchange(m_failed, true)) {
            m_log.warning("REGISTRY",
                          QStringLiteral("The state of the registry will not survive a restart: %1")
                              .arg(saved.error().toString()));
        }
        m_failed = m_failed && !saved;
    });
}

} // namespace PatchPanel::Registry
