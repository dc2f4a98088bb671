#include "ui/views/difffind.h"

#include "ui/views/diffcolumn.h"

namespace PatchPanel::Ui {

DiffFind::DiffFind(DiffColumn *before, DiffColumn *after, QObject *parent)
    : QObject(parent)
    , m_before(before)
    , m_after(after)
    , m_finder({[] { return qsizetype{0}; }, [this] { return m_after->lineCount() * (m_sideBySide ? 2 : 1); },
                [this](qsizetype line) { return textOf(line); },
                [this](qsizetype from, qsizetype end, const LineFinder::Visitor &visitor) {
                    visit(from, end, visitor);
                }})
{
    for (DiffColumn *column : {m_before, m_after}) {
        column->setFinder(&m_finder);
        connect(&m_finder, &LineFinder::changed, column->viewport(), qOverload<>(&QWidget::update));
    }
    connect(&m_finder, &LineFinder::changed, this, [this] {
        if (!m_finder.current()) {
            m_before->setChosenMatch({});
            m_after->setChosenMatch({});
        }
    });
    connect(&m_finder, &LineFinder::currentChanged, this, &DiffFind::show);
}

qsizetype DiffFind::firstVisibleLine() const
{
    return m_after->firstVisibleLine() * (m_sideBySide ? 2 : 1);
}

void DiffFind::restart(bool sideBySide)
{
    m_sideBySide = sideBySide;
    m_finder.restart();
}

DiffColumn *DiffFind::columnOf(qsizetype line) const
{
    return m_sideBySide && line % 2 == 0 ? m_before : m_after;
}

QString DiffFind::textOf(qsizetype line) const
{
    return isCounted(line) ? columnOf(line)->lineText(rowOf(line)) : QString();
}

void DiffFind::visit(qsizetype from, qsizetype end, const LineFinder::Visitor &visit) const
{
    bool goesOn = true;
    for (qsizetype line = from; line < end && goesOn; ++line) {
        if (isCounted(line)) {
            columnOf(line)->withText(rowOf(line), [&](QByteArrayView utf8) { goesOn = visit(line, utf8); });
        }
    }
}

bool DiffFind::isCounted(qsizetype line) const
{
    const DiffColumn *column = columnOf(line);
    return column == m_after || column->standsAlone(rowOf(line));
}

void DiffFind::show(const LineMatch &match)
{
    DiffColumn *column = columnOf(match.line);
    DiffColumn *other = column == m_after ? m_before : m_after;
    const LineMatch found{rowOf(match.line), match.column, match.length};
    other->setChosenMatch({});
    column->setChosenMatch(found);
    column->showMatch(found);
}

} // namespace PatchPanel::Ui
