#include "ui/models/example.h"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>

namespace PatchPanel::Ui {

namespace {

const QString source = QStringLiteral(":/example");
const QString task = QStringLiteral("/tasks/test.json");

QString tr(const char *text)
{
    return QCoreApplication::translate("PatchPanel::Ui", text);
}

Error notMade(const QString &where, const QString &why)
{
    return Error{ErrorCode::Io, tr("the example was not made: %1").arg(why),
                 tr("make room or give yourself the right to write there"), where};
}

Result<void> copyFile(const QString &from, const QString &to)
{
    QDir().mkpath(QFileInfo(to).absolutePath());
    QFile file(from);
    if (!file.copy(to)) {
        return notMade(to, file.errorString());
    }
    QFile::Permissions permissions = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther;
    if (to.endsWith(QLatin1String(".sh"))) {
        permissions |= QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther;
    }
    QFile::setPermissions(to, permissions);
    return {};
}

Result<void> git(const QString &folder, const QStringList &arguments)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("git"), arguments);
    if (!process.waitForFinished() || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        const QString said = QString::fromLocal8Bit(process.readAll()).trimmed();
        return notMade(
            folder, QStringLiteral("git %1: %2").arg(arguments.first(), said.isEmpty() ? process.errorString() : said));
    }
    return {};
}

Result<void> makeRepository(const QString &folder)
{
    const QStringList identity{QStringLiteral("-c"), QStringLiteral("user.name=PatchPanel"),
                               QStringLiteral("-c"), QStringLiteral("user.email=example@patchpanel.invalid"),
                               QStringLiteral("-c"), QStringLiteral("commit.gpgSign=false")};
    for (const QStringList &arguments :
         {QStringList{QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("-b"), QStringLiteral("main")},
          QStringList{QStringLiteral("add"), QStringLiteral("-A")},
          identity
              + QStringList{QStringLiteral("commit"), QStringLiteral("-q"), QStringLiteral("-m"),
                            QStringLiteral("A small project of two shell services")}}) {
        if (Result<void> done = git(folder, arguments); !done) {
            return done;
        }
    }
    return {};
}

} // namespace

Result<QString> makeExample(const QString &folder)
{
    if (QFile::exists(folder + task)) {
        return folder + task;
    }
    // Beside its place first: half an example is never taken for a whole one.
    const QString draft = folder + QStringLiteral(".new");
    QDir(draft).removeRecursively();
    for (QDirIterator it(source, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); it.hasNext();) {
        const QString from = it.next();
        if (const Result<void> copied = copyFile(from, draft + from.mid(source.size())); !copied) {
            return copied.error();
        }
    }
    if (const Result<void> made = makeRepository(draft); !made) {
        return made.error();
    }
    if (!QDir().rename(draft, folder)) {
        return notMade(folder, tr("there is something else in its place"));
    }
    return folder + task;
}

QString exampleFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
        + QStringLiteral("/patchpanel/example");
}

} // namespace PatchPanel::Ui
