#include "ui/panels/banner.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace PatchPanel;
using Ui::Banner;

namespace {

Banner::Message message(const QString &text)
{
    return {Ui::Shape::Cross,
            Ui::Tone::Error,
            text,
            {{QStringLiteral("Copy restore commands"), QStringLiteral("restore")},
             {QStringLiteral("Show in history"), QStringLiteral("history")}}};
}

const QLabel *labelOf(const Banner &banner, Qt::TextFormat format)
{
    const QList<QLabel *> labels = banner.findChildren<QLabel *>();
    return *std::find_if(labels.begin(), labels.end(),
                         [format](const QLabel *label) { return label->textFormat() == format; });
}

} // namespace

class TestBanner : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isHiddenWithoutAText();
    void linksStandBelowALongText();
};

void TestBanner::isHiddenWithoutAText()
{
    Banner banner;
    banner.setMessage(message(QStringLiteral("Failed")));
    QVERIFY(!banner.isHidden());
    banner.setMessage({});
    QVERIFY(banner.isHidden());
}

void TestBanner::linksStandBelowALongText()
{
    Banner banner;
    banner.resize(900, 30);
    banner.setMessage(message(QStringLiteral("Failed")));
    const QLabel *text = labelOf(banner, Qt::PlainText);
    const QLabel *links = labelOf(banner, Qt::RichText);
    QTRY_VERIFY(text->isVisible() && links->x() > text->x() && links->y() < text->geometry().bottom());
    const QString sentence = QStringLiteral("A file was changed by something else after the run wrote it. ");
    banner.setMessage(message(sentence.repeated(12)));
    banner.resize(900, banner.heightForWidth(900));
    QTRY_VERIFY(links->y() >= text->geometry().bottom());
    QCOMPARE(links->x(), text->x());
    banner.resize(9000, banner.heightForWidth(9000));
    QTRY_VERIFY(links->y() < text->geometry().bottom() && links->x() > text->x());
}

QTEST_MAIN(TestBanner)
#include "tst_banner.moc"
