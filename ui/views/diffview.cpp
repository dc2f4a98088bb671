#include "ui/views/diffview.h"

#include "ui/models/background.h"
#include "ui/models/format.h"
#include "ui/views/diffcolumn.h"
#include "ui/views/difffind.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr int expandedLines = 20; // at either end of a gap
constexpr int contextAbove = 3; // lines above a change that is gone to

QAction *makeToggle(QWidget *owner, const QString &text, const QString &onButton, const QString &tip)
{
    auto *action = new QAction(text, owner);
    action->setIconText(onButton);
    action->setCheckable(true);
    action->setToolTip(tip);
    return action;
}

} // namespace

DiffView::DiffView(QWidget *parent)
    : QWidget(parent)
    , m_oldColumn(new DiffColumn)
    , m_column(new DiffColumn)
    , m_find(new DiffFind(m_oldColumn, m_column, this))
{
    m_oldColumn->setAccessibleName(tr("Diff of the selected file: before"));
    m_column->setAccessibleName(tr("Diff of the selected file"));
    m_oldColumn->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusProxy(m_column);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(1);
    layout->addWidget(m_oldColumn, 1);
    layout->addWidget(m_column, 1);
    makeActions();
    connectColumns();
    refreshColumns();
    refreshActions();
}

void DiffView::setDiff(const QJsonValue &diff, const QString &file)
{
    m_source = diff;
    m_path = file;
    m_options.expandable = !file.isEmpty();
    m_landing = Landing::Top;
    m_expansion = {};
    m_diff.reset();
    m_file.reset();
    m_problem.reset();
    makeRows();
}

void DiffView::setSideBySide(bool sideBySide)
{
    if (sideBySide != m_options.sideBySide) {
        m_options.sideBySide = sideBySide;
        refreshActions();
        makeRows();
        Q_EMIT sideBySideChanged(sideBySide);
    }
}

void DiffView::setHideWhitespace(bool hide)
{
    if (hide != m_options.hideWhitespace) {
        m_options.hideWhitespace = hide;
        refreshActions();
        makeRows();
        Q_EMIT hideWhitespaceChanged(hide);
    }
}

void DiffView::setExpandAll(bool expand)
{
    m_expansion = {.all = expand && !m_path.isEmpty()};
    m_problem.reset();
    refreshActions();
    makeRows();
}

void DiffView::expandBefore(int hunk)
{
    if (!m_path.isEmpty() && hunk >= 0) {
        m_expansion.lines[hunk] += expandedLines;
        m_problem.reset();
        makeRows();
    }
}

bool DiffView::showNextChange()
{
    if (!m_diff) {
        m_landing = Landing::FirstChange;
        return m_isWorking;
    }
    if (!m_rows || m_change + 1 >= static_cast<int>(m_rows->changes.size())) {
        return false;
    }
    goToChange(m_change + 1);
    return true;
}

bool DiffView::showPreviousChange()
{
    if (!m_diff) {
        m_landing = Landing::LastChange;
        return m_isWorking;
    }
    if (m_change <= 0) {
        return false;
    }
    goToChange(m_change - 1);
    return true;
}

QString DiffView::hunkText(int hunk) const
{
    const bool isKnown = m_diff && hunk >= 0 && hunk < static_cast<int>(m_diff->hunks.size());
    return isKnown ? QString::fromUtf8(m_diff->hunks[static_cast<std::size_t>(hunk)].bytes) + QLatin1Char('\n')
                   : QString();
}

int DiffView::currentHunk() const
{
    if (!m_rows || !m_diff || m_diff->hunks.empty()) {
        return -1;
    }
    const qsizetype row =
        m_change >= 0 ? m_rows->changes[static_cast<std::size_t>(m_change)] : m_column->firstVisibleLine();
    return std::clamp(m_column->hunkAt(row), 0, static_cast<int>(m_diff->hunks.size()) - 1);
}

void DiffView::setEmptyText(const QString &text)
{
    m_column->setEmptyText(text);
}

QString DiffView::note() const
{
    if (m_problem) {
        return m_problem->message + (m_problem->hint.isEmpty() ? QString() : QStringLiteral(" · ") + m_problem->hint);
    }
    QStringList parts;
    if (m_rows && m_change >= 0) {
        parts.append(tr("change %1 of %2").arg(formatCount(m_change + 1), formatCount(std::ssize(m_rows->changes))));
    }
    if (m_rows && m_rows->hiddenLines > 0) {
        parts.append(tr("hidden: %1 of white space").arg(counted(m_rows->hiddenLines, tr("change"), tr("changes"))));
    }
    return parts.join(QStringLiteral(" · "));
}

