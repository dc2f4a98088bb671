#pragma once

#include "tests/services/patch/randomtree.h"

#include <QStringList>
#include <QTemporaryDir>

namespace PatchPanel::Test {

// The real git, apart from the configuration and the repositories of whoever runs the test.
class GitDiffs {
public:
    GitDiffs();

    // git's diffs of many pairs of trees at once, in their order. `options` as of `git diff-tree`. Empty on failure.
    QList<QByteArray> diffsOf(const QList<TreePair> &pairs, const QStringList &options) const;

    // Runs `git apply` with `options` on the bytes of `diff` in a folder that is no repository; true when it applied.
    static bool apply(const QByteArray &folder, const QByteArray &diff, const QStringList &options,
                      QByteArray *complaint = nullptr);

private:
    QTemporaryDir m_repository;
};

} // namespace PatchPanel::Test
