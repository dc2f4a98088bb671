#include "services/patch/textedit.h"

#include <QJsonArray>

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

constexpr QByteArrayView byteOrderMark("\xef\xbb\xbf");

QByteArray withEnding(const QByteArray &text, const QByteArray &ending)
{
    QByteArray result = text;
    result.replace("\r\n", "\n");
    if (!result.endsWith('\n')) {
        result += '\n';
    }
    return ending == "\n" ? result : result.replace('\n', ending);
}

// The ending that most lines of the file have.
QByteArray endingOf(const QByteArray &contents)
{
    const qsizetype all = contents.count('\n');
    return 2 * contents.count("\r\n") > all ? "\r\n" : "\n";
}

int lineNumberAt(QByteArrayView contents, qsizetype offset)
{
    return static_cast<int>(std::count(contents.begin(), contents.begin() + offset, '\n')) + 1;
}

qsizetype startOfLine(const QByteArray &contents, qsizetype offset)
{
    return offset == 0 ? 0 : contents.lastIndexOf('\n', offset - 1) + 1;
}

qsizetype endOfLine(const QByteArray &contents, qsizetype offset)
{
    const qsizetype end = contents.indexOf('\n', offset);
    return end < 0 ? contents.size() : end + 1;
}

class Inserter {
public:
    Inserter(const QByteArray &contents, const Op &op, const QList<QByteArray> &siblings)
        : m_contents(contents)
        , m_op(op)
        , m_ending(endingOf(contents))
        , m_block(withEnding(op.contents, m_ending))
    {
        for (const QByteArray &sibling : siblings) {
            m_siblings.append(withEnding(sibling, m_ending));
        }
    }

    Result<Edit> run() const
    {
        switch (m_op.place) {
        case InsertPlace::Start:
            return atStart();
        case InsertPlace::End:
            return atEnd();
        case InsertPlace::AtLine:
            return atLine();
        case InsertPlace::Before:
        case InsertPlace::After:
            break;
        }
        return atAnchor();
    }

private:
    QByteArrayView rest(qsizetype offset) const { return QByteArrayView(m_contents).sliced(offset); }

    // How many bytes at `offset` are this block's lines; a last line may lack its ending at the end of the file.
    qsizetype standsAt(const QByteArray &block, qsizetype offset) const
    {
        if (rest(offset).startsWith(block)) {
            return block.size();
        }
        const QByteArrayView open = QByteArrayView(block).chopped(m_ending.size());
        return !open.isEmpty() && rest(offset) == open ? open.size() : 0;
    }

    qsizetype endsAt(const QByteArray &block, qsizetype offset) const
    {
        const QByteArrayView before = QByteArrayView(m_contents).first(offset);
        const auto wholeLines = [&before](QByteArrayView lines) {
            const qsizetype start = before.size() - lines.size();
            return before.endsWith(lines) && (start == 0 || before[start - 1] == '\n');
        };
        if (wholeLines(block)) {
            return block.size();
        }
        const QByteArrayView open = QByteArrayView(block).chopped(m_ending.size());
        return offset == m_contents.size() && !open.isEmpty() && wholeLines(open) ? open.size() : 0;
    }

    bool blockFollows(qsizetype offset) const
    {
        return blockReached(offset, +1, [this](const QByteArray &block, qsizetype at) { return standsAt(block, at); });
    }

    bool blockPrecedes(qsizetype offset) const
    {
        return blockReached(offset, -1, [this](const QByteArray &block, qsizetype at) { return endsAt(block, at); });
    }

    // Steps over the blocks of other inserts until this one's is found, or anything else.
    template <typename Length> bool blockReached(qsizetype offset, int direction, Length lengthOf) const
    {
        for (;;) {
            if (lengthOf(m_block, offset) > 0) {
                return true;
            }
            qsizetype step = 0;
            for (const QByteArray &sibling : m_siblings) {
                step = std::max(step, lengthOf(sibling, offset));
            }
            if (step == 0) {
                return false;
            }
            offset += direction * step;
        }
    }

    Edit already() const { return {m_contents, true, {}}; }

    Edit insertedAt(qsizetype offset) const
    {
        QByteArray block = m_block;
        const bool openEnd = offset == m_contents.size() && offset > 0 && !m_contents.endsWith('\n');
        if (openEnd) {
            block.chop(m_ending.size());
            block.prepend(m_ending);
        }
        const int line = lineNumberAt(m_contents, offset) + (openEnd ? 1 : 0);
        return {m_contents.first(offset) + block + m_contents.sliced(offset),
                false,
                {QStringLiteral("%1 line(s) inserted at line %2").arg(m_block.count('\n')).arg(line)}};
    }

    Edit atStart() const
    {
        const qsizetype start = m_contents.startsWith(byteOrderMark) ? byteOrderMark.size() : 0;
        return blockFollows(start) ? already() : insertedAt(start);
    }

