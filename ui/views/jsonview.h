#pragma once

#include "ui/models/jsonindex.h"
#include "ui/models/textlines.h"

#include <QWidget>

class QModelIndex;
class QStackedWidget;
class QTreeView;

namespace PatchPanel::Ui {

class JsonModel;
class TextView;

// A JSON document as a lazy tree or as raw text. Both are made on other threads; a large document is shown as text
// first. GUI thread.
class JsonView : public QWidget {
    Q_OBJECT
public:
    enum class Mode { Tree, Raw };

    static constexpr qsizetype treeLimit = 5 * 1000 * 1000; // bytes; larger documents open as raw text
    static constexpr int expandLimit = 10'000; // rows that expanding makes at most

    explicit JsonView(QWidget *parent = nullptr);

    void setDocument(const QByteArray &json);
    QByteArray document() const { return m_document; }
    bool isLoading() const { return m_pending > 0; }
    // The tree is there; false for a text that is no JSON.
    bool hasTree() const { return m_index != nullptr; }
    // The one that suits the document, as far as that is known.
    Mode suitedMode() const;
    // Why there is no tree; empty while it is made.
    QString problem() const { return m_problem; }
    // What there is to say about the tree: matches of the filter, rows that stayed closed.
    QString note() const { return m_note; }

    void setMode(Mode mode);
    Mode mode() const;
    TextView *rawView() const { return m_raw; }
    QTreeView *treeView() const { return m_tree; }

    // Shows only members whose name has this in it, with all beneath them; empty: everything.
    void setKeyFilter(const QString &part);

    void expandLevel();
    void collapseLevel();
    void expandAll();
    void collapseAll();

    // Of the selected row; empty when none is.
    bool hasSelection() const;
    QString selectedPointer() const;
    QString selectedJqPath() const;
    // To the clipboard; a large value is made on another thread.
    void copySelectedValue();
    void copyDocument();
    // The selected value is a string that the tree clips.
    bool isSelectionClipped() const;
    // In a window of its own.
    void showSelectedValue();

Q_SIGNALS:
    void loaded(); // text, tree or problem; may come twice
    void selectionChanged();
    void noteChanged();
    void menuRequested(const QPoint &globalPosition);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Read { // on another thread
        std::shared_ptr<const JsonIndex> index;
        std::shared_ptr<const TextLines> lines;
        bool goesOn = false; // the lines begin with those that are shown
    };

    template <typename Work> void read(Work work);
    void take(const Read &read);
    void refill(const std::shared_ptr<const JsonMatches> &matches);
    void expandMatches();
    void fetchVisible();
    // Opens the closed rows of a level (0: the topmost), or all levels; stops at expandLimit.
    void expand(int level);
    std::vector<QModelIndex> openRows() const;
    int levelOf(QModelIndex index) const;
    void setNote(const QString &note);

    QByteArray m_document;
    JsonModel *m_model;
    QTreeView *m_tree;
    TextView *m_raw;
    QStackedWidget *m_stack;
    std::shared_ptr<const JsonIndex> m_index; // null: no tree, or not yet
    QString m_problem;
    QString m_note;
    QString m_filter;
    quint64 m_generation = 0; // of the document
    quint64 m_filterGeneration = 0;
    int m_pending = 0; // parts that are being made
};

} // namespace PatchPanel::Ui
