#include "ui/panels/gatetable.h"

#include "ui/models/gatesmodel.h"
#include "ui/style/tables.h"
#include "ui/style/verbatimdelegate.h"
#include "ui/views/valuedialog.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>

namespace PatchPanel::Ui {

namespace {

constexpr int mostLines = 6; // of a command in the table

} // namespace

GateTable::GateTable(QWidget *parent)
    : QTableView(parent)
    , m_gates(new GatesModel(this))
{
    styleTable(this);
    setModel(m_gates);
    for (const int column : {GatesModel::CommandColumn, GatesModel::FolderColumn}) {
        setItemDelegateForColumn(column, new VerbatimDelegate(this));
    }
    setAccessibleName(tr("Commands that will run"));
    setWordWrap(true);
    setTextElideMode(Qt::ElideRight);
    setVerticalScrollMode(ScrollPerPixel);
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    horizontalHeader()->setSectionResizeMode(GatesModel::CommandColumn, QHeaderView::Stretch);
    verticalHeader()->setMinimumSectionSize(verticalHeader()->defaultSectionSize());
    verticalHeader()->setMaximumSectionSize(mostLines * fontMetrics().lineSpacing() + 8);
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, &QTableView::resizeRowsToContents);
    connect(this, &QTableView::activated, this, &GateTable::showCommand);
}

void GateTable::setGates(const QJsonArray &gates)
{
    m_gates->setGates(gates);
    resizeRowsToContents();
    setVisible(!gates.isEmpty());
}

int GateTable::gateCount() const
{
    return m_gates->rowCount();
}

void GateTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copyCommand();
    } else {
        QTableView::keyPressEvent(event);
    }
}

void GateTable::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool isOne = currentIndex().isValid();
    menu->addAction(tr("Copy Command"), this, &GateTable::copyCommand)->setEnabled(isOne);
    menu->addAction(tr("Show Whole Command"), this, &GateTable::showCommand)->setEnabled(isOne);
    menu->popup(event->globalPos());
}

QString GateTable::currentCommand() const
{
    const QModelIndex index = currentIndex();
    return index.isValid() ? index.siblingAtColumn(GatesModel::CommandColumn).data().toString() : QString();
}

void GateTable::copyCommand() const
{
    if (currentIndex().isValid()) {
        QGuiApplication::clipboard()->setText(currentCommand());
    }
}

void GateTable::showCommand()
{
    if (!currentIndex().isValid()) {
        return;
    }
    auto *dialog = new ValueDialog(tr("Command of %1").arg(currentIndex().siblingAtColumn(0).data().toString()), this);
    dialog->setLines(splitLines(currentCommand().toUtf8()));
    dialog->show();
}

} // namespace PatchPanel::Ui
