#include "services/runner/workspaceroots.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace PatchPanel::Runner {

namespace {

bool liesBeneath(const QString &path, const QString &root)
{
    return !root.isEmpty() && (path == root || root == QStringLiteral("/") || path.startsWith(root + QLatin1Char('/')));
}

QString canonical(const QString &path)
{
    return QFileInfo(path).canonicalFilePath();
}

} // namespace

void WorkspaceRoots::add(const QString &path)
{
    if (!path.isEmpty() && !m_roots.contains(path)) {
        m_roots.append(path);
    }
}

Result<QString> WorkspaceRoots::resolve(const QString &workspace) const
{
    if (!QDir::isAbsolutePath(workspace)) {
        return Error{ErrorCode::BadRequest,
                     QStringLiteral("expected the absolute path of a folder"),
                     {},
                     QStringLiteral("/workspace")};
    }
    const QString found = canonical(workspace);
    const QString judged = found.isEmpty() ? QDir::cleanPath(workspace) : found;
    // Where a canonical path lies beneath a root by its text, there is no link in the root. Looking at the disk for
    // each of thousands of roots comes last.
    const bool allowed =
        std::any_of(m_roots.begin(), m_roots.end(), [&](const QString &root) { return liesBeneath(found, root); })
        || std::any_of(m_roots.begin(), m_roots.end(), [&](const QString &root) {
               return liesBeneath(judged, canonical(root))
                   || (found.isEmpty() && liesBeneath(judged, QDir::cleanPath(root)));
           });
    if (!allowed) {
        return Error{ErrorCode::OutsideWorkspace,
                     QStringLiteral("this runner was not started for the workspace %1").arg(workspace),
                     QStringLiteral("start it with --workspace and that folder, or one above it"),
                     {},
                     {{QStringLiteral("workspace"), workspace}}};
    }
    if (!QFileInfo(found).isDir()) {
        return Error{ErrorCode::NotFound,
                     QStringLiteral("there is no folder %1").arg(workspace),
                     {},
                     {},
                     {{QStringLiteral("workspace"), workspace}}};
    }
    return found;
}

} // namespace PatchPanel::Runner
