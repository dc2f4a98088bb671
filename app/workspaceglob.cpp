#include "app/workspaceglob.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSet>

#include <algorithm>
#include <cstring>
#include <glob.h>

namespace PatchPanel::App {

namespace {

Error noFolder(const QString &pattern, bool matchedFiles)
{
    return {ErrorCode::Usage,
            matchedFiles ? QStringLiteral("\"%1\" matches files only: a workspace is a folder").arg(pattern)
                         : QStringLiteral("\"%1\" matches no folder").arg(pattern),
            QStringLiteral("patterns are relative to %1; put them in quotes, so that the shell leaves them alone")
                .arg(QDir::currentPath())};
}

Result<QStringList> foldersMatching(const QString &pattern)
{
    glob_t matches = {};
    const int failure =
        ::glob(QFile::encodeName(pattern).constData(), GLOB_TILDE | GLOB_BRACE | GLOB_NOSORT, nullptr, &matches);
    QStringList folders;
    for (std::size_t i = 0; failure == 0 && i < matches.gl_pathc; ++i) {
        const QFileInfo info(QFile::decodeName(matches.gl_pathv[i]));
        if (info.isDir()) {
            folders.append(info.canonicalFilePath());
        }
    }
    const bool matchedFiles = failure == 0 && matches.gl_pathc > 0;
    ::globfree(&matches);
    if (folders.isEmpty()) {
        return noFolder(pattern, matchedFiles);
    }
    return folders;
}

// Two runs would change the same files at once.
Result<void> checkApart(const QStringList &folders)
{
    QStringList beneath;
    for (const QString &folder : folders) {
        beneath.append(folder.endsWith(u'/') ? folder : folder + u'/');
    }
    std::sort(beneath.begin(), beneath.end());
    for (qsizetype i = 1; i < beneath.size(); ++i) {
        if (beneath[i].startsWith(beneath[i - 1])) {
            return Error{ErrorCode::Usage,
                         QStringLiteral("%1 lies below %2: both cannot be workspaces").arg(beneath[i], beneath[i - 1]),
                         QStringLiteral("name patterns that match one of them")};
        }
    }
    return {};
}

// Takes the digits off its front, without leading zeros.
QStringView takeNumber(QStringView &text)
{
    const auto end = std::find_if_not(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
    QStringView digits = text.first(end - text.begin());
    text = text.sliced(digits.size());
    while (digits.size() > 1 && digits.startsWith(u'0')) {
        digits = digits.sliced(1);
    }
    return digits;
}

bool startsWithDigit(QStringView text)
{
    return !text.isEmpty() && text.front() >= u'0' && text.front() <= u'9';
}

// Negative, zero, positive, as QStringView::compare().
int compareNaturally(QStringView left, QStringView right)
{
    while (!left.isEmpty() && !right.isEmpty()) {
        if (startsWithDigit(left) && startsWithDigit(right)) {
            const QStringView leftNumber = takeNumber(left);
            const QStringView rightNumber = takeNumber(right);
            if (leftNumber.size() != rightNumber.size()) {
                return leftNumber.size() < rightNumber.size() ? -1 : 1;
            }
            if (const int order = leftNumber.compare(rightNumber); order != 0) {
                return order;
            }
        } else if (left.front() != right.front()) {
            return left.front() < right.front() ? -1 : 1;
        } else {
            left = left.sliced(1);
            right = right.sliced(1);
        }
    }
    return static_cast<int>(left.size() > 0) - static_cast<int>(right.size() > 0);
}

} // namespace

Result<QStringList> workspacesMatching(const QStringList &patterns)
{
    QSet<QString> found;
    for (const QString &pattern : patterns) {
        const Result<QStringList> folders = foldersMatching(pattern);
        if (!folders) {
            return folders.error();
        }
        found.unite(QSet(folders->begin(), folders->end()));
    }
    QStringList folders(found.begin(), found.end());
    std::sort(folders.begin(), folders.end(), isNaturallyLess);
    const Result<void> apart = checkApart(folders);
    return apart ? Result(folders) : apart.error();
}

QStringList workspaceNames(const QStringList &workspaces)
{
    QString common = workspaces.isEmpty() ? QString() : workspaces.first();
    for (const QString &workspace : workspaces) {
        const auto end = std::mismatch(common.begin(), common.end(), workspace.begin(), workspace.end()).first;
        common.truncate(end - common.begin());
    }
    const qsizetype start = common.lastIndexOf(u'/') + 1;
    QStringList names;
    for (const QString &workspace : workspaces) {
        names.append(workspace.mid(start));
    }
    return names;
}

bool isNaturallyLess(QStringView left, QStringView right)
{
    const int order = compareNaturally(left, right);
    return order == 0 ? left < right : order < 0;
}

} // namespace PatchPanel::App
