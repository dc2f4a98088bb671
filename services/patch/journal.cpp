#include "services/patch/journal.h"

#include "services/common/json.h"
#include "services/patch/checksum.h"
#include "services/patch/diskcalls.h"

#include <QFile>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

constexpr const char *fileName = "journal";
constexpr std::array eventNames{"BEGIN", "PREPARED", "SWITCHED", "GATE", "ADOPTED", "COMMIT", "ROLLBACK", "DONE"};

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

QByteArray lineOf(int sequence, const QByteArray &json)
{
    const QByteArray numbered = QByteArray::number(sequence) + ' ' + json;
    return QByteArray::number(json.size()) + ' ' + QByteArray::number(crc32c(numbered), 16).rightJustified(8, '0') + ' '
        + numbered + '\n';
}

struct Contents {
    QList<JournalRecord> records = {};
    qsizetype size = 0; // of the whole records, in bytes
};

// The record that the line holds, when it is the one with this number and whole.
std::optional<JournalRecord> recordFrom(const QByteArray &line, int sequence)
{
    const QList<QByteArray> parts = line.split(' ');
    if (parts.size() < 4) {
        return std::nullopt;
    }
    const QByteArray json = line.mid(parts[0].size() + parts[1].size() + parts[2].size() + 3);
    const Result<QJsonObject> object = parseJsonObject(json);
    const std::optional<JournalEvent> event =
        object ? eventFromName((*object)[QStringLiteral("event")].toString()) : std::nullopt;
    return event && lineOf(sequence, json) == line + '\n' ? std::optional(JournalRecord{*event, *object})
                                                          : std::nullopt;
}

Contents contentsOf(int folder)
{
    Contents contents;
    const Descriptor fd(::openat(folder, fileName, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    QFile file;
    if (!fd.isOpen() || !file.open(fd.get(), QIODevice::ReadOnly)) {
        return contents;
    }
    const QByteArray text = file.readAll();
    for (qsizetype end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', contents.size)) {
        const auto record =
            recordFrom(text.mid(contents.size, end - contents.size), static_cast<int>(contents.records.size()));
        if (!record) {
            break;
        }
        contents.records.append(*record);
        contents.size = end + 1;
    }
    return contents;
}

} // namespace

Result<Journal> Journal::create(int folder, Durability durability)
{
    Descriptor file(Disk::makeFile(folder, fileName, O_WRONLY | O_EXCL | O_APPEND, 0600));
    if (!file.isOpen()) {
        return journalError();
    }
    return Journal(std::move(file), durability, 0, 0);
}

Result<Journal> Journal::resume(int folder, Durability durability)
{
    const Contents contents = contentsOf(folder);
    Descriptor file(::openat(folder, fileName, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
    Journal journal(std::move(file), durability, static_cast<int>(contents.records.size()), contents.size);
    if (!journal.m_file.isOpen() || !journal.cutOff()) {
        return journalError();
    }
    return journal;
}

Result<void> Journal::takeOver(int folder, qint64 number)
{
    const QByteArray copyName = fileName + ('.' + QByteArray::number(number));
    const Descriptor old(::openat(folder, fileName, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    QFile source;
    if (!old.isOpen()) {
        return errno == ENOENT ? Result<void>{} : journalError();
    }
    if (!source.open(old.get(), QIODevice::ReadOnly)) {
        return journalError();
    }
    Disk::removeFile(folder, copyName);
    const Descriptor copy(Disk::makeFile(folder, copyName, O_WRONLY | O_EXCL, 0600));
    const bool copied =
        copy.isOpen() && Disk::writeAll(copy.get(), source.readAll()) && Disk::syncFile(copy.get()) == 0;
    return copied && Disk::rename(folder, copyName, folder, fileName) == 0 ? Result<void>{} : journalError();
}

// What follows the whole records.
bool Journal::cutOff()
{
    struct stat info = {};
    m_torn = ::fstat(m_file.get(), &info) != 0 || (info.st_size != m_size && Disk::truncate(m_file.get(), m_size) != 0);
    return !m_torn;
}

Result<void> Journal::append(JournalEvent event, const QJsonObject &data, Sync sync)
{
    if (m_torn && !cutOff()) {
        return journalError();
    }
    QJsonObject record = data;
    record[QStringLiteral("event")] = QString::fromLatin1(eventNames[static_cast<std::size_t>(event)]);
    const QByteArray line = lineOf(m_next, compactJson(record));
    if (!Disk::writeAll(m_file.get(), line)
        || (m_durability == Durability::Full && sync == Sync::Now && Disk::syncFile(m_file.get()) != 0)) {
        const Error error = journalError();
        cutOff();
        return error;
    }
    ++m_next;
    m_size += line.size();
    return {};
}

QList<JournalRecord> Journal::read(int folder)
{
    return contentsOf(folder).records;
}

} // namespace PatchPanel::Patch
