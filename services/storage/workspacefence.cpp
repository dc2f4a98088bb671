#include "services/storage/workspacefence.h"

#include "services/storage/statefolder.h"

#include <QByteArray>

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <vector>

namespace PatchPanel::Storage {

namespace {

constexpr const char *fenceFolder = "fence";

struct CloseFolder {
    void operator()(DIR *folder) const { closedir(folder); }
};

Result<FileDescriptor> openFences(const QString &workspace)
{
    const Result<FileDescriptor> state = openStateFolder(workspace);
    if (!state) {
        return state.error();
    }
    if (mkdirat(state->get(), fenceFolder, 0700) != 0 && errno != EEXIST) {
        return stateFolderError(workspace, QStringLiteral("cannot make the folder .patchpanel/fence"));
    }
    FileDescriptor folder(openat(state->get(), fenceFolder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.isOpen()) {
        return stateFolderError(workspace, QStringLiteral("cannot open the folder .patchpanel/fence"));
    }
    return folder;
}

// What is no number does not count.
std::vector<qint64> numbersIn(const FileDescriptor &fences)
{
    std::vector<qint64> numbers;
    const int copy = openat(fences.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, CloseFolder> folder(copy < 0 ? nullptr : fdopendir(copy));
    while (const dirent *entry = folder ? readdir(folder.get()) : nullptr) {
        bool isNumber = false;
        const qint64 number = QByteArray(entry->d_name).toLongLong(&isNumber);
        if (isNumber && number > 0) {
            numbers.push_back(number);
        }
    }
    return numbers;
}

qint64 highestOf(const std::vector<qint64> &numbers)
{
    return numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
}

} // namespace

Result<qint64> highestFence(const QString &workspace)
{
    const Result<FileDescriptor> fences = openFences(workspace);
    return fences ? Result(highestOf(numbersIn(*fences))) : fences.error();
}

Result<bool> claimFence(const QString &workspace, qint64 number)
{
    const Result<FileDescriptor> fences = openFences(workspace);
    if (!fences) {
        return fences.error();
    }
    const FileDescriptor file(openat(fences->get(), QByteArray::number(number).constData(),
                                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.isOpen() && errno != EEXIST) {
        return stateFolderError(workspace, QStringLiteral("cannot write to .patchpanel/fence"));
    }
    const std::vector<qint64> numbers = numbersIn(*fences);
    if (!file.isOpen() || highestOf(numbers) > number) {
        return false;
    }
    for (const qint64 lower : numbers) {
        if (lower < number) {
            unlinkat(fences->get(), QByteArray::number(lower).constData(), 0);
        }
    }
    return true;
}

} // namespace PatchPanel::Storage
