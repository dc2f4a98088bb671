#include "ui/panels/planpanel.h"

#include "ui/models/background.h"
#include "ui/models/filewriter.h"
#include "ui/models/format.h"
#include "ui/models/outcome.h"
#include "ui/models/patchtext.h"
#include "ui/models/servicetexts.h"
#include "ui/panels/diffpane.h"
#include "ui/panels/filelist.h"
#include "ui/panels/gatetable.h"
#include "ui/panels/plansummary.h"
#include "ui/panels/problembox.h"
#include "ui/style/actionbutton.h"
#include "ui/style/labels.h"
#include "ui/style/linesplitter.h"
#include "ui/style/veil.h"

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr int progressDelayMs = 150;
constexpr int shownWarnings = 3;
constexpr int toolTipWarnings = 100;

enum Page { EmptyPage, PlanPage };
enum Body { FilesBody, ProblemBody, NothingBody };

} // namespace

PlanPanel::PlanPanel(QWidget *parent)
    : QWidget(parent)
    , m_pages(new QStackedWidget)
    , m_veil(new Veil(m_pages))
    , m_recent(new QVBoxLayout)
    , m_progress(new QProgressBar)
    , m_summary(new PlanSummary)
    , m_body(new QStackedWidget)
    , m_files(new FileList)
    , m_diff(new DiffPane)
    , m_note(new ToneLabel(Tone::Muted))
    , m_problem(new ProblemBox)
    , m_nothing(new ToneLabel(Tone::Muted))
    , m_warnings(new ToneLabel(Tone::Warn))
    , m_gates(new GateTable)
    , m_split(new LineSplitter(Qt::Vertical))
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(3);
    QSizePolicy kept = m_progress->sizePolicy();
    kept.setRetainSizeWhenHidden(true); // nothing jumps when it comes
    m_progress->setSizePolicy(kept);
    m_progress->setAccessibleName(tr("Making the preview"));
    m_progress->hide();
    m_progressDelay.setSingleShot(true);
    m_progressDelay.setInterval(progressDelayMs);
    makeActions();
    m_pages->insertWidget(EmptyPage, makeEmptyPage());
    m_pages->insertWidget(PlanPage, makePlanPage());

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_progress);
    layout->addWidget(m_pages, 1);

    connect(&m_progressDelay, &QTimer::timeout, this, [this] {
        m_progress->show();
        m_veil->setVisible(m_pages->currentIndex() == PlanPage);
    });
    connect(m_files, &FileList::currentFileChanged, this, &PlanPanel::showFile);
    connect(diffView(), &DiffView::noteChanged, this, &PlanPanel::showNote);
}

DiffView *PlanPanel::diffView() const
{
    return m_diff->view();
}

QList<QAction *> PlanPanel::viewActions() const
{
    const DiffView *view = m_diff->view();
    return {view->sideBySideAction(), view->hideWhitespaceAction(), view->expandAllAction(), view->copyHunkAction()};
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
    m_workspace = preview.response[QStringLiteral("workspace")].toString();
    m_planName = QFileInfo(preview.response[QStringLiteral("task")][QStringLiteral("file")].toString()).baseName();
    m_diff->forget();
    m_files->setChanges(preview.response[QStringLiteral("changes")].toArray());
    m_gates->setGates(preview.response[QStringLiteral("gates")].toArray());
    QStringList warnings;
    for (const QJsonValue &warning : preview.response[QStringLiteral("warnings")].toArray()) {
        warnings.append(warning.toString());
    }
    setWarnings(warnings);

    const std::optional<Error> error = errorOf(preview);
    if (error) {
        m_problem->setError(*error);
        m_body->setCurrentIndex(ProblemBody);
    } else if (m_files->files().isEmpty()) {
        m_nothing->setText(m_gates->gateCount() > 0 && preview.status == RunStatus::Ok
                               ? tr("This task changes no files. It only runs the commands below.")
                               : lookOf(preview).word);
        m_body->setCurrentIndex(NothingBody);
    } else {
        m_body->setCurrentIndex(FilesBody);
    }
    m_savePlan->setEnabled(!m_files->files().isEmpty());
    showFile();
}

bool PlanPanel::activateFind()
{
    return m_diff->isVisible() && m_diff->activateFind();
}

FindBar *PlanPanel::openFindBar() const
{
    return m_diff->isVisible() ? m_diff->openFindBar() : nullptr;
}

void PlanPanel::showNextChange()
{
    if (!m_diff->showNextChange() && m_files->selectNext()) {
        m_diff->showNextChange(); // once it is read
    }
}

void PlanPanel::showPreviousChange()
{
    if (!m_diff->showPreviousChange() && m_files->selectPrevious()) {
        m_diff->showPreviousChange();
    }
}

void PlanPanel::savePatch(const QList<ChangedFile> &files, const QString &path)
{
    struct Saved {
        PatchText patch;
        Result<void> result;
    };
    inBackground(
        this,
        [files, path] {
            PatchText patch = patchText(files);
            Result<void> result = writeFile(path, patch.text, tr("the patch"));
            return Saved{std::move(patch), std::move(result)};
        },
        [this, path](const Saved &saved) {
            if (!saved.result) {
                Q_EMIT patchSaveFailed(saved.result.error());
                return;
            }
            const PatchText &patch = saved.patch;
            QStringList parts{tr("Patch of %1 saved to %2").arg(counted(patch.files, tr("file"), tr("files")), path)};
            if (patch.binary > 0) {
                parts.append(tr("without %1").arg(counted(patch.binary, tr("binary file"), tr("binary files"))));
            }
            if (patch.inexact > 0) {
                parts.append(tr("it may not apply to %1 with bytes that are no UTF-8")
                                 .arg(counted(patch.inexact, tr("file"), tr("files"))));
            }
            Q_EMIT patchSaved(path, parts.join(QStringLiteral("; ")));
        });
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
    auto *example = new QPushButton(tr("Open example"));
    example->setAccessibleName(example->text());
    example->setToolTip(tr("A small project with a task to try"));
    connect(example, &QPushButton::clicked, this, &PlanPanel::exampleRequested);
    auto *layout = new QVBoxLayout(page);
    layout->addStretch(1);
    layout->addWidget(text);
    layout->addSpacing(8);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch(1);
    buttons->addWidget(open);
    buttons->addWidget(example);
    buttons->addStretch(1);
    layout->addLayout(buttons);
    layout->addSpacing(16);
    layout->addLayout(m_recent);
    layout->addStretch(1);
    return page;
}

