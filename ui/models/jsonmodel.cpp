#include "ui/models/jsonmodel.h"

#include "ui/style/colors.h"

#include <QApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <vector>

namespace PatchPanel::Ui {

struct JsonModel::Node {
    QString key;
    QJsonValue value;
    Node *parent = nullptr;
    int row = 0;
    QStringList keys = {}; // of an object, in the order of its children
    std::vector<std::unique_ptr<Node>> children = {}; // the ones made so far

    Node(QString nodeKey, QJsonValue nodeValue, Node *nodeParent, int nodeRow)
        : key(std::move(nodeKey))
        , value(std::move(nodeValue))
        , parent(nodeParent)
        , row(nodeRow)
    {
        if (value.isObject()) {
            keys = value.toObject().keys();
        }
    }

    int childCount() const { return static_cast<int>(value.isArray() ? value.toArray().size() : keys.size()); }

    void makeChildren(int count)
    {
        const int first = static_cast<int>(children.size());
        const QJsonObject object = value.toObject();
        const QJsonArray array = value.toArray();
        for (int i = first; i < first + count; ++i) {
            children.push_back(value.isArray() ? std::make_unique<Node>(QString::number(i), array[i], this, i)
                                               : std::make_unique<Node>(keys[i], object[keys[i]], this, i));
        }
    }
};

namespace {

QString compactText(const QJsonValue &value)
{
    if (value.isObject()) {
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    }
    if (value.isArray()) {
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    }
    const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(wrapped.mid(1, wrapped.size() - 2));
}

Tone toneOfValue(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String:
        return Tone::Ok;
    case QJsonValue::Double:
        return Tone::Info;
    case QJsonValue::Bool:
        return Tone::Running;
    default:
        return Tone::Muted;
    }
}

} // namespace

JsonModel::JsonModel(QObject *parent)
    : QAbstractItemModel(parent)
    , m_root(std::make_unique<Node>(QString(), QJsonValue(QJsonObject()), nullptr, 0))
{
}

JsonModel::~JsonModel() = default;

void JsonModel::setRoot(const QJsonValue &root)
{
    beginResetModel();
    m_root = std::make_unique<Node>(QString(), root, nullptr, 0);
    endResetModel();
}

QString JsonModel::pointer(const QModelIndex &index) const
{
    QString path;
    for (const Node *node = nodeOf(index); node->parent; node = node->parent) {
        QString part = node->key;
        part.replace(QLatin1Char('~'), QStringLiteral("~0")).replace(QLatin1Char('/'), QStringLiteral("~1"));
        path.prepend(QLatin1Char('/') + part);
    }
    return path;
}

QString JsonModel::valueText(const QModelIndex &index) const
{
    const QJsonValue &value = nodeOf(index)->value;
    return value.isString() ? value.toString() : compactText(value);
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
    return parent.column() <= 0 && nodeOf(parent)->childCount() > 0;
}

bool JsonModel::canFetchMore(const QModelIndex &parent) const
{
    return rowCount(parent) < nodeOf(parent)->childCount();
}

void JsonModel::fetchMore(const QModelIndex &parent)
{
    Node *node = nodeOf(parent);
    const int first = rowCount(parent);
    const int count = std::min(batchSize, node->childCount() - first);
    if (count <= 0) {
        return;
    }
    beginInsertRows(parent, first, first + count - 1);
    node->makeChildren(count);
    endInsertRows();
}

QVariant JsonModel::data(const QModelIndex &index, int role) const
{
    const Node *node = nodeOf(index);
    if (index.column() == KeyColumn) {
        return role == Qt::DisplayRole ? QVariant(node->key) : QVariant();
    }
    switch (role) {
    case Qt::DisplayRole:
        if (node->value.isObject()) {
            return QStringLiteral("{ %1 }").arg(node->childCount());
        }
        if (node->value.isArray()) {
            return QStringLiteral("[ %1 ]").arg(node->childCount());
        } else {
            QString text = valueText(index).left(shownStringLimit + 1);
            if (text.size() > shownStringLimit) {
                text = text.left(shownStringLimit) + QChar(0x2026);
            }
            return text.replace(QLatin1Char('\n'), QChar(0x23ce)); // one row stays one line
        }
    case Qt::ForegroundRole:
        return colorsFor(QApplication::palette()).of(toneOfValue(node->value));
    case Qt::ToolTipRole:
        return node->value.isString() ? QVariant(node->value.toString().left(shownStringLimit)) : QVariant();
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

} // namespace PatchPanel::Ui
