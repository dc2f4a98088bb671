#pragma once

#include <QAbstractItemModel>
#include <QJsonObject>

#include <memory>

namespace PatchPanel::Ui {

// A JSON value as a tree of key and value. Lazy: the children of a node are made when it is expanded, 1,000 at a
// time, so a large document costs nothing until it is looked at.
class JsonModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { KeyColumn, ValueColumn, ColumnCount };

    static constexpr int batchSize = 1000;
    static constexpr int shownStringLimit = 2048; // characters; longer strings are clipped in the tree

    explicit JsonModel(QObject *parent = nullptr);
    ~JsonModel() override;

    void setRoot(const QJsonValue &root);

    // RFC 6901: "/steps/0/state"; empty for the root.
    QString pointer(const QModelIndex &index) const;
    // The whole value: a string as it is, everything else as compact JSON.
    QString valueText(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node;
    Node *nodeOf(const QModelIndex &index) const;

    std::unique_ptr<Node> m_root;
};

} // namespace PatchPanel::Ui
