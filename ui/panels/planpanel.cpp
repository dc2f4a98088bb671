#include "ui/panels/planpanel.h"

#include "ui/models/changesmodel.h"
#include "ui/models/format.h"
#include "ui/models/gatesmodel.h"
#include "ui/models/outcome.h"
#include "ui/panels/plansummary.h"
#include "ui/panels/problembox.h"
#include "ui/style/labels.h"
#include "ui/style/linesplitter.h"
#include "ui/style/tables.h"
#include "ui/views/diffview.h"

#include <QGraphicsOpacityEffect>
#include <QHeaderView>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

constexpr int progressDelayMs = 150;
constexpr int shownWarnings = 3;

enum Page { EmptyPage, PlanPage };
enum Body { FilesBody, ProblemBody, NothingBody };

// Dims without blanking: the old plan can still be read while a new one is made.
void setDimmed(QWidget *widget, bool dimmed)
{
    if (!dimmed) {
        widget->setGraphicsEffect(nullptr);
        return;
    }
    auto *effect = new QGraphicsOpacityEffect(widget);
    effect->setOpacity(0.55);
    widget->setGraphicsEffect(effect);
}

} // namespace

PlanPanel::PlanPanel(QWidget *parent)
    : QWidget(parent)
    , m_pages(new QStackedWidget)
    , m_progress(new QProgressBar)
    , m_summary(new PlanSummary)
    , m_body(new QStackedWidget)
    , m_changes(new ChangesModel(this))
    , m_files(new QTableView)
    , m_diff(new DiffView)
    , m_problem(new ProblemBox)
    , m_nothing(new ToneLabel(Tone::Muted))
    , m_warnings(new ToneLabel(Tone::Warn))
    , m_gates(new GatesModel(this))
    , m_gateTable(new QTableView)
    , m_split(new LineSplitter(Qt::Vertical))
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(3);
    m_progress->setAccessibleName(tr("Making the preview"));
    m_progress->hide();
    m_progressDelay.setSingleShot(true);
    m_progressDelay.setInterval(progressDelayMs);
    m_pages->insertWidget(EmptyPage, makeEmptyPage());
    m_pages->insertWidget(PlanPage, makePlanPage());

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_progress);
    layout->addWidget(m_pages, 1);

    connect(&m_progressDelay, &QTimer::timeout, this, [this] {
        m_progress->show();
        setDimmed(m_pages, m_pages->currentIndex() == PlanPage);
    });
    connect(m_files->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) { showFile(current.row()); });
}

void PlanPanel::showEmpty()
{
    endPreview();
    m_pages->setCurrentIndex(EmptyPage);
}

void PlanPanel::startPreview()
{
    m_progressDelay.start();
}

void PlanPanel::showPreview(const Relay::RunOutcome &preview)
{
    endPreview();
    m_pages->setCurrentIndex(PlanPage);
    m_summary->setPreview(preview);
    m_changes->setChanges(preview.response[QStringLiteral("changes")].toArray());
    m_gates->setGates(preview.response[QStringLiteral("gates")].toArray());
    m_gateTable->setVisible(m_gates->rowCount() > 0);
    QStringList warnings;
    for (const QJsonValue &warning : preview.response[QStringLiteral("warnings")].toArray()) {
        warnings.append(warning.toString());
    }
    setWarnings(warnings);

    const std::optional<Error> error = errorOf(preview);
    if (error) {
        m_problem->setError(*error);
        m_body->setCurrentIndex(ProblemBody);
    } else if (m_changes->rowCount() == 0) {
        m_nothing->setText(m_gates->rowCount() > 0 && preview.status == RunStatus::Ok
                               ? tr("This task changes no files. It only runs the commands below.")
                               : lookOf(preview).word);
        m_body->setCurrentIndex(NothingBody);
    } else {
        m_body->setCurrentIndex(FilesBody);
        m_files->selectRow(0);
        showFile(0);
    }
}

