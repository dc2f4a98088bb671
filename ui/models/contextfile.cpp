#include "ui/models/contextfile.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr qint64 largestFile = qint64{256} << 20;

QString tr(const char *text)
{
    return QCoreApplication::translate("PatchPanel::Ui", text);
}

ContextFile linesOf(const QByteArray &text)
{
    ContextFile file{.text = text};
    for (qsizetype start = 0; start < text.size();) {
        file.starts.push_back(start);
        const qsizetype end = file.text.indexOf('\n', start);
        start = end < 0 ? text.size() : end + 1;
    }
    file.starts.push_back(text.size());
    return file;
}

// The diff came as JSON, in which bytes that are no UTF-8 were replaced.
bool isSame(QByteArrayView inFile, QByteArrayView inDiff)
{
    return inFile == inDiff || QString::fromUtf8(inFile) == QString::fromUtf8(inDiff);
}

bool fits(const ContextFile &file, const Diff &diff, int DiffLine::*number)
{
    return std::all_of(diff.lines.begin(), diff.lines.end(), [&](const DiffLine &line) {
        const int at = line.*number;
        return at == 0 || (at <= file.lineCount() && isSame(file.line(at), line.text));
    });
}

} // namespace

QByteArrayView ContextFile::line(int number) const
{
    const auto index = static_cast<std::size_t>(number);
    QByteArrayView bytes = QByteArrayView(text).sliced(starts[index - 1], starts[index] - starts[index - 1]);
    if (bytes.endsWith('\n')) {
        bytes.chop(1);
    }
    return bytes;
}

Result<std::shared_ptr<const ContextFile>> readContextFile(const QString &path, const Diff &diff)
{
    const QFileInfo info(path);
    if (!info.isFile()) {
        return Error{ErrorCode::NotFound, tr("the lines around the changes cannot be shown: the file is not here"),
                     tr("files of a runner on another computer are shown as they came in the plan"), path};
    }
    QFile file(path);
    if (info.size() > largestFile) {
        return Error{ErrorCode::Io,
                     tr("the lines around the changes cannot be shown: the file has more than 256 MiB"),
                     {},
                     path};
    }
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{
            ErrorCode::Io, tr("the lines around the changes cannot be shown: %1").arg(file.errorString()), {}, path};
    }
    auto lines = std::make_shared<ContextFile>(linesOf(file.read(largestFile)));
    if (!fits(*lines, diff, &DiffLine::oldNumber)) {
        lines->isNew = true;
        if (!fits(*lines, diff, &DiffLine::newNumber)) {
            return Error{ErrorCode::Stale,
                         tr("the lines around the changes cannot be shown: the file has changed since"),
                         tr("preview the task again (F5)"), path};
        }
    }
    return std::shared_ptr<const ContextFile>(std::move(lines));
}

} // namespace PatchPanel::Ui
