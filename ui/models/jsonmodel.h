#pragma once

#include "ui/models/jsonindex.h"

#include <QAbstractItemModel>

namespace PatchPanel::Ui {

// A JSON text as a tree of key and value. Lazy: the children of a node are made when it is expanded, 1,000 at a time,
// so a large document costs nothing until it is looked at.
class JsonModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { KeyColumn, ValueColumn, ColumnCount };

    static constexpr int batchSize = 1000;
    static constexpr int shownStringLimit = 2048; // characters; longer strings are clipped in the tree

    explicit JsonModel(QObject *parent = nullptr);
    ~JsonModel() override;

    // Null: no document. With `matches` only they and what leads to them.
    void setDocument(const std::shared_ptr<const JsonIndex> &document,
                     const std::shared_ptr<const JsonMatches> &matches = {});

    // RFC 6901: "/steps/0/state"; empty for the root.
    QString pointer(const QModelIndex &index) const;
    // As the program jq takes it: ".steps[0].state"; "." for the root.
    QString jqPath(const QModelIndex &index) const;
    // Of the document; 0 is the root.
    quint32 nodeIndex(const QModelIndex &index) const;
    // A string that is not shown whole.
    bool isClipped(const QModelIndex &index) const;
    // It is one that the filter was looking for, or leads to one that is not a child of such.
    bool leadsToMatch(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    // Only of a container without children so far: a view would go on until all of them are there. hasMore() tells the
    // rest.
    bool canFetchMore(const QModelIndex &parent) const override;
    bool hasMore(const QModelIndex &parent) const;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node;
    struct Child;

    Node *nodeOf(const QModelIndex &index) const;
    std::optional<Child> nextChild(const Node &node) const;
    QString shownValue(quint32 node) const;

    std::shared_ptr<const JsonIndex> m_document;
    std::shared_ptr<const JsonMatches> m_matches;
    std::unique_ptr<Node> m_root;
};

} // namespace PatchPanel::Ui
