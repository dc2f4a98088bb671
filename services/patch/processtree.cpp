#include "services/patch/processtree.h"

#include <QDir>
#include <QFile>
#include <QMultiHash>

#include <csignal>
#include <optional>

namespace PatchPanel::Patch {

namespace {

struct Stat {
    ProcessEntry entry;
    pid_t parent = 0;
    char state = 0;
};

// proc(5): "pid (comm) state ppid …"; comm may itself hold spaces and parentheses.
std::optional<Stat> readStat(const QString &pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QByteArray text = file.readAll();
    const qsizetype open = text.indexOf('(');
    const qsizetype close = text.lastIndexOf(')');
    const QList<QByteArray> rest = text.mid(close + 2).split(' ');
    if (open < 0 || close < open || rest.size() < 2 || rest[0].isEmpty()) {
        return std::nullopt;
    }
    return Stat{{pid.toInt(), QString::fromUtf8(text.mid(open + 1, close - open - 1))}, rest[1].toInt(), rest[0][0]};
}

} // namespace

QList<ProcessEntry> descendantsOf(pid_t root)
{
    QMultiHash<pid_t, Stat> childrenOf;
    const QStringList names = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &name : names) {
        if (!name.isEmpty() && name.front().isDigit()) {
            if (const std::optional<Stat> stat = readStat(name)) {
                childrenOf.insert(stat->parent, *stat);
            }
        }
    }
    QList<ProcessEntry> found;
    QList<ProcessEntry> parents{{root, {}, 0}};
    while (!parents.isEmpty()) {
        const ProcessEntry parent = parents.takeLast();
        const QList<Stat> children = childrenOf.values(parent.pid);
        for (Stat child : children) {
            child.entry.depth = parent.depth + 1;
            parents.append(child.entry);
            if (child.state != 'Z' && child.state != 'X') {
                found.append(child.entry);
            }
        }
    }
    return found;
}

void signalAll(const QList<ProcessEntry> &processes, int signal)
{
    for (const ProcessEntry &process : processes) {
        ::kill(process.pid, signal);
    }
}

} // namespace PatchPanel::Patch
