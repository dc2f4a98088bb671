#include "ui/panels/responsepanel.h"

#include "ui/models/background.h"
#include "ui/models/filewriter.h"
#include "ui/models/format.h"
#include "ui/models/outcome.h"
#include "ui/style/labels.h"
#include "ui/views/findbar.h"
#include "ui/views/jsonview.h"
#include "ui/views/textview.h"

#include <QAction>
#include <QButtonGroup>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

QPushButton *makeButton(const QString &text, const QString &accessibleName)
{
    auto *button = new QPushButton(text);
    button->setAccessibleName(accessibleName);
    return button;
}

void toClipboard(const QString &text)
{
    QGuiApplication::clipboard()->setText(text);
}

} // namespace

ResponsePanel::ResponsePanel(QWidget *parent)
    : QWidget(parent)
    , m_pages(new QStackedWidget)
    , m_shape(new ShapeLabel)
    , m_status(new ToneLabel)
    , m_facts(new ToneLabel(Tone::Muted))
    , m_view(new JsonView)
    , m_find(new FindBar(m_view->rawView(), tr("Find in the response")))
    , m_filter(new QLineEdit)
    , m_note(new ToneLabel(Tone::Muted))
    , m_problem(new ToneLabel(Tone::Warn))
    , m_treeButton(makeButton(tr("Tree"), tr("Show the response as a tree")))
    , m_rawButton(makeButton(tr("Raw"), tr("Show the response as text")))
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    makeActions();
    auto *empty = new ToneLabel(tr("No response yet. It appears here after a run."), Tone::Muted);
    empty->setAlignment(Qt::AlignCenter);
    auto *content = new QWidget;
    auto *contentLayout = new QVBoxLayout(content);
    contentLayout->setContentsMargins({});
    contentLayout->setSpacing(0);
    contentLayout->addWidget(makeHeader());
    contentLayout->addWidget(makeTools());
    m_problem->setWordWrap(true);
    m_problem->setContentsMargins(12, 0, 12, 6);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    contentLayout->addWidget(m_problem);
    contentLayout->addWidget(m_view, 1);
    m_pages->addWidget(empty);
    m_pages->addWidget(content);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_pages);
    connectView();
    setRaw(false);
}

void ResponsePanel::showEmpty()
{
    m_pages->setCurrentIndex(0);
    m_save->setEnabled(false);
}

void ResponsePanel::showOutcome(const Relay::RunOutcome &outcome)
{
    const OutcomeLook look = lookOf(outcome);
    m_shape->setShape(look.shape, look.tone);
    m_status->setTone(look.tone);
    const QString word = toString(outcome.status);
    m_status->setText(outcome.httpStatus > 0 ? tr("HTTP %1 · %2").arg(outcome.httpStatus).arg(word)
                                             : tr("No answer · %1").arg(word));
    QStringList facts{formatDuration(outcome.totalMs), formatBytes(outcome.body.size())};
    if (!outcome.runner.isEmpty()) {
        facts.append(outcome.runner);
    }
    if (!outcome.runId.isEmpty()) {
        facts.append(tr("run %1").arg(outcome.runId));
    }
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_facts->setToolTip(tr("%1 bytes").arg(formatCount(outcome.body.size())));
    const QByteArray shown =
        outcome.body.isEmpty() && outcome.error ? QByteArray(sentenceFor(outcome).toUtf8()) : outcome.body;
    m_runId = outcome.runId;
    m_modePicked = false;
    m_filter->clear();
    m_view->setDocument(shown);
    setRaw(m_view->suitedMode() == JsonView::Mode::Raw);
    m_save->setEnabled(true);
    m_pages->setCurrentIndex(1);
}

void ResponsePanel::saveTo(const QString &path)
{
    inBackground(
        this, [json = m_view->document(), path] { return writeFile(path, json, tr("the response")); },
        [this, path](const Result<void> &result) {
            if (result) {
                Q_EMIT responseSaved(path);
            } else {
                Q_EMIT responseSaveFailed(result.error());
            }
        });
}

void ResponsePanel::activateFind()
{
    m_modePicked = true;
    setRaw(true);
    m_find->activate();
}

QWidget *ResponsePanel::makeHeader()
{
    QFont bold = m_status->font();
    bold.setBold(true);
    m_status->setFont(bold);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *header = new QWidget;
    auto *layout = new QHBoxLayout(header);
    layout->setContentsMargins(12, 8, 12, 2);
    layout->setSpacing(8);
    layout->addWidget(m_shape);
    layout->addWidget(m_status);
    layout->addSpacing(8);
    layout->addWidget(m_facts, 1);
    return header;
}

