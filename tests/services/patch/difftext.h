#pragma once

#include <QByteArray>

namespace PatchPanel::Test {

// Texts of git diffs, written as an attacker would: no name is checked or quoted.

inline QByteArray header(const QByteArray &oldName, const QByteArray &newName)
{
    return "diff --git a/" + oldName + " b/" + newName + '\n';
}

inline QByteArray sides(const QByteArray &oldSide, const QByteArray &newSide)
{
    return "--- " + oldSide + "\n+++ " + newSide + '\n';
}

inline QByteArray creates(const QByteArray &name, const QByteArray &mode = "100644", const QByteArray &line = "evil")
{
    const QByteArray end = mode == "120000" ? "\n\\ No newline at end of file\n" : "\n";
    return header(name, name) + "new file mode " + mode + '\n' + sides("/dev/null", "b/" + name) + "@@ -0,0 +1 @@\n+"
        + line + end;
}

inline QByteArray links(const QByteArray &name, const QByteArray &target)
{
    return creates(name, "120000", target);
}

// Of a file that holds the one line "canary".
inline QByteArray modifies(const QByteArray &name)
{
    return sides("a/" + name, "b/" + name) + "@@ -1 +1 @@\n-canary\n+evil\n";
}

inline QByteArray deletes(const QByteArray &name, const QByteArray &line = "canary")
{
    return header(name, name) + "deleted file mode 100644\n" + sides("a/" + name, "/dev/null") + "@@ -1 +0,0 @@\n-"
        + line + '\n';
}

inline QByteArray renames(const QByteArray &from, const QByteArray &to)
{
    return header(from, to) + "similarity index 100%\nrename from " + from + "\nrename to " + to + '\n';
}

inline QByteArray copies(const QByteArray &from, const QByteArray &to)
{
    return header(from, to) + "similarity index 100%\ncopy from " + from + "\ncopy to " + to + '\n';
}

// One of the mails of a `git format-patch`.
inline QByteArray mail(const QByteArray &diff)
{
    return "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\n"
           "Subject: [PATCH] change\n\n---\n"
        + diff + "-- \n2.39.5\n\n";
}

} // namespace PatchPanel::Test
