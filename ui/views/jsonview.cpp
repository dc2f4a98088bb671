#include "ui/views/jsonview.h"

#include "ui/models/background.h"
#include "ui/models/format.h"
#include "ui/models/jsonmodel.h"
#include "ui/models/jsontext.h"
#include "ui/views/textview.h"
#include "ui/views/valuedialog.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QQueue>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

constexpr int allLevels = -1;

class Tree : public QTreeView {
public:
    // Until then expanding and collapsing cost nothing.
    void layOutLater() { scheduleDelayedItemsLayout(); }
};

// Rows as high as those of tables.
class RoomyRows : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return {QStyledItemDelegate::sizeHint(option, index).width(), option.fontMetrics.height() + 6};
    }
};

// The whole lines that the first bytes make.
std::shared_ptr<const TextLines> firstLines(const QByteArray &json)
{
    constexpr qsizetype enough = 256 * 1024;
    const QByteArray text = indentedJson(QByteArrayView(json).first(std::min(enough, json.size())));
    return splitLines(text.left(text.lastIndexOf('\n') + 1));
}

std::shared_ptr<const JsonIndex> indexed(const QByteArray &json)
{
    return std::make_shared<const JsonIndex>(indexJson(json));
}

} // namespace

JsonView::JsonView(QWidget *parent)
    : QWidget(parent)
    , m_model(new JsonModel(this))
    , m_tree(new Tree)
    , m_raw(new TextView)
    , m_stack(new QStackedWidget)
{
    m_tree->setLayoutDirection(Qt::LeftToRight); // as JSON is
    m_tree->setModel(m_model);
    m_tree->setItemDelegate(new RoomyRows(m_tree));
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setAccessibleName(tr("Response as a tree"));
    m_tree->header()->resizeSection(JsonModel::KeyColumn, 220);
    m_tree->header()->setStretchLastSection(true);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setExpandsOnDoubleClick(true);
    m_tree->installEventFilter(this);
    m_raw->setAccessibleName(tr("Response as text"));
    m_stack->addWidget(m_tree);
    m_stack->addWidget(m_raw);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_stack);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, &JsonView::selectionChanged);
    connect(m_tree->verticalScrollBar(), &QScrollBar::valueChanged, this, &JsonView::fetchVisible);
    connect(m_tree, &QTreeView::activated, this, &JsonView::showSelectedValue);
    connect(m_tree, &QTreeView::customContextMenuRequested, this,
            [this](const QPoint &point) { Q_EMIT menuRequested(m_tree->viewport()->mapToGlobal(point)); });
}

void JsonView::setDocument(const QByteArray &json)
{
    ++m_generation;
    m_document = json;
    m_index.reset();
    m_problem.clear();
    m_pending = 0;
    m_raw->setLines({});
    refill({});
    setNote({});
    if (json.size() <= treeLimit) {
        read([json] {
            const auto index = indexed(json);
            return Read{index, splitLines(index->problem ? json : indentedJson(json))};
        });
        return;
    }
    read([json] { return Read{{}, firstLines(json)}; });
    read([json] { return Read{{}, splitLines(indentedJson(json)), true}; });
    read([json] {
        const auto index = indexed(json);
        return Read{index, index->problem ? splitLines(json) : nullptr};
    });
}

JsonView::Mode JsonView::suitedMode() const
{
    return m_document.size() > treeLimit || !m_problem.isEmpty() ? Mode::Raw : Mode::Tree;
}

void JsonView::setMode(Mode mode)
{
    m_stack->setCurrentIndex(mode == Mode::Tree ? 0 : 1);
}

JsonView::Mode JsonView::mode() const
{
    return m_stack->currentIndex() == 0 ? Mode::Tree : Mode::Raw;
}