    Edit atEnd() const { return blockPrecedes(m_contents.size()) ? already() : insertedAt(m_contents.size()); }

    Result<Edit> atLine() const
    {
        qsizetype offset = 0;
        for (int line = 1; line < m_op.line; ++line) {
            if (offset == m_contents.size()) {
                return Error{ErrorCode::DoesNotApply,
                             QStringLiteral("There is no line %1: the file has %2.").arg(m_op.line).arg(line - 1),
                             QStringLiteral("Use \"at\": \"end\" to insert at the end.")};
            }
            offset = endOfLine(m_contents, offset);
        }
        return blockFollows(offset) ? already() : insertedAt(offset);
    }

    QList<qsizetype> anchorPlaces(const QByteArray &anchor) const
    {
        QList<qsizetype> places;
        for (qsizetype at = m_contents.indexOf(anchor); at >= 0; at = m_contents.indexOf(anchor, at + anchor.size())) {
            places.append(at);
        }
        return places;
    }

    Result<Edit> atAnchor() const
    {
        QByteArray anchor = m_op.find;
        if (m_ending == "\r\n" && !anchor.contains('\r')) {
            anchor.replace('\n', "\r\n");
        }
        const QList<qsizetype> places = anchorPlaces(anchor);
        const auto there = [this, &anchor](qsizetype place) {
            const qsizetype offset = insertionOffset(place, anchor.size());
            return m_op.place == InsertPlace::Before ? blockPrecedes(offset) : blockFollows(offset);
        };
        // The block may hold the anchor itself, so that later runs find more matches than the first one.
        const bool anyCounts = m_op.occurrence == 0 || m_block.contains(anchor);
        if (anyCounts && std::any_of(places.begin(), places.end(), there)) {
            return already();
        }
        if (places.isEmpty()) {
            return withoutAnchor();
        }
        const Result<qsizetype> place = chosen(places);
        if (!place) {
            return place.error();
        }
        return there(*place) ? already() : insertedAt(insertionOffset(*place, anchor.size()));
    }

    qsizetype insertionOffset(qsizetype place, qsizetype anchorSize) const
    {
        return m_op.place == InsertPlace::Before ? startOfLine(m_contents, place)
                                                 : endOfLine(m_contents, place + anchorSize - 1);
    }

    Result<qsizetype> chosen(const QList<qsizetype> &places) const
    {
        if (m_op.occurrence == 0 && places.size() > 1) {
            QJsonArray lines;
            QStringList numbers;
            for (const qsizetype place : places.first(std::min<qsizetype>(places.size(), 10))) {
                lines.append(lineNumberAt(m_contents, place));
                numbers.append(QString::number(lineNumberAt(m_contents, place)));
            }
            return Error{
                ErrorCode::Ambiguous,
                QStringLiteral("The anchor \"%1\" is found %2 times, in lines %3.")
                    .arg(QString::fromUtf8(m_op.find))
                    .arg(places.size())
                    .arg(numbers.join(QLatin1String(", "))),
                QStringLiteral("Make it longer, or choose with \"occurrence\": \"first\", \"last\" or a number."),
                {},
                {{QStringLiteral("lines"), lines}}};
        }
        if (m_op.occurrence > places.size()) {
            return Error{ErrorCode::DoesNotApply,
                         QStringLiteral("The anchor \"%1\" is found %2 time(s), match %3 was asked for.")
                             .arg(QString::fromUtf8(m_op.find))
                             .arg(places.size())
                             .arg(m_op.occurrence)};
        }
        return m_op.occurrence < 0 ? places.last() : places.at(std::max(1, m_op.occurrence) - 1);
    }

    Result<Edit> withoutAnchor() const
    {
        Edit edit;
        switch (m_op.fallback) {
        case InsertFallback::Append:
            edit = atEnd();
            break;
        case InsertFallback::Prepend:
            edit = atStart();
            break;
        case InsertFallback::Skip:
            return Edit{
                m_contents, true, {QStringLiteral("the anchor is not found: insert skipped, as the task says")}};
        case InsertFallback::Fail:
            return Error{ErrorCode::DoesNotApply,
                         QStringLiteral("The anchor \"%1\" is not found.").arg(QString::fromUtf8(m_op.find)),
                         QStringLiteral("Compare it with the file, or name a \"fallback\"."),
                         {},
                         {{QStringLiteral("expected"), QString::fromUtf8(m_op.find)}}};
        }
        if (!edit.already) {
            edit.notes.append(QStringLiteral("the anchor is not found: the fallback was used"));
        }
        return edit;
    }

    const QByteArray &m_contents;
    const Op &m_op;
    QByteArray m_ending;
    QByteArray m_block;
    QList<QByteArray> m_siblings;
};

} // namespace

Result<Edit> insertBlock(const QByteArray &contents, const Op &op, const QList<QByteArray> &siblings)
{
    return Inserter(contents, op, siblings).run();
}

} // namespace PatchPanel::Patch
