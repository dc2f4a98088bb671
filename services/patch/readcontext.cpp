#include "services/patch/readcontext.h"

#include "services/common/ids.h"

#include <QDir>

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype mostFileBytes = 64 * 1024 * 1024;

bool liesBeneath(const QString &path, const QString &root)
{
    return path == root || path.startsWith(root.endsWith(u'/') ? root : root + u'/');
}

} // namespace

ReadContext::ReadContext(const QString &workspaceRoot, const ReadOptions &options)
    : m_workspaceRoot(workspaceRoot)
    , m_options(options)
{
}

QString ReadContext::mapped(const QString &path) const
{
    const RootMapping *best = nullptr;
    for (const RootMapping &mapping : m_options.mappedRoots) {
        if (liesBeneath(path, mapping.from) && (!best || mapping.from.size() > best->from.size())) {
            best = &mapping;
        }
    }
    const QString root = QDir::cleanPath(m_workspaceRoot);
    if (!best || (liesBeneath(path, root) && root.size() > best->from.size())) {
        return path;
    }
    const QString rest = path.mid(best->from.size());
    QString there = root;
    there += best->to == QLatin1String(".") ? QString() : u'/' + best->to;
    return rest.isEmpty() || rest.startsWith(u'/') ? there + rest : there + u'/' + rest;
}

Result<QString> ReadContext::confined(const QString &path) const
{
    Result<QString> inside = confinedPath(path.startsWith(u'/') ? mapped(path) : path, m_workspaceRoot);
    if (inside || inside.error().code != ErrorCode::OutsideWorkspace) {
        return inside;
    }
    Error error = inside.error();
    error.hint = QStringLiteral("Write it relative to the workspace, or say with --map-root where it lies here.");
    return error;
}

Result<void> ReadContext::takeNames(FileDiff &file) const
{
    if (m_options.strip) {
        const Result<FileDiff> stripped = withStrippedNames(file, *m_options.strip);
        if (!stripped) {
            return stripped.error();
        }
        file = *stripped;
    }
    for (QString *path : {&file.oldPath, &file.newPath}) {
        const Result<QString> name = path->isEmpty() ? Result<QString>(*path) : confined(*path);
        if (!name) {
            return name.error();
        }
        *path = *name;
    }
    return {};
}

Result<QByteArray> ReadContext::fileBeside(const QString &name)
{
    if (!m_options.fileBeside) {
        return Error{ErrorCode::InvalidTask,
                     QStringLiteral("\"%1\" cannot be read: the task came without its file.").arg(name),
                     QStringLiteral("Run the task by its file, or put the contents into \"contentsBase64\".")};
    }
    if (const auto known = m_files.constFind(name); known != m_files.constEnd()) {
        return *known;
    }
    Result<QByteArray> bytes = m_options.fileBeside(name);
    if (!bytes) {
        return bytes;
    }
    if (bytes->size() > mostFileBytes - m_fileBytes) {
        return Error{ErrorCode::InvalidTask,
                     QStringLiteral("With \"%1\" the files beside the task have more than 64 MiB.").arg(name)};
    }
    m_fileBytes += bytes->size();
    m_files.insert(name, *bytes);
    return bytes;
}

QList<FileBeside> ReadContext::filesRead() const
{
    QList<FileBeside> files;
    for (auto file = m_files.constBegin(); file != m_files.constEnd(); ++file) {
        files.append({file.key(), sha256Hex(*file)});
    }
    std::sort(files.begin(), files.end(),
              [](const FileBeside &left, const FileBeside &right) { return left.name < right.name; });
    return files;
}

} // namespace PatchPanel::Patch
