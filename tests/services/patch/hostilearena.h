#pragma once

#include "services/patch/diffapplication.h"
#include "tests/support/tempworkspace.h"
#include "tests/support/treesnapshot.h"

#include <QMetaEnum>
#include <QTest>

#include <functional>

namespace PatchPanel::Test {

// A workspace with a tree beside it that no diff may reach.
class HostileArena {
public:
    HostileArena()
    {
        m_all.write(QStringLiteral("outside/canary"), "canary\n");
        m_all.write(QStringLiteral("outside/folder/canary"), "canary\n");
        m_all.write(QStringLiteral("ws/f"), "canary\n");
        m_all.write(QStringLiteral("ws/dir/g"), "canary\n");
        m_all.write(QStringLiteral("ws/dir/many"), "1\n2\n3\n4\n5\n6\n7\n8\n");
        m_all.write(QStringLiteral("ws/.git/config"), "canary\n");
        m_all.write(QStringLiteral("ws/.git/hooks/post-commit"), "canary\n");
    }

    QString path() const { return m_all.absolute(QStringLiteral("ws")); }
    QByteArray local(const QByteArray &name) const { return QFile::encodeName(path()) + '/' + name; }
    bool write(const QString &name, QByteArrayView bytes) const
    {
        return m_all.write(QStringLiteral("ws/") + name, bytes);
    }
    // A symbolic link in the workspace, its target taken as it is.
    bool link(const QByteArray &target, const QByteArray &name) const
    {
        return ::symlink(target.constData(), local(name).constData()) == 0;
    }

    // Everything inside and outside, .git too; of the engine's own folder only what a diff could have put there.
    QMap<QString, QByteArray> snapshot() const
    {
        QMap<QString, QByteArray> entries = treeSnapshot(m_all.path());
        entries.removeIf([](const auto &entry) {
            const bool own = entry.key().startsWith(QLatin1String("ws/.patchpanel"));
            return own && (entry.value().startsWith("4") || entry.key().endsWith(QLatin1String("/lock")));
        });
        return entries;
    }

private:
    TempWorkspace m_all;
};

// What stands in the workspace before the diff comes; false when it could not be made.
using Setup = std::function<bool(const HostileArena &)>;

inline bool nothingMore(const HostileArena &)
{
    return true;
}

inline void addHostileColumns()
{
    QTest::addColumn<QByteArray>("diff");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<Setup>("setup");
}

inline void hostileRow(const QByteArray &name, const QByteArray &diff, ErrorCode code, const Setup &setup = nothingMore)
{
    QTest::newRow(name) << diff << code << setup;
}

// Applies the row's diff: it must be refused with the row's code, and everything must stand as before.
inline void refuses()
{
    QFETCH(QByteArray, diff);
    QFETCH(ErrorCode, code);
    QFETCH(Setup, setup);
    const HostileArena arena;
    QVERIFY(setup(arena));
    const QMap<QString, QByteArray> before = arena.snapshot();
    const Result<Patch::Plan> plan = Patch::applyDiffTo(arena.path(), diff, {}, Patch::Durability::Process);
    const QMap<QString, QByteArray> after = arena.snapshot();
    for (auto entry = after.begin(); entry != after.end(); ++entry) {
        QVERIFY2(before.value(entry.key()) == *entry,
                 qPrintable(QStringLiteral("%1 is new or changed").arg(entry.key())));
    }
    QCOMPARE(after.size(), before.size());
    QVERIFY2(!plan.ok(), "nothing changed, but it was not refused either");
    QVERIFY2(plan.error().code == code,
             qPrintable(QStringLiteral("%1, not %2: %3")
                            .arg(QLatin1String(traitsOf(plan.error().code).name), QLatin1String(traitsOf(code).name),
                                 plan.error().toString())));
}

} // namespace PatchPanel::Test