void JsonView::setKeyFilter(const QString &part)
{
    m_filter = part;
    const quint64 generation = ++m_filterGeneration;
    if (part.isEmpty() || !m_index) {
        refill({});
        setNote({});
        return;
    }
    inBackground(
        this, [index = m_index, part] { return std::make_shared<const JsonMatches>(findKeys(*index, part)); },
        [this, generation](const std::shared_ptr<const JsonMatches> &matches) {
            if (generation == m_filterGeneration && m_index) {
                refill(matches);
                expandMatches();
                setNote(matches->isCut ? tr("the first %1 matches").arg(formatCount(matches->matches))
                                       : counted(matches->matches, tr("match"), tr("matches")));
            }
        });
}

void JsonView::expandLevel()
{
    // The first closed row in breadth tells the level.
    QQueue<QModelIndex> waiting{{QModelIndex()}};
    while (!waiting.isEmpty()) {
        const QModelIndex index = waiting.dequeue();
        if (index.isValid() && !m_tree->isExpanded(index)) {
            expand(levelOf(index));
            return;
        }
        for (int row = 0; row < m_model->rowCount(index); ++row) {
            if (const QModelIndex child = m_model->index(row, 0, index); m_model->hasChildren(child)) {
                waiting.enqueue(child);
            }
        }
    }
}

void JsonView::collapseLevel()
{
    const std::vector<QModelIndex> open = openRows();
    int deepest = -1;
    for (const QModelIndex &index : open) {
        deepest = std::max(deepest, levelOf(index));
    }
    static_cast<Tree *>(m_tree)->layOutLater();
    for (const QModelIndex &index : open) {
        if (levelOf(index) == deepest) {
            m_tree->collapse(index);
        }
    }
    setNote({});
}

void JsonView::expandAll()
{
    expand(allLevels);
}

void JsonView::collapseAll()
{
    m_tree->collapseAll();
    setNote({});
}

bool JsonView::hasSelection() const
{
    return m_tree->currentIndex().isValid();
}

QString JsonView::selectedPointer() const
{
    return hasSelection() ? m_model->pointer(m_tree->currentIndex()) : QString();
}

QString JsonView::selectedJqPath() const
{
    return hasSelection() ? m_model->jqPath(m_tree->currentIndex()) : QString();
}

void JsonView::copySelectedValue()
{
    if (hasSelection()) {
        inBackground(
            this, [index = m_index, node = m_model->nodeIndex(m_tree->currentIndex())] { return index->valueOf(node); },
            [](const QString &text) { QGuiApplication::clipboard()->setText(text); });
    }
}

void JsonView::copyDocument()
{
    inBackground(
        this, [json = m_document] { return QString::fromUtf8(json); },
        [](const QString &text) { QGuiApplication::clipboard()->setText(text); });
}

bool JsonView::isSelectionClipped() const
{
    return hasSelection() && m_model->isClipped(m_tree->currentIndex());
}

void JsonView::showSelectedValue()
{
    if (!isSelectionClipped()) {
        return;
    }
    auto *dialog = new ValueDialog(selectedPointer(), this);
    dialog->show();
    inBackground(
        dialog,
        [index = m_index, node = m_model->nodeIndex(m_tree->currentIndex())] {
            return splitLines(index->valueOf(node).toUtf8());
        },
        [dialog](const std::shared_ptr<const TextLines> &lines) { dialog->setLines(lines); });
}

