#include "ui/desktop/aboutdialog.h"

#include "ui/models/diagnostics.h"
#include "ui/style/labels.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QGuiApplication>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <array>

namespace PatchPanel::Ui {

namespace {

struct Part {
    const char *name;
    const char *licence;
};

// Programs and libraries that this one is made of, by the names of SPDX.
constexpr std::array parts{
    Part{"PatchPanel", "MIT"},
    Part{"Qt", "LGPL-3.0-only"},
    Part{"libgit2", "GPL-2.0-only WITH GCC-exception-2.0"},
    Part{"hiredis", "BSD-3-Clause"},
    Part{"OpenSSL", "Apache-2.0"},
    Part{"PCRE2", "BSD-3-Clause"},
    Part{"SQLite", "blessing (public domain)"},
    Part{"xxHash", "BSD-2-Clause"},
    Part{"zlib", "Zlib"},
};

QLabel *makeTitle()
{
    auto *title = new ToneLabel(QStringLiteral("PatchPanel"), Tone::Text);
    QFont font = title->font();
    font.setPointSizeF(font.pointSizeF() * 1.5);
    font.setBold(true);
    title->setFont(font);
    return title;
}

QLayout *makeLicences()
{
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(24);
    grid->setVerticalSpacing(2);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const Part &part : parts) {
        grid->addWidget(new ToneLabel(QString::fromLatin1(part.name), Tone::Text), row, 0);
        grid->addWidget(new ToneLabel(QString::fromLatin1(part.licence), Tone::Muted), row, 1);
        ++row;
    }
    return grid;
}

} // namespace

AboutDialog::AboutDialog(QWidget *parent)
    : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("About PatchPanel"));
    constexpr int iconSize = 64;
    auto *icon = new QLabel;
    icon->setPixmap(parent->windowIcon().pixmap(QSize(iconSize, iconSize), parent->devicePixelRatio()));
    const QString commit = commitName().isEmpty() ? QString() : QStringLiteral(" · %1").arg(commitName());
    auto *version = new ToneLabel(tr("Version %1").arg(QStringLiteral(PATCHPANEL_VERSION)) + commit
                                      + QStringLiteral(" · Qt %1").arg(QString::fromLatin1(qVersion())),
                                  Tone::Muted);
    version->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *purpose = new ToneLabel(tr("Runs machine-written patch tasks safely and visibly."), Tone::Text);

    auto *words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(makeTitle());
    words->addWidget(version);
    words->addWidget(purpose);
    auto *top = new QHBoxLayout;
    top->setSpacing(16);
    top->addWidget(icon, 0, Qt::AlignTop);
    top->addLayout(words, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QPushButton *copy = buttons->addButton(tr("Copy Details"), QDialogButtonBox::ActionRole);
    copy->setAutoDefault(false);
    copy->setMinimumWidth(copy->sizeHint().width()); // also for what it says after the click
    connect(copy, &QPushButton::clicked, this, [copy] {
        QGuiApplication::clipboard()->setText(buildDetails());
        copy->setText(tr("Copied"));
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 16);
    layout->setSpacing(16);
    layout->addLayout(top);
    layout->addWidget(makeHeading(tr("Licences")));
    layout->addLayout(makeLicences());
    layout->addSpacing(8);
    layout->addWidget(buttons);
    layout->setSizeConstraint(QLayout::SetFixedSize);
    setMinimumWidth(460);
}

} // namespace PatchPanel::Ui