void PlanPanel::setRecent(const QStringList &paths)
{
    while (const QLayoutItem *item = m_recent->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    constexpr qsizetype mostOffered = 3;
    for (const QString &path : paths.mid(0, mostOffered)) {
        const QFileInfo file(path);
        auto *task = new QPushButton(QStringLiteral("%1 · %2").arg(file.fileName(), file.dir().dirName()));
        task->setFlat(true);
        task->setToolTip(path);
        task->setAccessibleName(tr("Open the recent task %1").arg(path));
        connect(task, &QPushButton::clicked, this, [this, path] { Q_EMIT taskPicked(path); });
        m_recent->addWidget(task, 0, Qt::AlignHCenter);
    }
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

    m_split->addWidget(m_body);
    m_split->addWidget(m_gates);
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
    auto *split = new LineSplitter(Qt::Horizontal);
    split->addWidget(m_files);
    split->addWidget(m_diff);
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    split->setSizes({230, 620});
    auto *pane = new QWidget;
    auto *layout = new QVBoxLayout(pane);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(split, 1);
    layout->addWidget(makeTools());
    return pane;
}

QWidget *PlanPanel::makeTools()
{
    m_note->elide();
    auto *save = new QPushButton(tr("Save as .patch"));
    save->setAccessibleName(tr("Save the diff as a patch"));
    auto *choices = new QMenu(save);
    choices->addActions({m_savePlan, m_saveFile});
    save->setMenu(choices);
    auto *tools = new QWidget;
    tools->setBackgroundRole(QPalette::Window);
    tools->setAutoFillBackground(true);
    auto *layout = new QHBoxLayout(tools);
    layout->setContentsMargins(12, 4, 8, 4);
    layout->setSpacing(6);
    layout->addWidget(m_note, 1);
    const DiffView *view = m_diff->view();
    for (QAction *action : {view->sideBySideAction(), view->hideWhitespaceAction(), view->expandAllAction()}) {
        layout->addWidget(new ActionButton(action));
    }
    layout->addWidget(save);
    return tools;
}

void PlanPanel::makeActions()
{
    m_savePlan = new QAction(tr("Save Plan as .patch…"), this);
    m_savePlan->setToolTip(tr("Write the diffs of all files into one file"));
    m_saveFile = new QAction(tr("Save File as .patch…"), this);
    m_saveFile->setToolTip(tr("Write the diff of the selected file into a file"));
    m_savePlan->setEnabled(false);
    m_saveFile->setEnabled(false);
    connect(m_savePlan, &QAction::triggered, this,
            [this] { chooseAndSave(m_files->files(), m_planName.isEmpty() ? tr("plan") : m_planName); });
    connect(m_saveFile, &QAction::triggered, this, [this] {
        if (const ChangedFile *file = m_files->currentFile()) {
            chooseAndSave({*file}, QFileInfo(file->path).fileName());
        }
    });
    m_diff->view()->addActions({m_savePlan, m_saveFile});
}

void PlanPanel::chooseAndSave(const QList<ChangedFile> &files, const QString &name)
{
    auto *dialog = new QFileDialog(this, tr("Save as a patch"), QDir::home().filePath(name + QStringLiteral(".patch")),
                                   tr("Patches (*.patch *.diff);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, files](const QString &path) { savePatch(files, path); });
    dialog->open();
}

void PlanPanel::endPreview()
{
    m_progressDelay.stop();
    m_progress->hide();
    m_veil->hide();
}

void PlanPanel::showFile()
{
    const ChangedFile *file = m_files->currentFile();
    m_saveFile->setEnabled(file && !file->binary);
    if (file) {
        m_diff->showFile(*file, m_workspace);
    } else {
        m_diff->showNothing(tr("No file fits the filter"));
    }
}

void PlanPanel::showNote()
{
    m_note->setTone(m_diff->view()->noteTone());
    m_note->setText(m_diff->view()->note());
    m_note->setToolTip(m_note->text());
}

QString PlanPanel::warningsText() const
{
    return m_warnings->text();
}

void PlanPanel::setWarnings(const QStringList &warnings)
{
    const auto firstOnes = [&warnings](qsizetype most, const QString &before) {
        QStringList lines;
        for (const QString &warning : warnings.first(std::min(most, warnings.size()))) {
            lines.append(before + translatedServiceText(warning));
        }
        if (warnings.size() > most) {
            lines.append(tr("and %1").arg(counted(warnings.size() - most, tr("more warning"), tr("more warnings"))));
        }
        return lines.join(QLatin1Char('\n'));
    };
    m_warnings->setText(firstOnes(shownWarnings, tr("Warning: ")));
    m_warnings->setToolTip(firstOnes(toolTipWarnings, QString()));
    m_warnings->setVisible(!warnings.isEmpty());
}

} // namespace PatchPanel::Ui
