#include "ui/panels/historypanel.h"

#include "ui/dialogs.h"
#include "ui/models/format.h"
#include "ui/models/outcome.h"
#include "ui/models/pastruns.h"
#include "ui/models/runsmodel.h"
#include "ui/models/servicetexts.h"
#include "ui/panels/pastrunview.h"
#include "ui/style/labels.h"
#include "ui/style/linesplitter.h"
#include "ui/style/tables.h"
#include "ui/style/verbatimdelegate.h"

#include <QComboBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <utility>

namespace PatchPanel::Ui {

namespace {

constexpr int typingPauseMs = 200;

enum Page { ListPage, MessagePage };

QComboBox *makeStatusBox()
{
    auto *box = new QComboBox;
    box->setAccessibleName(HistoryPanel::tr("Status of the listed runs"));
    box->addItem(HistoryPanel::tr("Every status"));
    for (const RunStatus status :
         {RunStatus::Ok, RunStatus::Failed, RunStatus::Noop, RunStatus::Skipped, RunStatus::Conflict,
          RunStatus::Invalid, RunStatus::Stale, RunStatus::Busy, RunStatus::Cancelled, RunStatus::Interrupted,
          RunStatus::AppliedNotCommitted, RunStatus::RollbackFailed}) {
        box->addItem(shortWordFor(status), QVariant::fromValue(static_cast<int>(status)));
    }
    return box;
}

} // namespace

HistoryPanel::HistoryPanel(PastRuns *runs, QWidget *parent)
    : QWidget(parent)
    , m_runs(runs)
    , m_search(new QLineEdit)
    , m_status(makeStatusBox())
    , m_pages(new QStackedWidget)
    , m_list(new QTableView)
    , m_message(new ToneLabel(Tone::Muted))
    , m_hint(new ToneLabel(Tone::Muted))
    , m_run(new PastRunView)
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_typing.setSingleShot(true);
    m_typing.setInterval(typingPauseMs);
    styleList();
    m_pages->insertWidget(ListPage, m_list);
    m_pages->insertWidget(MessagePage, makeMessagePage());
    auto *split = new LineSplitter(Qt::Vertical);
    split->addWidget(m_pages);
    split->addWidget(m_run);
    split->setChildrenCollapsible(false);
    split->setSizes({130, 290});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(makeTools());
    layout->addWidget(split, 1);

    connect(&m_typing, &QTimer::timeout, this, &HistoryPanel::applyFilter);
    connect(m_search, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_status, &QComboBox::currentIndexChanged, this, &HistoryPanel::applyFilter);
    connect(m_runs, &PastRuns::loaded, this, &HistoryPanel::showLoaded);
    connect(m_runs, &PastRuns::loadFailed, this,
            [this](const Error &error) { showMessage(translatedServiceText(error.message), tr("F5 tries again")); });
    connect(m_runs, &PastRuns::opened, this, [this](const Relay::RunOutcome &run) {
        m_run->showRun(run);
        if (!m_askAbout.isEmpty() && std::exchange(m_askAbout, {}) == run.runId) {
            askToRollBack();
        }
    });
    connect(m_runs, &PastRuns::openFailed, this,
            [this](const QString &, const Error &error) { m_run->showError(error); });
    connect(m_runs, &PastRuns::reportLoaded, this,
            [this](const QString &, const QByteArray &text) { m_run->setReport(text); });
    connect(m_run, &PastRunView::rollbackRequested, this, &HistoryPanel::askToRollBack);
    connect(m_run, &PastRunView::runAgainRequested, this, &HistoryPanel::runAgainRequested);
    connect(m_run, &PastRunView::logRequested, this, &HistoryPanel::logRequested);
    connect(m_run, &PastRunView::reportRequested, this, &HistoryPanel::reportRequested);
    connect(m_run, &PastRunView::removeRequested, this, &HistoryPanel::askToRemove);
    connect(m_run, &PastRunView::copied, this, [this](const QString &what) { Q_EMIT told(tr("%1 copied").arg(what)); });
    connect(m_runs, &PastRuns::removed, this,
            [this](const QString &runId) { Q_EMIT told(tr("Run %1 deleted from the history").arg(runId)); });
    connect(m_runs, &PastRuns::removeFailed, this, [this](const Error &error) {
        m_run->showError(error);
        Q_EMIT told(translatedServiceText(error));
    });
    connect(m_list, &QWidget::customContextMenuRequested, this, &HistoryPanel::openMenu);
}

void HistoryPanel::setObstacle(const QString &reason)
{
    m_run->setObstacle(reason);
}

void HistoryPanel::setRollbackAction(QAction *action)
{
    m_run->setRollbackAction(action);
}

