#include "ui/panels/filelist.h"

#include "ui/models/changesmodel.h"
#include "ui/style/pathdelegate.h"
#include "ui/style/tables.h"
#include "ui/style/verbatimdelegate.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QRegularExpression>
#include <QTableView>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

// An expression for texts that have each of the words, in any order.
QRegularExpression allOf(const QString &words)
{
    QString pattern;
    for (const QString &word : words.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        pattern += QStringLiteral("(?=.*%1)").arg(QRegularExpression::escape(word));
    }
    return QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption);
}

bool isTyping(const QKeyEvent &event)
{
    const bool isPlain = (event.modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == Qt::NoModifier;
    return isPlain && !event.text().isEmpty() && event.text().front().isPrint();
}

} // namespace

FileList::FileList(QWidget *parent)
    : QWidget(parent)
    , m_changes(new ChangesModel(this))
    , m_shown(new QSortFilterProxyModel(this))
    , m_filter(new QLineEdit)
    , m_table(new QTableView)
{
    m_shown->setSourceModel(m_changes);
    m_shown->setFilterKeyColumn(ChangesModel::PathColumn);
    m_filter->setPlaceholderText(tr("Filter files"));
    m_filter->setAccessibleName(tr("Filter the changed files"));
    m_filter->setClearButtonEnabled(true);
    styleTable(m_table);
    m_table->setModel(m_shown);
    m_table->setItemDelegateForColumn(ChangesModel::PathColumn, new PathDelegate(m_table));
    for (const int column : {ChangesModel::AddedColumn, ChangesModel::RemovedColumn}) {
        m_table->setItemDelegateForColumn(column, new VerbatimDelegate(m_table));
    }
    m_table->setAccessibleName(tr("Changed files"));
    m_table->horizontalHeader()->hide();
    m_table->horizontalHeader()->setMinimumSectionSize(36);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(ChangesModel::PathColumn, QHeaderView::Stretch);
    m_filter->installEventFilter(this);
    m_table->installEventFilter(this);

    auto *field = new QVBoxLayout;
    field->setContentsMargins(6, 4, 6, 4);
    field->addWidget(m_filter);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(field);
    layout->addWidget(m_table, 1);
    connect(m_filter, &QLineEdit::textChanged, this, &FileList::applyFilter);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &FileList::currentFileChanged);
}

void FileList::setChanges(const QJsonArray &changes)
{
    m_filter->clear();
    m_changes->setChanges(changes);
    selectTableRow(m_table, 0);
}

const QList<ChangedFile> &FileList::files() const
{
    return m_changes->files();
}

const ChangedFile *FileList::currentFile() const
{
    const QModelIndex index = m_shown->mapToSource(m_table->currentIndex());
    return index.isValid() ? &m_changes->files()[index.row()] : nullptr;
}

void FileList::setFilter(const QString &words)
{
    m_filter->setText(words);
}

bool FileList::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::KeyPress) {
        return QWidget::eventFilter(watched, event);
    }
    auto *key = static_cast<QKeyEvent *>(event);
    if (key->key() == Qt::Key_Escape && !m_filter->text().isEmpty()) {
        m_filter->clear();
        m_table->setFocus();
        return true;
    }
    if (watched == m_filter && (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up)) {
        m_table->setFocus();
        return true;
    }
    if (watched == m_table && isTyping(*key) && key->text() != QLatin1String(" ")) {
        m_filter->setFocus();
        m_filter->setText(m_filter->text() + key->text());
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

bool FileList::selectOther(int distance)
{
    const int row = m_table->currentIndex().row() + distance;
    if (row < 0 || row >= m_shown->rowCount()) {
        return false;
    }
    selectTableRow(m_table, row);
    return true;
}

// The current file stays, where it fits.
void FileList::applyFilter()
{
    m_shown->setFilterRegularExpression(allOf(m_filter->text()));
    if (!m_table->currentIndex().isValid() && m_shown->rowCount() > 0) {
        selectTableRow(m_table, 0);
    }
}

} // namespace PatchPanel::Ui
