#include "services/storage/gitexclude.h"

#include "services/storage/filedescriptor.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <sys/stat.h>

namespace PatchPanel::Storage {

namespace {

constexpr qint64 largestPointerFile = 4096;
constexpr qint64 largestExcludeFile = 1024 * 1024;

// The text of a one-line file that points to a folder, without its prefix; empty when there is none.
QString pointerIn(const QString &file, const QByteArray &prefix)
{
    QFile pointer(file);
    if (!QFileInfo(file).isFile() || !pointer.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QByteArray text = pointer.read(largestPointerFile).trimmed();
    return text.startsWith(prefix) ? QFile::decodeName(text.mid(prefix.size()).trimmed()) : QString();
}

// The rule by which git itself recognises a repository.
bool looksLikeRepository(const QString &folder)
{
    const QDir dir(folder);
    return QFileInfo(dir.filePath(QStringLiteral("HEAD"))).exists()
        && QFileInfo(dir.filePath(QStringLiteral("objects"))).isDir()
        && QFileInfo(dir.filePath(QStringLiteral("refs"))).isDir();
}

QString repositoryAt(const QDir &worktree)
{
    const QString dotGit = worktree.filePath(QStringLiteral(".git"));
    QString gitDir = dotGit;
    if (QFileInfo(dotGit).isFile()) {
        const QString target = pointerIn(dotGit, "gitdir:");
        gitDir = target.isEmpty() ? QString() : worktree.absoluteFilePath(target);
    }
    if (gitDir.isEmpty() || !QFileInfo(gitDir).isDir()) {
        return {};
    }
    const QString common = pointerIn(QDir(gitDir).filePath(QStringLiteral("commondir")), {});
    const QString repository = common.isEmpty() ? gitDir : QDir(gitDir).absoluteFilePath(common);
    return looksLikeRepository(repository) ? QDir::cleanPath(repository) : QString();
}

QString repositoryOf(const QString &folder)
{
    QDir dir(folder);
    do {
        const QString repository = repositoryAt(dir);
        if (!repository.isEmpty()) {
            return repository;
        }
    } while (dir.cdUp());
    return {};
}

void appendLine(int folder, const char *name, const QByteArray &line)
{
    const FileDescriptor file(
        openat(folder, name, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644));
    struct stat status { };
    if (!file.isOpen() || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)
        || status.st_size > largestExcludeFile) {
        return;
    }
    QByteArray text(static_cast<qsizetype>(status.st_size), '\0');
    if (pread(file.get(), text.data(), static_cast<size_t>(text.size()), 0) != text.size()
        || text.split('\n').contains(line)) {
        return;
    }
    const QByteArray addition = (text.isEmpty() || text.endsWith('\n') ? QByteArray() : QByteArray("\n")) + line + '\n';
    [[maybe_unused]] const auto written = write(file.get(), addition.constData(), static_cast<size_t>(addition.size()));
}

} // namespace

void excludeFromGit(const QString &folder, const QByteArray &pattern)
{
    const QString repository = repositoryOf(folder);
    if (repository.isEmpty()) {
        return;
    }
    const FileDescriptor root(open(QFile::encodeName(repository).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root.isOpen()) {
        return;
    }
    mkdirat(root.get(), "info", 0755);
    const FileDescriptor info(openat(root.get(), "info", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (info.isOpen()) {
        appendLine(info.get(), "exclude", pattern);
    }
}

} // namespace PatchPanel::Storage
