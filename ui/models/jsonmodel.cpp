#include "ui/models/jsonmodel.h"

#include "ui/models/format.h"
#include "ui/style/colors.h"

#include <QApplication>
#include <QRegularExpression>

namespace PatchPanel::Ui {

struct JsonModel::Node {
    quint32 index = 0; // of JsonIndex::nodes
    quint32 position = 0; // in its container
    Node *parent = nullptr;
    int row = 0;
    bool showsAll = true; // what is beneath it is not filtered
    quint32 following = 0; // index that the next child to be made has at least
    quint32 nextPosition = 0; // of that child
    std::vector<std::unique_ptr<Node>> children = {}; // the ones made so far
};

// One that is there, but not made yet.
struct JsonModel::Child {
    quint32 index = 0;
    quint32 position = 0;
    bool showsAll = true;
};

namespace {

Tone toneOf(JsonType type)
{
    switch (type) {
    case JsonType::String:
        return Tone::Ok;
    case JsonType::Number:
        return Tone::Info;
    case JsonType::Bool:
        return Tone::Running;
    default:
        return Tone::Muted;
    }
}

QString quotedForJq(QString key)
{
    static const QRegularExpression plain(QStringLiteral("\\A[A-Za-z_][A-Za-z0-9_]*\\z"));
    if (plain.match(key).hasMatch()) {
        return QLatin1Char('.') + key;
    }
    key.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\""));
    key.replace(QLatin1Char('\n'), QStringLiteral("\\n")).replace(QLatin1Char('\t'), QStringLiteral("\\t"));
    return QStringLiteral("[\"%1\"]").arg(key);
}

} // namespace

JsonModel::JsonModel(QObject *parent)
    : QAbstractItemModel(parent)
    , m_root(std::make_unique<Node>())
{
}

JsonModel::~JsonModel() = default;

void JsonModel::setDocument(const std::shared_ptr<const JsonIndex> &document,
                            const std::shared_ptr<const JsonMatches> &matches)
{
    beginResetModel();
    m_document = document && !document->nodes.empty() ? document : nullptr;
    m_matches = matches;
    m_root = std::make_unique<Node>();
    m_root->showsAll = !matches;
    m_root->following = 1;
    endResetModel();
}

QString JsonModel::pointer(const QModelIndex &index) const
{
    QString path;
    for (const Node *node = nodeOf(index); node->parent; node = node->parent) {
        const bool isMember = m_document->node(node->index).key > 0;
        QString part = isMember ? m_document->keyOf(node->index) : QString::number(node->position);
        part.replace(QLatin1Char('~'), QStringLiteral("~0")).replace(QLatin1Char('/'), QStringLiteral("~1"));
        path.prepend(QLatin1Char('/') + part);
    }
    return path;
}

QString JsonModel::jqPath(const QModelIndex &index) const
{
    QString path;
    for (const Node *node = nodeOf(index); node->parent; node = node->parent) {
        path.prepend(m_document->node(node->index).key > 0 ? quotedForJq(m_document->keyOf(node->index))
                                                           : QStringLiteral("[%1]").arg(node->position));
    }
    return path.startsWith(QLatin1Char('.')) ? path : QLatin1Char('.') + path;
}

quint32 JsonModel::nodeIndex(const QModelIndex &index) const
{
    return nodeOf(index)->index;
}

bool JsonModel::isClipped(const QModelIndex &index) const
{
    const quint32 node = nodeOf(index)->index;
    return index.isValid() && m_document->typeOf(node) == JsonType::String
        && m_document->beginningOf(node, shownStringLimit + 1).size() > shownStringLimit;
}

bool JsonModel::leadsToMatch(const QModelIndex &index) const
{
    return m_matches && !nodeOf(index)->showsAll;
}

QModelIndex JsonModel::index(int row, int column, const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    if (row < 0 || column < 0 || column >= ColumnCount || static_cast<std::size_t>(row) >= node->children.size()) {
        return {};
    }
    return createIndex(row, column, node->children[static_cast<std::size_t>(row)].get());
}

QModelIndex JsonModel::parent(const QModelIndex &child) const
{
    Node *node = nodeOf(child)->parent;
    return !node || node == m_root.get() ? QModelIndex() : createIndex(node->row, 0, node);
}

int JsonModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent)->children.size());
}

int JsonModel::columnCount(const QModelIndex &) const
{
    return ColumnCount;
}

bool JsonModel::hasChildren(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    return parent.column() <= 0 && (!node->children.empty() || nextChild(*node));
}

bool JsonModel::canFetchMore(const QModelIndex &parent) const
{
    return nodeOf(parent)->children.empty() && hasMore(parent);
}

bool JsonModel::hasMore(const QModelIndex &parent) const
{
    return parent.column() <= 0 && nextChild(*nodeOf(parent));
}

void JsonModel::fetchMore(const QModelIndex &parent)
{
    Node *node = nodeOf(parent);
    std::vector<std::unique_ptr<Node>> made;
    const int first = rowCount(parent);
    while (made.size() < batchSize) {
        const std::optional<Child> child = nextChild(*node);
        if (!child) {
            break;
        }
        auto entry = std::make_unique<Node>();
        entry->index = child->index;
        entry->position = child->position;
        entry->parent = node;
        entry->row = first + static_cast<int>(made.size());
        entry->showsAll = child->showsAll;
        entry->following = child->index + 1;
        made.push_back(std::move(entry));
        node->following = m_document->node(child->index).next;
        node->nextPosition = child->position + 1;
    }
    if (made.empty()) {
        return;
    }
    beginInsertRows(parent, first, first + static_cast<int>(made.size()) - 1);
    std::move(made.begin(), made.end(), std::back_inserter(node->children));
    endInsertRows();
}

QVariant JsonModel::data(const QModelIndex &index, int role) const
{
    const Node *node = nodeOf(index);
    const bool isMember = m_document->node(node->index).key > 0;
    if (index.column() == KeyColumn) {
        if (role == Qt::ForegroundRole && !isMember) {
            return colorsFor(QApplication::palette()).muted;
        }
        return role != Qt::DisplayRole ? QVariant()
            : isMember                 ? QVariant(m_document->keyOf(node->index))
                                       : QVariant(QString::number(node->position));
    }
    switch (role) {
    case Qt::DisplayRole:
        return shownValue(node->index);
    case Qt::ForegroundRole:
        return colorsFor(QApplication::palette()).of(toneOf(m_document->typeOf(node->index)));
    case Qt::ToolTipRole:
        return m_document->typeOf(node->index) == JsonType::String
            ? QVariant(m_document->beginningOf(node->index, shownStringLimit).toHtmlEscaped())
            : QVariant();
    default:
        return {};
    }
}

QVariant JsonModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical || role != Qt::DisplayRole) {
        return {};
    }
    return section == KeyColumn ? tr("Key") : tr("Value");
}

JsonModel::Node *JsonModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

std::optional<JsonModel::Child> JsonModel::nextChild(const Node &node) const
{
    if (!m_document || !m_document->isContainer(node.index)) {
        return std::nullopt;
    }
    const quint32 end = m_document->node(node.index).next;
    if (node.showsAll) {
        return node.following < end ? std::optional(Child{node.following, node.nextPosition}) : std::nullopt;
    }
    const auto next = m_matches->from(node.following);
    return next != m_matches->shown.end() && next->node < end
        ? std::optional(Child{next->node, next->position, next->matches})
        : std::nullopt;
}

QString JsonModel::shownValue(quint32 node) const
{
    const quint32 children = m_document->node(node).children;
    switch (m_document->typeOf(node)) {
    case JsonType::Object:
        return QStringLiteral("{ %1 }").arg(formatCount(children));
    case JsonType::Array:
        return QStringLiteral("[ %1 ]").arg(formatCount(children));
    default:
        break;
    }
    QString text = m_document->beginningOf(node, shownStringLimit + 1);
    if (text.size() > shownStringLimit) {
        const qint64 bytes = m_document->bytesOf(node).size() - 2;
        text = text.left(shownStringLimit) + tr("… Show all %1").arg(formatBytes(bytes));
    }
    return text.replace(QLatin1Char('\n'), QChar(0x23ce)); // one row stays one line
}

} // namespace PatchPanel::Ui
