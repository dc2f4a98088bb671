#include "ui/views/jsonview.h"

#include "ui/models/jsonmodel.h"
#include "ui/models/jsontext.h"
#include "ui/views/textview.h"

#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QQueue>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

QJsonValue rootOf(const QJsonDocument &document)
{
    return document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
}

} // namespace

JsonView::JsonView(QWidget *parent)
    : QWidget(parent)
    , m_model(new JsonModel(this))
    , m_tree(new QTreeView)
    , m_raw(new TextView)
    , m_stack(new QStackedWidget)
{
    m_tree->setModel(m_model);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setAccessibleName(tr("Response as a tree"));
    m_tree->header()->resizeSection(JsonModel::KeyColumn, 220);
    m_tree->header()->setStretchLastSection(true);
    m_raw->setAccessibleName(tr("Response as text"));
    m_stack->addWidget(m_tree);
    m_stack->addWidget(m_raw);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_stack);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &JsonView::selectionChanged);
}

JsonView::Mode JsonView::setDocument(const QByteArray &json)
{
    m_document = json;
    m_raw->setText(indentedJson(json));
    if (json.size() > treeLimit) {
        m_model->setRoot({});
        return Mode::Raw;
    }
    const QJsonDocument document = QJsonDocument::fromJson(json);
    m_model->setRoot(document.isNull() ? QJsonValue() : rootOf(document));
    m_model->fetchMore({});
    Q_EMIT selectionChanged();
    return document.isNull() ? Mode::Raw : Mode::Tree;
}

void JsonView::setMode(Mode mode)
{
    m_stack->setCurrentIndex(mode == Mode::Tree ? 0 : 1);
}

JsonView::Mode JsonView::mode() const
{
    return m_stack->currentIndex() == 0 ? Mode::Tree : Mode::Raw;
}

void JsonView::expandAll()
{
    QQueue<QModelIndex> waiting{{QModelIndex()}};
    for (int opened = 0; !waiting.isEmpty() && opened < expandLimit; ++opened) {
        const QModelIndex index = waiting.dequeue();
        if (m_model->canFetchMore(index)) {
            m_model->fetchMore(index);
        }
        if (index.isValid()) {
            m_tree->expand(index);
        }
        for (int row = 0; row < m_model->rowCount(index); ++row) {
            const QModelIndex child = m_model->index(row, 0, index);
            if (m_model->hasChildren(child)) {
                waiting.enqueue(child);
            }
        }
    }
}

void JsonView::collapseAll()
{
    m_tree->collapseAll();
}

QString JsonView::selectedValue() const
{
    const QModelIndex index = m_tree->currentIndex();
    return index.isValid() ? m_model->valueText(index) : QString();
}

QString JsonView::selectedPointer() const
{
    const QModelIndex index = m_tree->currentIndex();
    return index.isValid() ? m_model->pointer(index) : QString();
}

} // namespace PatchPanel::Ui
