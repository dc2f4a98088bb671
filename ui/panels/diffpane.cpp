#include "ui/panels/diffpane.h"

#include "ui/models/format.h"
#include "ui/style/labels.h"
#include "ui/views/difffind.h"
#include "ui/views/findbar.h"

#include <QDir>
#include <QFontDatabase>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

namespace {

enum Page { DiffPage, MessagePage };

// Where the lines around the hunks can be read: only a file that was there before the change, inside the workspace.
QString contextPath(const ChangedFile &file, const QString &workspace)
{
    const QString path = QDir::cleanPath(file.path);
    const bool isOutside =
        QDir::isAbsolutePath(path) || path == QLatin1String("..") || path.startsWith(QLatin1String("../"));
    if (workspace.isEmpty() || isOutside || file.kind == QLatin1String("create")
        || file.kind == QLatin1String("delete")) {
        return {};
    }
    const QString now = QDir(workspace).filePath(path);
    const QString before = QDir::cleanPath(file.from);
    return before.isEmpty() || before.startsWith(QLatin1String("..")) || QDir::isAbsolutePath(before)
        ? now
        : QDir(workspace).filePath(before);
}

QString sideText(const QString &name, const QJsonValue &hash, const QJsonValue &size)
{
    if (!hash.isString()) {
        return DiffPane::tr("%1: no file").arg(name);
    }
    const QString bytes = size.isDouble()
        ? DiffPane::tr("%1 (%2 bytes)").arg(formatBytes(size.toInteger()), formatCount(size.toInteger()))
        : DiffPane::tr("size not told");
    return DiffPane::tr("%1: %2\nSHA-256 %3").arg(name, bytes, hash.toString());
}

QString binaryText(const QJsonObject &change)
{
    return sideText(DiffPane::tr("Before"), change[QStringLiteral("before")], change[QStringLiteral("beforeSize")])
        + QStringLiteral("\n\n")
        + sideText(DiffPane::tr("After"), change[QStringLiteral("after")], change[QStringLiteral("afterSize")]);
}

} // namespace

DiffPane::DiffPane(QWidget *parent)
    : QWidget(parent)
    , m_pages(new QStackedWidget)
    , m_view(new DiffView)
    , m_find(new FindBar({m_view->find()->finder(), m_view,
                          [this] {
                              return m_view->find()->firstVisibleLine();
                          }},
                         tr("Find in the diff")))
    , m_title(new ToneLabel)
    , m_text(new ToneLabel(Tone::Muted))
    , m_show(new QPushButton(tr("Show")))
{
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setAlignment(Qt::AlignCenter);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_show->setAccessibleName(tr("Show the diff of the large file"));
    auto *message = new QWidget;
    auto *messageLayout = new QVBoxLayout(message);
    messageLayout->addStretch(1);
    messageLayout->addWidget(m_title);
    messageLayout->addWidget(m_text);
    messageLayout->addSpacing(8);
    messageLayout->addWidget(m_show, 0, Qt::AlignHCenter);
    messageLayout->addStretch(1);
    m_pages->insertWidget(DiffPage, m_view);
    m_pages->insertWidget(MessagePage, message);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_find);
    layout->addWidget(m_pages, 1);
    m_find->setContentsMargins(8, 4, 8, 4);
    m_find->offerClose();
    m_find->hide();
    connect(m_find, &FindBar::closed, m_find, &QWidget::hide);
    connect(m_pages, &QStackedWidget::currentChanged, m_find,
            [this](int page) { m_find->setEnabled(page == DiffPage); });
    setFocusProxy(m_view);
    connect(m_show, &QPushButton::clicked, this, &DiffPane::unfold);
    connect(m_view, &DiffView::loaded, this, &DiffPane::decide);
}

void DiffPane::showFile(const ChangedFile &file, const QString &workspace)
{
    m_file = file;
    m_view->setEmptyText(tr("No text changes"));
    m_view->setDiff(file.binary ? QJsonValue() : file.diff(), contextPath(file, workspace));
}

void DiffPane::showNothing(const QString &why)
{
    m_file = {};
    m_view->setEmptyText(why);
    m_view->setDiff({});
}

bool DiffPane::activateFind()
{
    if (m_pages->currentIndex() != DiffPage) {
        return false;
    }
    m_find->show();
    m_find->activate();
    return true;
}

FindBar *DiffPane::openFindBar() const
{
    return m_find->isHidden() || !m_find->isEnabled() ? nullptr : m_find;
}

bool DiffPane::isFolded() const
{
    return m_pages->currentIndex() == MessagePage && !m_show->isHidden();
}

bool DiffPane::isShowingDiff() const
{
    return m_view->isLoading() || m_pages->currentIndex() == DiffPage;
}

void DiffPane::unfold()
{
    m_unfolded.insert(m_file.path);
    decide();
    m_view->setFocus();
}

// The page, once the diff is read.
void DiffPane::decide()
{
    const qsizetype bytes = m_view->rows() ? m_view->rows()->diff->text.size() : 0;
    const bool isLarge = m_file.changedLines() > foldedLines || bytes > foldedBytes;
    m_show->setVisible(isLarge && !m_file.binary);
    if (m_file.binary) {
        showMessage(tr("Binary file"), binaryText(m_file.change));
    } else if (isLarge && !m_unfolded.contains(m_file.path)) {
        showMessage(
            tr("Large change"),
            tr("%1 in a diff of %2")
                .arg(counted(m_file.changedLines(), tr("changed line"), tr("changed lines")), formatBytes(bytes)));
    } else {
        m_pages->setCurrentIndex(DiffPage);
    }
}

void DiffPane::showMessage(const QString &title, const QString &text)
{
    m_title->setText(title);
    m_text->setText(text);
    m_pages->setCurrentIndex(MessagePage);
}

} // namespace PatchPanel::Ui