bool JsonView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Copy)) {
            copySelectedValue();
            return true;
        }
        if (key->key() == Qt::Key_Asterisk) { // Qt's own answer knows no limit
            expandAll();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

template <typename Work> void JsonView::read(Work work)
{
    ++m_pending;
    inBackground(this, std::move(work), [this, generation = m_generation](const Read &read) {
        if (generation == m_generation) {
            take(read);
        }
    });
}

void JsonView::take(const Read &read)
{
    --m_pending;
    if (read.lines && (read.index || m_problem.isEmpty())) {
        if (read.goesOn && m_raw->lineCount() > 0) {
            m_raw->extendLines(read.lines);
        } else {
            m_raw->setLines(read.lines);
        }
    }
    if (read.index && read.index->problem) {
        m_problem = read.index->problem->toString();
        m_raw->showLine(std::min<qsizetype>(read.index->problem->line - 1, m_raw->lineCount() - 1));
    } else if (read.index) {
        m_index = read.index;
        setKeyFilter(m_filter);
    }
    Q_EMIT loaded();
}

void JsonView::refill(const std::shared_ptr<const JsonMatches> &matches)
{
    m_model->setDocument(m_index, matches);
    m_model->fetchMore({});
    Q_EMIT selectionChanged();
}

// The way to each match; what is beneath a match stays closed.
void JsonView::expandMatches()
{
    int rows = m_model->rowCount();
    QQueue<QModelIndex> waiting{{QModelIndex()}};
    static_cast<Tree *>(m_tree)->layOutLater();
    while (!waiting.isEmpty() && rows < expandLimit) {
        const QModelIndex index = waiting.dequeue();
        if (index.isValid()) {
            m_model->fetchMore(index);
            rows += m_model->rowCount(index);
            m_tree->expand(index);
        }
        for (int row = 0; row < m_model->rowCount(index); ++row) {
            if (const QModelIndex child = m_model->index(row, 0, index); m_model->leadsToMatch(child)) {
                waiting.enqueue(child);
            }
        }
    }
}

// Goes on with a long container when the last of its rows comes into view.
void JsonView::fetchVisible()
{
    const int height = m_tree->viewport()->height();
    for (QModelIndex index = m_tree->indexAt(QPoint(1, 1)).siblingAtColumn(0);
         index.isValid() && m_tree->visualRect(index).top() < height; index = m_tree->indexBelow(index)) {
        const QModelIndex container = index.parent();
        if (index.row() == m_model->rowCount(container) - 1 && m_model->hasMore(container)) {
            m_model->fetchMore(container);
            return;
        }
    }
}

void JsonView::expand(int level)
{
    int rows = 0;
    bool isCut = false;
    QQueue<QModelIndex> waiting{{QModelIndex()}};
    static_cast<Tree *>(m_tree)->layOutLater();
    while (!waiting.isEmpty() && !isCut) {
        const QModelIndex index = waiting.dequeue();
        const bool opens = index.isValid() && (level == allLevels || levelOf(index) == level);
        if (opens) {
            if (m_model->rowCount(index) == 0) {
                m_model->fetchMore(index);
            }
            m_tree->expand(index);
        }
        if (index.isValid() && !m_tree->isExpanded(index)) {
            continue;
        }
        rows += m_model->rowCount(index);
        isCut = rows >= expandLimit;
        for (int row = 0; row < m_model->rowCount(index); ++row) {
            if (const QModelIndex child = m_model->index(row, 0, index); m_model->hasChildren(child)) {
                waiting.enqueue(child);
            }
        }
    }
    const bool hasMore = isCut && !waiting.isEmpty();
    setNote(hasMore ? tr("%1 rows are open; the rest stays closed").arg(formatCount(rows)) : QString());
}

std::vector<QModelIndex> JsonView::openRows() const
{
    std::vector<QModelIndex> open;
    QQueue<QModelIndex> waiting{{QModelIndex()}};
    while (!waiting.isEmpty()) {
        const QModelIndex index = waiting.dequeue();
        for (int row = 0; row < m_model->rowCount(index); ++row) {
            if (const QModelIndex child = m_model->index(row, 0, index); m_tree->isExpanded(child)) {
                open.push_back(child);
                waiting.enqueue(child);
            }
        }
    }
    return open;
}

int JsonView::levelOf(QModelIndex index) const
{
    int level = 0;
    while ((index = index.parent()).isValid()) {
        ++level;
    }
    return level;
}

void JsonView::setNote(const QString &note)
{
    if (note != m_note) {
        m_note = note;
        Q_EMIT noteChanged();
    }
}

} // namespace PatchPanel::Ui
