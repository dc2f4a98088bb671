#pragma once

#include "services/patch/plan.h"
#include "services/patch/workspacefile.h"

namespace PatchPanel::Test {

// Plans by hand, for the units that run one: `before` is what stands on the disk when the change is added.
class PlanBuilder {
public:
    explicit PlanBuilder(const QString &workspace)
        : m_root(Patch::WorkspaceRoot::open(workspace).value())
    {
        m_plan.id = QStringLiteral("0123456789abcdef");
        m_plan.workspace = m_root.path();
    }

    PlanBuilder &create(const QString &path, const QByteArray &contents, int mode = 0644)
    {
        return add(Patch::ChangeKind::Create, path, {}, file(contents, mode));
    }
    PlanBuilder &modify(const QString &path, const QByteArray &contents)
    {
        return add(Patch::ChangeKind::Modify, path, {}, file(contents, stateOf(path)->mode));
    }
    PlanBuilder &remove(const QString &path) { return add(Patch::ChangeKind::Delete, path, {}, std::nullopt); }
    PlanBuilder &move(const QString &from, const QString &path)
    {
        return add(Patch::ChangeKind::Move, path, from, stateOf(from));
    }
    PlanBuilder &chmod(const QString &path, int mode)
    {
        return add(Patch::ChangeKind::Chmod, path, {}, file(stateOf(path)->contents.toByteArray(), mode));
    }
    PlanBuilder &symlink(const QString &path, const QByteArray &target)
    {
        Patch::FileState state = file(target, 0777);
        state.symlink = true;
        return add(stateOf(path) ? Patch::ChangeKind::Modify : Patch::ChangeKind::Create, path, {}, state);
    }

    const Patch::Plan &plan() const { return m_plan; }

private:
    std::optional<Patch::FileState> stateOf(const QString &path) const
    {
        const auto state = m_root.read(path);
        return state ? *state : std::nullopt;
    }

    static Patch::FileState file(const QByteArray &contents, int mode)
    {
        Patch::FileState state;
        state.contents = Patch::Blob(contents);
        state.mode = mode;
        return state;
    }

    PlanBuilder &add(Patch::ChangeKind kind, const QString &path, const QString &from,
                     const std::optional<Patch::FileState> &after)
    {
        Patch::Change change;
        change.kind = kind;
        change.path = path;
        change.from = from;
        change.before = stateOf(from.isEmpty() ? path : from);
        change.after = after;
        if (change.after) {
            change.after->inode = 0;
            change.after->mtimeNs = 0;
        }
        m_plan.changes.append(change);
        return *this;
    }

    Patch::WorkspaceRoot m_root;
    Patch::Plan m_plan;
};

} // namespace PatchPanel::Test
