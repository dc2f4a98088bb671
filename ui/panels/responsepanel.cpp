#include "ui/panels/responsepanel.h"

#include "ui/models/format.h"
#include "ui/models/outcome.h"
#include "ui/style/labels.h"
#include "ui/views/findbar.h"
#include "ui/views/jsonview.h"
#include "ui/views/textview.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QGuiApplication>
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
    , m_treeButton(makeButton(tr("Tree"), tr("Show the response as a tree")))
    , m_rawButton(makeButton(tr("Raw"), tr("Show the response as text")))
    , m_expand(makeButton(tr("Expand all"), tr("Expand the whole tree")))
    , m_collapse(makeButton(tr("Collapse"), tr("Collapse the whole tree")))
    , m_copyValue(makeButton(tr("Copy value"), tr("Copy the selected value")))
    , m_copyPath(makeButton(tr("Copy path"), tr("Copy the JSON Pointer of the selected value")))
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto *empty = new ToneLabel(tr("No response yet. It appears here after a run."), Tone::Muted);
    empty->setAlignment(Qt::AlignCenter);
    auto *content = new QWidget;
    auto *contentLayout = new QVBoxLayout(content);
    contentLayout->setContentsMargins({});
    contentLayout->setSpacing(0);
    contentLayout->addWidget(makeHeader());
    contentLayout->addWidget(makeTools());
    contentLayout->addWidget(m_view, 1);
    m_pages->addWidget(empty);
    m_pages->addWidget(content);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_pages);
    connect(m_view, &JsonView::selectionChanged, this, &ResponsePanel::refreshTools);
    setRaw(false);
}

void ResponsePanel::showEmpty()
{
    m_pages->setCurrentIndex(0);
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
    setRaw(m_view->setDocument(shown) == JsonView::Mode::Raw);
    m_pages->setCurrentIndex(1);
}

void ResponsePanel::activateFind()
{
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
    QPushButton *copyAll = makeButton(tr("Copy all"), tr("Copy the whole response"));
    auto *tools = new QWidget;
    auto *layout = new QHBoxLayout(tools);
    layout->setContentsMargins(12, 4, 12, 6);
    layout->setSpacing(6);
    layout->addWidget(m_treeButton);
    layout->addWidget(m_rawButton);
    layout->addSpacing(8);
    layout->addWidget(m_expand);
    layout->addWidget(m_collapse);
    layout->addWidget(m_find, 1);
    layout->addStretch(0);
    layout->addWidget(m_copyValue);
    layout->addWidget(m_copyPath);
    layout->addWidget(copyAll);

    connect(m_treeButton, &QPushButton::clicked, this, [this] { setRaw(false); });
    connect(m_rawButton, &QPushButton::clicked, this, [this] { setRaw(true); });
    connect(m_expand, &QPushButton::clicked, m_view, &JsonView::expandAll);
    connect(m_collapse, &QPushButton::clicked, m_view, &JsonView::collapseAll);
    connect(m_copyValue, &QPushButton::clicked, this, [this] { toClipboard(m_view->selectedValue()); });
    connect(m_copyPath, &QPushButton::clicked, this, [this] { toClipboard(m_view->selectedPointer()); });
    connect(copyAll, &QPushButton::clicked, this, [this] { toClipboard(QString::fromUtf8(m_view->document())); });
    return tools;
}

void ResponsePanel::setRaw(bool raw)
{
    m_view->setMode(raw ? JsonView::Mode::Raw : JsonView::Mode::Tree);
    m_treeButton->setChecked(!raw);
    m_rawButton->setChecked(raw);
    m_find->setVisible(raw);
    for (QPushButton *button : {m_expand, m_collapse, m_copyValue, m_copyPath}) {
        button->setVisible(!raw);
    }
    refreshTools();
}

void ResponsePanel::refreshTools()
{
    const bool selected = !m_view->selectedPointer().isEmpty();
    m_copyValue->setEnabled(selected);
    m_copyPath->setEnabled(selected);
}

} // namespace PatchPanel::Ui
