#pragma once

#include "tests/support/filetree.h"

#include <QRandomGenerator>

namespace PatchPanel::Test {

// What a generated pair of trees is rich in.
enum class Flavour {
    Plain, // texts whose lines are nearly all different
    Repeated, // texts of a few lines that come again and again: ambiguity
    Endings, // CR LF, mixed endings, no final newline, bytes that are no UTF-8, long lines, empty files
    Tree, // files that come, go, move, are copied, change mode; symbolic links; odd names
    BinaryWhole, // binary files that have little in common before and after
    BinaryChanged, // binary files of which a few bytes change
};

struct TreePair {
    FileTree before;
    FileTree after; // never equal to `before`
};

// Makes trees and changes of trees from a seed, always the same ones for the same seed.
class RandomTree {
public:
    RandomTree(Flavour flavour, quint32 seed)
        : m_flavour(flavour)
        , m_random(seed)
    {
    }

    TreePair pair();
    // Lines that no generated text holds.
    QByteArray foreignLines();
    // `text` with one line, where it has any, made another one.
    QByteArray withLineChanged(const QByteArray &text);
    QByteArray withLinesRemovedAtStart(const QByteArray &text);
    int below(int limit) { return limit > 0 ? m_random.bounded(limit) : 0; }
    bool chance(int percent) { return m_random.bounded(100) < percent; }

private:
    QByteArray line();
    QByteArray ending(const QByteArray &habit);
    QByteArray text();
    QByteArray edited(const QByteArray &text);
    QByteArray binary(int size);
    QByteArray contents();
    QByteArray changedContents(const QByteArray &bytes);
    QByteArray freeName(const FileTree &one, const FileTree &other);
    void changeOne(TreePair &pair);
    void changeTree(TreePair &pair);

    Flavour m_flavour;
    QRandomGenerator m_random;
    int m_letters = 4; // different lines of a text that repeats them
};

// The lines of a text, each with its ending.
QList<QByteArray> linesOf(const QByteArray &text);

} // namespace PatchPanel::Test