QWidget *ResponsePanel::makeTools()
{
    auto *group = new QButtonGroup(this);
    for (QPushButton *button : {m_treeButton, m_rawButton}) {
        button->setCheckable(true);
        group->addButton(button);
    }
    m_filter->setPlaceholderText(tr("Filter keys"));
    m_filter->setAccessibleName(tr("Filter the keys of the response"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(120);
    m_saveButton = makeButton(tr("Save…"), tr("Save the response to a file"));
    connect(m_saveButton, &QPushButton::clicked, m_save, &QAction::trigger);
    m_tools = new QWidget;
    m_tools->setMinimumWidth(1); // what does not fit is left out
    auto *layout = new QHBoxLayout(m_tools);
    layout->setContentsMargins(12, 4, 12, 6);
    layout->setSpacing(6);
    layout->addWidget(m_treeButton);
    layout->addWidget(m_rawButton);
    layout->addSpacing(8);
    layout->addWidget(m_filter, 1);
    layout->addWidget(m_find, 1);
    layout->addWidget(m_note);
    layout->addWidget(m_expand);
    layout->addWidget(m_collapse);
    layout->addWidget(makeMenuButton(tr("Copy"), tr("Copy from the response"),
                                     {m_copyValue, m_copyPointer, m_copyJqPath, m_copyAll}));
    layout->addWidget(m_saveButton);
    return m_tools;
}

void ResponsePanel::makeActions()
{
    const auto add = [this](const QString &text, auto act) {
        auto *action = new QAction(text, this);
        connect(action, &QAction::triggered, m_view, act);
        return action;
    };
    QAction *expandLevel = add(tr("Expand One Level"), &JsonView::expandLevel);
    QAction *expandAll = add(tr("Expand All"), &JsonView::expandAll);
    QAction *collapseLevel = add(tr("Collapse One Level"), &JsonView::collapseLevel);
    QAction *collapseAll = add(tr("Collapse All"), &JsonView::collapseAll);
    m_expand = makeMenuButton(tr("Expand"), tr("Expand the tree"), {expandLevel, expandAll});
    m_collapse = makeMenuButton(tr("Collapse"), tr("Collapse the tree"), {collapseLevel, collapseAll});
    m_copyValue = add(tr("Copy Value"), &JsonView::copySelectedValue);
    m_copyPointer = add(tr("Copy Path (JSON Pointer)"), [this] { toClipboard(m_view->selectedPointer()); });
    m_copyJqPath = add(tr("Copy Path (jq)"), [this] { toClipboard(m_view->selectedJqPath()); });
    m_copyAll = add(tr("Copy All"), &JsonView::copyDocument);
    m_showValue = add(tr("Show Whole Value"), &JsonView::showSelectedValue);
    m_save = new QAction(tr("Save Response…"), this);
    m_save->setEnabled(false);
    connect(m_save, &QAction::triggered, this, &ResponsePanel::chooseAndSave);
}

QPushButton *ResponsePanel::makeMenuButton(const QString &text, const QString &name, const QList<QAction *> &actions)
{
    QPushButton *button = makeButton(text, name);
    auto *menu = new QMenu(tr("Response"), button); // as the palette names it
    menu->addActions(actions);
    button->setMenu(menu);
    return button;
}

void ResponsePanel::connectView()
{
    connect(m_treeButton, &QPushButton::clicked, this, [this] {
        m_modePicked = true;
        setRaw(false);
    });
    connect(m_rawButton, &QPushButton::clicked, this, [this] {
        m_modePicked = true;
        setRaw(true);
    });
    connect(m_filter, &QLineEdit::textChanged, m_view, &JsonView::setKeyFilter);
    connect(m_view, &JsonView::loaded, this, [this] {
        if (!m_modePicked || !m_view->problem().isEmpty()) {
            setRaw(m_view->suitedMode() == JsonView::Mode::Raw);
        }
        refreshTools();
    });
    connect(m_view, &JsonView::selectionChanged, this, &ResponsePanel::refreshTools);
    connect(m_view, &JsonView::noteChanged, this, &ResponsePanel::showNote);
    connect(m_view, &JsonView::menuRequested, this, &ResponsePanel::showMenu);
}

void ResponsePanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitTools();
}

// Leaves out the button that the menu has, too, where the row is not wide enough.
void ResponsePanel::fitTools()
{
    m_saveButton->show();
    QLayout *layout = m_tools->layout();
    layout->invalidate();
    m_saveButton->setVisible(layout->minimumSize().width() <= width());
}

void ResponsePanel::setRaw(bool raw)
{
    m_view->setMode(raw ? JsonView::Mode::Raw : JsonView::Mode::Tree);
    m_treeButton->setChecked(!raw);
    m_rawButton->setChecked(raw);
    m_find->setVisible(raw);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_filter, m_expand, m_collapse}) {
        widget->setVisible(!raw);
    }
    refreshTools();
    fitTools();
}

void ResponsePanel::refreshTools()
{
    const bool selects = m_view->mode() == JsonView::Mode::Tree && m_view->hasSelection();
    for (QAction *action : {m_copyValue, m_copyPointer, m_copyJqPath}) {
        action->setEnabled(selects);
    }
    m_showValue->setEnabled(selects && m_view->isSelectionClipped());
    m_treeButton->setEnabled(m_view->hasTree() || m_view->problem().isEmpty());
    m_treeButton->setToolTip(m_view->hasTree()         ? m_treeButton->accessibleName()
                                 : m_view->isLoading() ? tr("The tree is being made")
                                                       : m_view->problem());
    showNote();
}

void ResponsePanel::showNote()
{
    m_note->setText(m_view->mode() == JsonView::Mode::Tree ? m_view->note() : QString());
    m_note->setVisible(!m_note->text().isEmpty());
    m_problem->setText(tr("No tree: %1").arg(m_view->problem()));
    m_problem->setVisible(!m_view->problem().isEmpty());
}

void ResponsePanel::chooseAndSave()
{
    const QString name = m_runId.isEmpty() ? tr("response.json") : tr("run-%1.json").arg(m_runId);
    auto *dialog = new QFileDialog(this, tr("Save the response"), QDir::home().filePath(name),
                                   tr("JSON files (*.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, &ResponsePanel::saveTo);
    dialog->open();
}

void ResponsePanel::showMenu(const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({m_showValue, m_copyValue, m_copyPointer, m_copyJqPath, m_copyAll});
    menu->addSeparator();
    menu->addActions(m_expand->menu()->actions());
    menu->addActions(m_collapse->menu()->actions());
    menu->addSeparator();
    menu->addAction(m_save);
    menu->popup(position);
}

} // namespace PatchPanel::Ui
