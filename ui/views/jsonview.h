#pragma once

#include <QWidget>

class QStackedWidget;
class QTreeView;

namespace PatchPanel::Ui {

class JsonModel;
class TextView;

// A JSON document as a lazy tree or as raw text. GUI thread.
class JsonView : public QWidget {
    Q_OBJECT
public:
    enum class Mode { Tree, Raw };

    static constexpr qsizetype treeLimit = 5 * 1000 * 1000; // bytes; larger documents open as raw text
    static constexpr int expandLimit = 10'000; // nodes that "expand all" opens at most

    explicit JsonView(QWidget *parent = nullptr);

    // Text that does not parse as JSON is shown raw. Returns the mode that suits the document.
    Mode setDocument(const QByteArray &json);
    void setMode(Mode mode);
    Mode mode() const;

    TextView *rawView() const { return m_raw; }
    QTreeView *treeView() const { return m_tree; }

    void expandAll();
    void collapseAll();
    // Of the selected row; empty when none is.
    QString selectedValue() const;
    QString selectedPointer() const;
    QByteArray document() const { return m_document; }

Q_SIGNALS:
    void selectionChanged();

private:
    QByteArray m_document;
    JsonModel *m_model;
    QTreeView *m_tree;
    TextView *m_raw;
    QStackedWidget *m_stack;
};

} // namespace PatchPanel::Ui