void PlanPanel::showNextChange()
{
    if (m_diff->showNextChange()) {
        return;
    }
    const int next = m_files->currentIndex().row() + 1;
    if (next < m_changes->rowCount()) {
        m_files->selectRow(next);
        m_diff->showNextChange();
    }
}

void PlanPanel::showPreviousChange()
{
    if (m_diff->showPreviousChange()) {
        return;
    }
    const int previous = m_files->currentIndex().row() - 1;
    if (previous >= 0) {
        m_files->selectRow(previous);
        m_diff->showLastChange();
    }
}

QWidget *PlanPanel::makeEmptyPage()
{
    auto *page = new QWidget;
    auto *text = new ToneLabel(tr("Drop a task file here or Open… (Ctrl+O)"), Tone::Muted);
    text->setAlignment(Qt::AlignCenter);
    QFont font = text->font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    text->setFont(font);
    auto *open = new QPushButton(tr("Open a task…"));
    open->setAccessibleName(tr("Open a task file from the empty plan"));
    connect(open, &QPushButton::clicked, this, &PlanPanel::openRequested);
    auto *layout = new QVBoxLayout(page);
    layout->addStretch(1);
    layout->addWidget(text);
    layout->addSpacing(8);
    layout->addWidget(open, 0, Qt::AlignHCenter);
    layout->addStretch(1);
    return page;
}

QWidget *PlanPanel::makePlanPage()
{
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setWordWrap(true);
    m_warnings->setWordWrap(true);
    m_warnings->setContentsMargins(12, 6, 12, 6);
    m_body->insertWidget(FilesBody, makeFilesPane());
    m_body->insertWidget(ProblemBody, m_problem);
    m_body->insertWidget(NothingBody, m_nothing);

    styleTable(m_gateTable);
    m_gateTable->setModel(m_gates);
    m_gateTable->setAccessibleName(tr("Commands that will run"));
    QHeaderView *header = m_gateTable->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(GatesModel::CommandColumn, QHeaderView::Stretch);

    m_split->addWidget(m_body);
    m_split->addWidget(m_gateTable);
    m_split->setStretchFactor(0, 1);
    m_split->setSizes({260, 104});

    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_summary);
    layout->addWidget(m_warnings);
    layout->addWidget(m_split, 1);
    return page;
}

QWidget *PlanPanel::makeFilesPane()
{
    styleTable(m_files);
    m_files->setModel(m_changes);
    m_files->setAccessibleName(tr("Changed files"));
    m_files->setTextElideMode(Qt::ElideLeft);
    m_files->horizontalHeader()->hide();
    m_files->horizontalHeader()->setMinimumSectionSize(36);
    m_files->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_files->horizontalHeader()->setSectionResizeMode(ChangesModel::PathColumn, QHeaderView::Stretch);
    auto *split = new LineSplitter(Qt::Horizontal);
    split->addWidget(m_files);
    split->addWidget(m_diff);
    split->setStretchFactor(1, 1);
    split->setSizes({230, 560});
    return split;
}

void PlanPanel::endPreview()
{
    m_progressDelay.stop();
    m_progress->hide();
    setDimmed(m_pages, false);
}

void PlanPanel::showFile(int row)
{
    const bool known = row >= 0 && row < m_changes->rowCount();
    m_diff->setDiff(known ? m_changes->files()[row].diff : QByteArray());
    m_diff->setEmptyText(known && m_changes->files()[row].binary ? tr("Binary file") : tr("No text changes"));
}

void PlanPanel::setWarnings(const QStringList &warnings)
{
    QStringList shown = warnings.mid(0, shownWarnings);
    for (QString &line : shown) {
        line.prepend(tr("Warning: "));
    }
    if (warnings.size() > shownWarnings) {
        shown.append(
            tr("and %1").arg(counted(warnings.size() - shownWarnings, tr("more warning"), tr("more warnings"))));
    }
    m_warnings->setText(shown.join(QLatin1Char('\n')));
    m_warnings->setToolTip(warnings.join(QLatin1Char('\n')));
    m_warnings->setVisible(!warnings.isEmpty());
}

} // namespace PatchPanel::Ui