void DiffView::makeActions()
{
    m_sideBySide = makeToggle(this, tr("Side by Side"), tr("Side by side"), tr("The old file beside the new one"));
    m_hideWhitespace = makeToggle(this, tr("Hide Whitespace"), tr("Hide whitespace"),
                                  tr("Lines that differ in white space only are no change"));
    m_expandAll = makeToggle(this, tr("Expand All"), tr("Expand all"),
                             tr("Show the whole file, not only what surrounds its changes"));
    m_copyHunk = new QAction(tr("Copy Hunk"), this);
    m_copyHunk->setToolTip(tr("Copy the hunk as it stands in the patch"));
    addActions({m_copyHunk, m_sideBySide, m_hideWhitespace, m_expandAll});
    connect(m_sideBySide, &QAction::triggered, this, &DiffView::setSideBySide);
    connect(m_hideWhitespace, &QAction::triggered, this, &DiffView::setHideWhitespace);
    connect(m_expandAll, &QAction::triggered, this, &DiffView::setExpandAll);
    connect(m_copyHunk, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(hunkText(currentHunk())); });
}

void DiffView::connectColumns()
{
    const auto connectBars = [this](QScrollBar *left, QScrollBar *right) {
        connect(left, &QScrollBar::valueChanged, right, &QScrollBar::setValue);
        connect(right, &QScrollBar::valueChanged, left, &QScrollBar::setValue);
        connect(left, &QScrollBar::rangeChanged, this, &DiffView::refreshColumns);
    };
    connectBars(m_oldColumn->verticalScrollBar(), m_column->verticalScrollBar());
    connectBars(m_oldColumn->horizontalScrollBar(), m_column->horizontalScrollBar());
    connect(m_column->horizontalScrollBar(), &QScrollBar::rangeChanged, this, &DiffView::refreshColumns);
    for (DiffColumn *column : {m_oldColumn, m_column}) {
        connect(column, &DiffColumn::expandRequested, this, &DiffView::expandBefore);
        connect(column, &DiffColumn::menuRequested, this, &DiffView::showMenu);
    }
}

// From the text, or from the diff where that was read already.
void DiffView::makeRows()
{
    m_isWorking = true;
    const quint64 generation = ++m_generation;
    const bool needsFile = !m_expansion.isEmpty() && !m_file;
    inBackground(
        this,
        [source = m_source, path = needsFile ? m_path : QString(), options = m_options, expansion = m_expansion,
         made = Made{m_diff, m_file, {}, {}}]() mutable {
            if (!made.diff) {
                made.diff = std::make_shared<const Diff>(readDiff(source.toString().toUtf8()));
            }
            if (!path.isEmpty()) {
                Result<std::shared_ptr<const ContextFile>> file = readContextFile(path, *made.diff);
                if (file) {
                    made.file = *file;
                } else {
                    made.problem = file.error();
                }
            }
            made.rows = layOutDiff(made.diff, options, expansion, made.file);
            return made;
        },
        [this, generation](const Made &made) {
            if (generation == m_generation) {
                takeRows(made);
            }
        });
}

void DiffView::takeRows(const Made &made)
{
    m_isWorking = false;
    const bool isNew = m_diff != made.diff;
    const Place before = place();
    m_diff = made.diff;
    m_file = made.file;
    m_rows = made.rows;
    if (made.problem) {
        m_problem = made.problem;
        m_expansion = {};
    }
    showRows();
    refreshActions();
    if (isNew) {
        m_change = -1;
        land();
        Q_EMIT loaded();
    } else {
        restore(before);
    }
    Q_EMIT noteChanged();
}

void DiffView::showRows()
{
    const bool expandable = !m_path.isEmpty() && !m_problem;
    const bool sideBySide = m_rows->sideBySide;
    m_column->setAccessibleName(sideBySide ? tr("Diff of the selected file: after") : tr("Diff of the selected file"));
    m_oldColumn->setVisible(sideBySide);
    m_oldColumn->setRows(sideBySide ? m_rows : nullptr, DiffColumn::Side::Before, expandable);
    m_column->setRows(m_rows, sideBySide ? DiffColumn::Side::After : DiffColumn::Side::Both, expandable);
    m_find->restart(sideBySide);
}

void DiffView::land()
{
    if (m_landing == Landing::FirstChange) {
        showNextChange();
    } else if (m_landing == Landing::LastChange && !m_rows->changes.empty()) {
        goToChange(static_cast<int>(m_rows->changes.size()) - 1);
    }
    m_landing = Landing::Top;
}

