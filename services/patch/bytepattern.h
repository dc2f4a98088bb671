#pragma once

#include "services/common/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <memory>

namespace PatchPanel::Patch {

// One match of a pattern: where it stands and what each group caught.
struct PatternMatch {
    qsizetype start = 0;
    qsizetype end = 0;
    QList<QByteArray> groups = {}; // [0] is the whole match; a group that took no part is empty
};

// A PCRE2 pattern on bytes: what it does not match stays byte for byte. Any one thread at a time.
class BytePattern {
public:
    // `flags` of "imsxu", as in PCRE. InvalidTask with the offset for a pattern that does not compile.
    static Result<BytePattern> compile(const QByteArray &pattern, const QString &flags);

    // Every match from the start, none overlapping, an empty one once per place.
    // DoesNotApply when the match limits are hit (a pattern that runs away) or the text is not UTF-8 under "u".
    Result<QList<PatternMatch>> matchAll(QByteArrayView text) const;

    // The number of the named group; -1 when there is none.
    int groupNumber(const QByteArray &name) const;
    int groupCount() const;

private:
    struct Code;
    explicit BytePattern(std::shared_ptr<Code> code);
    std::shared_ptr<Code> m_code;
};

} // namespace PatchPanel::Patch
