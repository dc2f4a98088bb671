#include "tests/services/patch/gitdiffs.h"

#include <QFile>
#include <QProcess>

#include <algorithm>

namespace PatchPanel::Test {

namespace {

struct Finished {
    bool ok = false;
    QByteArray output;
    QByteArray complaint;
};

Finished git(const QString &folder, const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral("git"), arguments);
    process.write(input);
    process.closeWriteChannel();
    Finished finished;
    finished.ok = process.waitForFinished() && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    finished.output = process.readAllStandardOutput();
    finished.complaint = process.readAllStandardError();
    return finished;
}

QByteArray quoted(const QByteArray &path)
{
    QByteArray text;
    for (const char c : path) {
        text += c == '"' || c == '\\' ? QByteArray("\\") + c : QByteArray(1, c);
    }
    return '"' + text + '"';
}

// A commit of a whole tree for git fast-import.
QByteArray commitOf(const FileTree &tree, const QByteArray &branch, int mark)
{
    QByteArray text = "commit refs/heads/" + branch + "\nmark :" + QByteArray::number(mark)
        + "\ncommitter T <t@example.org> 0 +0000\ndata 0\ndeleteall\n";
    for (auto file = tree.begin(); file != tree.end(); ++file) {
        using Kind = TreeFile::Kind;
        const char *mode = file->kind == Kind::Symlink ? "120000"
            : file->kind == Kind::Executable           ? "100755"
                                                       : "100644";
        text += QByteArray("M ") + mode + " inline " + quoted(file.key()) + "\ndata "
            + QByteArray::number(file->bytes.size()) + '\n' + file->bytes + '\n';
    }
    return text;
}

} // namespace

GitDiffs::GitDiffs()
{
    for (const char *variable : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}) {
        qunsetenv(variable);
    }
    qputenv("GIT_CONFIG_GLOBAL", "/dev/null");
    qputenv("GIT_CONFIG_NOSYSTEM", "1");
    git(m_repository.path(), {QStringLiteral("init"), QStringLiteral("-q"), QStringLiteral("--bare")}, {});
}

QList<QByteArray> GitDiffs::diffsOf(const QList<TreePair> &pairs, const QStringList &options) const
{
    QByteArray history = "feature done\n";
    for (qsizetype i = 0; i < pairs.size(); ++i) {
        const QByteArray branch = "pair" + QByteArray::number(i);
        history += "reset refs/heads/" + branch + '\n';
        history += commitOf(pairs[i].before, branch, static_cast<int>(2 * i + 1));
        history += commitOf(pairs[i].after, branch, static_cast<int>(2 * i + 2));
    }
    const QString marksPath = m_repository.filePath(QStringLiteral("marks"));
    const Finished imported = git(m_repository.path(),
                                  {QStringLiteral("fast-import"), QStringLiteral("--quiet"), QStringLiteral("--force"),
                                   QStringLiteral("--export-marks=") + marksPath},
                                  history + "done\n");
    QFile marks(marksPath);
    if (!imported.ok || !marks.open(QIODevice::ReadOnly)) {
        qWarning("git fast-import: %s", imported.complaint.constData());
        return {};
    }
    QList<QByteArray> commits(pairs.size());
    for (const QByteArray &line : marks.readAll().split('\n')) {
        const int mark = line.mid(1, line.indexOf(' ') - 1).toInt();
        if (mark > 0 && mark % 2 == 0) {
            commits[mark / 2 - 1] = line.mid(line.indexOf(' ') + 1);
        }
    }
    QStringList arguments{QStringLiteral("diff-tree"), QStringLiteral("--stdin"), QStringLiteral("-p")};
    const Finished shown = git(m_repository.path(), arguments + options, commits.join('\n') + '\n');
    if (!shown.ok) {
        qWarning("git diff-tree: %s", shown.complaint.constData());
        return {};
    }
    QList<QByteArray> diffs;
    qsizetype at = 0;
    for (qsizetype i = 0; i < commits.size(); ++i) {
        const qsizetype start = at + commits[i].size() + 1;
        const qsizetype next = i + 1 < commits.size() ? shown.output.indexOf(commits[i + 1] + '\n', start) : -1;
        at = next < 0 ? shown.output.size() : next;
        diffs.append(shown.output.mid(start, at - start));
    }
    return diffs;
}

bool GitDiffs::apply(const QByteArray &folder, const QByteArray &diff, const QStringList &options,
                     QByteArray *complaint)
{
    // Without it, git would take the folder for a part of a repository above it.
    qputenv("GIT_CEILING_DIRECTORIES", folder.first(folder.lastIndexOf('/')));
    const Finished applied = git(QFile::decodeName(folder), QStringList{QStringLiteral("apply")} + options, diff);
    if (complaint) {
        *complaint = applied.complaint;
    }
    return applied.ok;
}

} // namespace PatchPanel::Test
