#include "services/patch/task.h"

namespace PatchPanel::Patch {

QString Task::displayName() const
{
    if (!title.isEmpty()) {
        return title;
    }
    if (!id.isEmpty()) {
        return id;
    }
    const QString fileName = file.section(u'/', -1);
    return fileName.isEmpty() ? QStringLiteral("unnamed task") : fileName;
}

} // namespace PatchPanel::Patch
