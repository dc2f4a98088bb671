#pragma once

#include "ui/models/changesmodel.h"
#include "ui/views/diffview.h"

#include <QSet>

class QPushButton;
class QStackedWidget;

namespace PatchPanel::Ui {

class FindBar;
class ToneLabel;

// What a changed file looks like: its diff; for a large one first only how large it is; for a binary one its sizes and
// hashes. GUI thread.
class DiffPane : public QWidget {
    Q_OBJECT
public:
    static constexpr int foldedLines = 20'000; // changed ones; files with more start folded
    static constexpr qsizetype foldedBytes = 1'000'000; // of the diff

    explicit DiffPane(QWidget *parent = nullptr);

    // `workspace`: absolute; empty when it is not known. What was unfolded stays so until forget().
    void showFile(const ChangedFile &file, const QString &workspace);
    void showNothing(const QString &why);
    void forget() { m_unfolded.clear(); }
    bool isFolded() const;

    DiffView *view() const { return m_view; }
    // Opens it with the focus in it; false where no diff is shown.
    bool activateFind();
    // Null while it is closed, or no diff is shown.
    FindBar *openFindBar() const;
    bool showNextChange() { return isShowingDiff() && m_view->showNextChange(); }
    bool showPreviousChange() { return isShowingDiff() && m_view->showPreviousChange(); }

private:
    bool isShowingDiff() const;
    void unfold();
    void decide();
    void showMessage(const QString &title, const QString &text);

    QStackedWidget *m_pages;
    DiffView *m_view;
    FindBar *m_find;
    ToneLabel *m_title;
    ToneLabel *m_text;
    QPushButton *m_show;
    ChangedFile m_file;
    QSet<QString> m_unfolded; // paths
};

} // namespace PatchPanel::Ui
