#include "ui/models/filereference.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace PatchPanel::Ui {

namespace {

constexpr qsizetype longestLine = 16 * 1024; // characters that are looked at

QString tr(const char *text)
{
    return QCoreApplication::translate("PatchPanel::Ui", text);
}

Error notOpened(const QString &path, const QString &reason, const QString &workspace)
{
    return {ErrorCode::NotFound, tr("%1 cannot be opened: %2").arg(path, reason),
            tr("Only files beneath the workspace are opened from the log"), workspace};
}

} // namespace

QString FileReference::toText() const
{
    return QStringLiteral("%1:%2").arg(path).arg(line);
}

std::optional<FileReference> fileReferenceIn(const QString &line, qsizetype column)
{
    // A path has a slash or a dot with letters behind it; a word character or a slash before it would be a URL's.
    static const QRegularExpression pattern(
        QStringLiteral(R"((?<![\w/:.~-])((?:\.{0,2}/)?(?:[\w@+~,.-]+/)*[\w@+~,-]*(?:\.[A-Za-z]\w*|(?<=/)[\w@+~,-]+)))"
                       R"((?::(\d{1,9})(?::(\d{1,9}))?|\((\d{1,9})(?:,(\d{1,9}))?\)))"),
        QRegularExpression::UseUnicodePropertiesOption);
    std::optional<FileReference> first;
    const QString text = line.left(longestLine);
    for (auto found = pattern.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        const auto number = [&match](int colons, int brackets) {
            return match.captured(match.capturedLength(colons) > 0 ? colons : brackets).toInt();
        };
        const FileReference reference{match.captured(1), number(2, 4), number(3, 5)};
        if (reference.line == 0) {
            continue;
        }
        if (column >= match.capturedStart() && column <= match.capturedEnd()) {
            return reference;
        }
        if (!first) {
            first = reference;
        }
    }
    return first;
}

Result<QString> fileBeneath(const QString &workspace, const QString &path)
{
    if (workspace.isEmpty()) {
        return notOpened(path, tr("there is no workspace yet"), {});
    }
    const QString root = QFileInfo(workspace).canonicalFilePath();
    const QFileInfo file(QDir(root).filePath(path));
    if (root.isEmpty() || !file.exists()) {
        return notOpened(path, tr("there is no such file"), workspace);
    }
    const QString real = file.canonicalFilePath();
    if (!real.startsWith(root + QLatin1Char('/'))) {
        return notOpened(path, tr("it is not beneath the workspace"), workspace);
    }
    if (!file.isFile()) {
        return notOpened(path, tr("it is no file"), workspace);
    }
    return real;
}

} // namespace PatchPanel::Ui