void HistoryPanel::askToRollBack()
{
    if (!m_run->canRollBack()) {
        return;
    }
    const QString runId = m_run->run().runId;
    const QString workspace = m_run->run().response[QStringLiteral("workspace")].toString();
    confirmRollback(this, runId, m_run->changedPaths(),
                    [this, runId, workspace] { Q_EMIT rollbackConfirmed(runId, workspace); });
}

void HistoryPanel::askToRollBackWhenShown(const QString &runId)
{
    m_askAbout = runId;
    if (m_run->run().runId == runId) {
        m_askAbout.clear();
        askToRollBack();
    }
}

void HistoryPanel::selectRun(const QString &runId)
{
    m_search->clear();
    m_status->setCurrentIndex(0);
    applyFilter();
    m_selectedId = runId;
    const int row = m_runs->model()->rowOf(runId);
    if (row >= 0) {
        selectTableRow(m_list, row);
        openRow(row);
    } else {
        m_runs->open(runId); // perhaps on a page that is not loaded yet
    }
}

void HistoryPanel::focusList()
{
    if (m_pages->currentIndex() != ListPage) {
        m_search->setFocus();
        return;
    }
    m_list->setFocus();
    if (!m_list->currentIndex().isValid()) {
        selectTableRow(m_list, 0);
    }
}

void HistoryPanel::askToRemove(const QString &runId)
{
    confirmRemoval(this, runId, [this, runId] { m_runs->remove(runId); });
}

void HistoryPanel::openMenu(const QPoint &position)
{
    if (m_list->indexAt(position).isValid() && !m_run->run().runId.isEmpty()) {
        m_run->menu()->popup(m_list->viewport()->mapToGlobal(position));
    }
}

bool HistoryPanel::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent *>(event)->key() == Qt::Key_F5
        && static_cast<QKeyEvent *>(event)->modifiers() == Qt::NoModifier) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void HistoryPanel::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_F5) {
        m_runs->reload();
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        openRow(m_list->currentIndex().row());
    } else {
        QWidget::keyPressEvent(event);
    }
}

void HistoryPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_runs->reload();
}

QWidget *HistoryPanel::makeTools()
{
    m_search->setPlaceholderText(tr("Search runs"));
    m_search->setAccessibleName(tr("Search runs"));
    m_search->setClearButtonEnabled(true);
    auto *refresh = new QPushButton(tr("Refresh"));
    refresh->setAccessibleName(tr("Load the list of runs again"));
    refresh->setToolTip(tr("F5"));
    connect(refresh, &QPushButton::clicked, m_runs, &PastRuns::reload);
    auto *tools = new QWidget;
    auto *layout = new QHBoxLayout(tools);
    layout->setContentsMargins(12, 6, 12, 6);
    layout->setSpacing(6);
    layout->addWidget(m_search, 1);
    layout->addWidget(m_status);
    layout->addWidget(refresh);
    return tools;
}

QWidget *HistoryPanel::makeMessagePage()
{
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_hint->setAlignment(Qt::AlignCenter);
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->addStretch(1);
    layout->addWidget(m_message);
    layout->addWidget(m_hint);
    layout->addStretch(1);
    return page;
}

void HistoryPanel::styleList()
{
    styleTable(m_list);
    m_list->setModel(m_runs->model());
    m_list->setItemDelegateForColumn(RunsModel::TaskColumn, new VerbatimDelegate(m_list));
    m_list->setAccessibleName(tr("Past runs"));
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setTextElideMode(Qt::ElideLeft);
    QHeaderView *header = m_list->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(RunsModel::TaskColumn, QHeaderView::Stretch);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) { openRow(current.row()); });
}

void HistoryPanel::applyFilter()
{
    RunFilter filter{.text = m_search->text().trimmed()};
    if (m_status->currentIndex() > 0) {
        filter.status = static_cast<RunStatus>(m_status->currentData().toInt());
    }
    m_runs->setFilter(filter);
}

void HistoryPanel::openRow(int row)
{
    const QList<ListedRun> &runs = m_runs->model()->runs();
    if (row >= 0 && row < runs.size()) {
        m_selectedId = runs[row].runId;
        m_runs->open(m_selectedId);
    }
}

void HistoryPanel::showLoaded()
{
    const bool isFiltered = !m_runs->filter().isEmpty();
    if (m_runs->model()->rowCount() == 0) {
        showMessage(isFiltered ? tr("No run fits the search") : tr("No runs yet"),
                    isFiltered ? QString() : tr("Each run is listed here when it has ended"));
        return;
    }
    m_pages->setCurrentIndex(ListPage);
    const int row = m_runs->model()->rowOf(m_selectedId);
    if (row >= 0) {
        selectTableRow(m_list, row);
    } else {
        m_run->showNothing();
    }
}

void HistoryPanel::showMessage(const QString &text, const QString &hint)
{
    m_message->setText(text);
    m_hint->setText(hint);
    m_pages->setCurrentIndex(MessagePage);
    m_run->showNothing();
}

} // namespace PatchPanel::Ui
