#include "ui/views/valuedialog.h"

#include "ui/views/findbar.h"
#include "ui/views/textview.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

ValueDialog::ValueDialog(const QString &what, QWidget *parent)
    : QDialog(parent)
    , m_view(new TextView)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(what);
    resize(720, 480);
    m_view->setAccessibleName(tr("The whole value"));
    m_view->setEmptyText(tr("Reading…"));
    auto *close = new QPushButton(tr("Close"));
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    auto *tools = new QHBoxLayout;
    tools->setContentsMargins(12, 6, 12, 6);
    tools->addWidget(new FindBar(m_view, tr("Find in the value")), 1);
    tools->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_view, 1);
    layout->addLayout(tools);
    m_view->setFocus();
}

void ValueDialog::setLines(const std::shared_ptr<const TextLines> &lines)
{
    m_view->setLines(lines);
}

} // namespace PatchPanel::Ui
