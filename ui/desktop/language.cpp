#include "ui/desktop/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace PatchPanel::Ui {

namespace {

const QString ownerName = QStringLiteral("translations");

QString known(const QString &wanted)
{
    const QStringList asked = wanted.isEmpty() ? QLocale::system().uiLanguages() : QStringList{wanted};
    for (const QString &language : asked) {
        const QString code = language.section(u'-', 0, 0).section(u'_', 0, 0);
        if (languages().contains(code)) {
            return code;
        }
    }
    return languages().first();
}

void install(QObject *owner, const QString &file, const QString &folder)
{
    auto *translator = new QTranslator(owner);
    if (translator->load(file, folder)) {
        QCoreApplication::installTranslator(translator);
    } else {
        delete translator; // Qt's own texts then stay English
    }
}

} // namespace

QStringList languages()
{
    return {QStringLiteral("en"), QStringLiteral("de")};
}

QString nativeName(const QString &language)
{
    return language == QLatin1String("en") ? QStringLiteral("English") : QLocale(language).nativeLanguageName();
}

QString setLanguage(const QString &wanted)
{
    auto *application = QCoreApplication::instance();
    delete application->findChild<QObject *>(ownerName, Qt::FindDirectChildrenOnly); // with what it installed
    auto *owner = new QObject(application);
    owner->setObjectName(ownerName);
    const QString language = known(wanted);
    const QLocale system = QLocale::system();
    // The system's own way to write numbers where it speaks that language too.
    QLocale::setDefault(QLocale(language).language() == system.language() ? system : QLocale(language));
    install(owner, QStringLiteral("qtbase_") + language, QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    install(owner, QStringLiteral("patchpanel_") + language, QStringLiteral(":/i18n"));
    return language;
}

} // namespace PatchPanel::Ui