void DiffView::goToChange(int change)
{
    m_change = change;
    const int row = m_rows->changes[static_cast<std::size_t>(change)];
    m_column->verticalScrollBar()->setValue(row - contextAbove);
    m_column->setCurrentChange(row);
    m_oldColumn->setCurrentChange(m_rows->sideBySide ? row : -1);
    Q_EMIT noteChanged();
}

// Both columns show as many lines: with a horizontal scroll bar in one of them, there is one in the other.
void DiffView::refreshColumns()
{
    const bool sideBySide = !m_oldColumn->isHidden();
    const bool isWide =
        m_oldColumn->horizontalScrollBar()->maximum() > 0 || m_column->horizontalScrollBar()->maximum() > 0;
    const Qt::ScrollBarPolicy policy = !sideBySide ? Qt::ScrollBarAsNeeded
        : isWide                                   ? Qt::ScrollBarAlwaysOn
                                                   : Qt::ScrollBarAlwaysOff;
    m_oldColumn->setHorizontalScrollBarPolicy(policy);
    m_column->setHorizontalScrollBarPolicy(policy);
}

void DiffView::refreshActions()
{
    m_sideBySide->setChecked(m_options.sideBySide);
    m_hideWhitespace->setChecked(m_options.hideWhitespace);
    m_expandAll->setChecked(m_expansion.all);
    m_expandAll->setEnabled(!m_path.isEmpty() && !(m_diff && m_diff->hunks.empty()));
    m_copyHunk->setEnabled(m_diff && !m_diff->hunks.empty());
}

// The first line with a number, from the change that was gone to or the top on.
DiffView::Place DiffView::place() const
{
    const auto top = static_cast<int>(m_column->firstVisibleLine());
    const int from = m_rows && m_change >= 0 ? m_rows->changes[static_cast<std::size_t>(m_change)] : top;
    for (int row = from; m_rows && row < static_cast<int>(m_rows->rows.size()); ++row) {
        const DiffLine &line = m_rows->lineOf(m_rows->rows[static_cast<std::size_t>(row)]);
        if (line.oldNumber > 0 || line.newNumber > 0) {
            return {line.oldNumber, line.newNumber, row - top};
        }
    }
    return {};
}

void DiffView::restore(const Place &place)
{
    const auto stands = [&](const DiffRow &row) {
        const auto is = [&place](const DiffLine &line) {
            return (place.newNumber > 0 && line.newNumber >= place.newNumber)
                || (place.newNumber == 0 && place.oldNumber > 0 && line.oldNumber >= place.oldNumber);
        };
        return is(m_rows->lineOf(row)) || (row.before >= 0 && is(m_rows->line(row.before)));
    };
    const auto found = std::find_if(m_rows->rows.begin(), m_rows->rows.end(), stands);
    if (found == m_rows->rows.end()) {
        m_change = -1;
        return;
    }
    const auto row = static_cast<int>(found - m_rows->rows.begin());
    if (m_change >= 0) {
        const auto next = std::upper_bound(m_rows->changes.begin(), m_rows->changes.end(), row);
        m_change = static_cast<int>(next - m_rows->changes.begin()) - 1;
    }
    if (m_change >= 0) {
        goToChange(m_change);
    }
    m_column->verticalScrollBar()->setValue(row - place.offset);
}

void DiffView::showMenu(const QPoint &position, qsizetype row)
{
    const auto *column = qobject_cast<DiffColumn *>(sender());
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), column, &LineView::copy)->setEnabled(column->hasSelection());
    menu->addAction(tr("Select All"), this,
                    [this, column] { (column == m_column ? m_column : m_oldColumn)->selectAll(); });
    menu->addSeparator();
    const int hunk = row >= 0 ? column->hunkAt(row) : currentHunk();
    menu->addAction(tr("Expand Here"), this, [this, hunk] { expandBefore(hunk); })
        ->setEnabled(hunk >= 0 && m_expandAll->isEnabled() && !m_problem);
    if (row >= 0) { // of the hunk under the pointer, not of the one that was gone to
        menu->addAction(m_copyHunk->text(), this,
                        [this, hunk] { QGuiApplication::clipboard()->setText(hunkText(hunk)); })
            ->setEnabled(!hunkText(hunk).isEmpty());
    }
    for (QAction *action : actions()) {
        if (action != m_copyHunk || row < 0) {
            menu->addAction(action);
        }
    }
    menu->popup(position);
}

} // namespace PatchPanel::Ui
