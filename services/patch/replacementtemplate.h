#pragma once

#include "services/patch/bytepattern.h"

namespace PatchPanel::Patch {

// The replacement of a pattern, read once: $1, ${12}, ${name}, $& (the whole match), $$ (a dollar sign); anything else
// is literal.
class ReplacementTemplate {
public:
    // DoesNotApply for a group that the pattern does not have.
    static Result<ReplacementTemplate> parse(const QByteArray &text, const BytePattern &pattern);

    QByteArray expand(const PatternMatch &match) const;

    // A pattern for texts that this template can have produced: groups stand for anything on one line.
    QByteArray reversePattern() const;
    bool hasGroups() const;
    bool hasText() const; // besides groups

private:
    struct Piece {
        QByteArray text;
        int group = -1; // -1: text
    };
    QList<Piece> m_pieces;
};

// A replacement in Python's form (\1, \g<name>, \n, \\; dollars are literal) in the form above.
QByteArray fromPythonReplacement(const QByteArray &text);

} // namespace PatchPanel::Patch
