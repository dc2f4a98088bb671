#include "services/patch/diffparts.h"

#include <QHash>

#include <numeric>

namespace PatchPanel::Patch {

namespace {

// A union-find over the files, joined by their paths.
class Grouping {
public:
    explicit Grouping(const QList<FileDiff> &files)
        : m_parent(files.size())
    {
        std::iota(m_parent.begin(), m_parent.end(), 0);
        m_fileOfPath.reserve(files.size());
        for (qsizetype i = 0; i < files.size(); ++i) {
            for (const QStringView path : {QStringView(files[i].oldPath), QStringView(files[i].newPath)}) {
                if (!path.isEmpty()) {
                    join(path, i);
                    m_fileOfPath.insert(path, i);
                }
            }
        }
        for (qsizetype i = 0; i < files.size(); ++i) {
            for (const QStringView path : {QStringView(files[i].oldPath), QStringView(files[i].newPath)}) {
                for (qsizetype slash = path.indexOf(u'/'); slash > 0; slash = path.indexOf(u'/', slash + 1)) {
                    join(path.first(slash), i);
                }
            }
        }
    }

    qsizetype groupOf(qsizetype file)
    {
        while (m_parent[file] != file) {
            m_parent[file] = m_parent[m_parent[file]];
            file = m_parent[file];
        }
        return file;
    }

private:
    // With the file that has that path, if one has.
    void join(QStringView path, qsizetype file)
    {
        const auto known = m_fileOfPath.constFind(path);
        if (known != m_fileOfPath.constEnd()) {
            m_parent[groupOf(file)] = groupOf(*known);
        }
    }

    QList<qsizetype> m_parent;
    QHash<QStringView, qsizetype> m_fileOfPath; // views of the files' names
};

} // namespace

QList<QList<qsizetype>> independentParts(const QList<FileDiff> &files)
{
    Grouping grouping(files);
    QHash<qsizetype, qsizetype> partOfGroup;
    partOfGroup.reserve(files.size());
    QList<QList<qsizetype>> parts;
    for (qsizetype i = 0; i < files.size(); ++i) {
        const qsizetype part = partOfGroup.value(grouping.groupOf(i), parts.size());
        if (part == parts.size()) {
            partOfGroup.insert(grouping.groupOf(i), part);
            parts.append(QList<qsizetype>());
        }
        parts[part].append(i);
    }
    return parts;
}

} // namespace PatchPanel::Patch
