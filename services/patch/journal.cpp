#include "services/patch/journal.h"

#include "services/common/json.h"

#include <QFile>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

constexpr const char *fileName = "journal";
constexpr std::array eventNames{"PREPARED", "SWITCHED", "ADOPTED", "COMMIT", "ROLLBACK", "DONE"};

std::optional<JournalEvent> eventFromName(const QString &name)
{
    for (std::size_t i = 0; i < eventNames.size(); ++i) {
        if (name == QLatin1String(eventNames[i])) {
            return static_cast<JournalEvent>(i);
        }
    }
    return std::nullopt;
}

Error journalError()
{
    return {ErrorCode::Io,
            QStringLiteral("The journal of the run cannot be written: %1.")
                .arg(QString::fromLocal8Bit(std::strerror(errno))),
            QStringLiteral("Check the space on the disk of the workspace.")};
}

} // namespace

Result<Journal> Journal::open(int folder, Durability durability)
{
    Descriptor file(::openat(folder, fileName, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.isOpen()) {
        return journalError();
    }
    return Journal(std::move(file), durability);
}

Result<void> Journal::append(JournalEvent event, const QJsonObject &data)
{
    QJsonObject record = data;
    record[QStringLiteral("event")] = QString::fromLatin1(eventNames[static_cast<std::size_t>(event)]);
    const QByteArray line = compactJson(record) + '\n';
    if (::write(m_file.get(), line.constData(), static_cast<size_t>(line.size())) != line.size()
        || (m_durability == Durability::Full && ::fdatasync(m_file.get()) != 0)) {
        return journalError();
    }
    return {};
}

QList<JournalRecord> Journal::read(int folder)
{
    QList<JournalRecord> records;
    const Descriptor fd(::openat(folder, fileName, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    QFile file;
    if (!fd.isOpen() || !file.open(fd.get(), QIODevice::ReadOnly)) {
        return records;
    }
    const QByteArray text = file.readAll();
    const QList<QByteArray> lines = text.first(text.lastIndexOf('\n') + 1).split('\n');
    for (const QByteArray &line : lines) {
        Result<QJsonObject> object = parseJsonObject(line);
        const std::optional<JournalEvent> event =
            object ? eventFromName((*object)[QStringLiteral("event")].toString()) : std::nullopt;
        if (!event) {
            break;
        }
        records.append({*event, *object});
    }
    return records;
}

} // namespace PatchPanel::Patch
