#include "app/manual.h"

#include "app/manualtemplate.h"
#include "app/options.h"

#include <QRegularExpression>

namespace PatchPanel::App {

namespace {

// Text for the page: nothing in it is taken for a request, options are bold, and every sentence has a line of its own.
QString prose(QString text)
{
    static const QRegularExpression option(QStringLiteral("(?<![\\w-])(--?[a-z][a-z-]*)"));
    static const QRegularExpression sentenceEnd(QStringLiteral("([.;:]) (?=[A-Z])"));
    static const QRegularExpression requestBegin(QStringLiteral("^([.'])"), QRegularExpression::MultilineOption);
    text.replace(u'\\', QStringLiteral("\\e"));
    text.replace(option, QStringLiteral("\\fB\\1\\fR"));
    text.replace(u'-', QStringLiteral("\\-"));
    text.replace(sentenceEnd, QStringLiteral("\\1\n"));
    text.replace(requestBegin, QStringLiteral("\\&\\1"));
    return text + u'\n';
}

// A short help and what is to be said beyond it, as sentences. One that begins with a value keeps it as it is.
QString sentences(const QString &help, const QString &more, const QStringList &values = {})
{
    static const QRegularExpression notOfAWord(QStringLiteral("[^\\w-]"));
    QString text = help;
    if (!values.contains(text.section(notOfAWord, 0, 0))) {
        text[0] = text[0].toUpper();
    }
    text += text.endsWith(u'.') ? QString() : QStringLiteral(".");
    return prose(more.isEmpty() ? text : text + u' ' + more);
}

QString entry(const QString &bold, const QString &italic, const QString &text)
{
    QString head = QStringLiteral("\\fB%1\\fR").arg(bold);
    head += italic.isEmpty() ? QString() : QStringLiteral(" \\fI%1\\fR").arg(italic);
    return QStringLiteral(".TP\n") + head.replace(u'-', QStringLiteral("\\-")) + u'\n' + text;
}

QString synopsis()
{
    QString text;
    for (const CommandSpec &spec : commandTable()) {
        text += QStringLiteral(".br\n.B patchpanel \\-\\-no\\-gui %1\n").arg(QLatin1String(spec.name));
        text += *spec.arguments ? QStringLiteral(".I %1\n").arg(QLatin1String(spec.arguments)) : QString();
        text += QStringLiteral(".RI [ OPTION ]...\n");
    }
    return text;
}

QString commands()
{
    QString text;
    for (const CommandSpec &spec : commandTable()) {
        text += entry(QLatin1String(spec.name), QLatin1String(spec.arguments),
                      sentences(QLatin1String(spec.help), QLatin1String(spec.more)));
    }
    return text;
}

QString options()
{
    QString text;
    for (const OptionSpec &spec : optionTable()) {
        const QString names = QStringLiteral("--") + spec.name
            + (spec.shortName.isEmpty() ? QString() : QStringLiteral(", -") + spec.shortName);
        text += entry(names, spec.valueName, sentences(spec.help, spec.more, spec.words));
    }
    return text;
}

} // namespace

QByteArray manualPage()
{
    QString page = QString::fromUtf8(manualTemplate);
    page.replace(QStringLiteral("{VERSION}"), QStringLiteral(PATCHPANEL_VERSION));
    page.replace(QStringLiteral("{SYNOPSIS}\n"), synopsis());
    page.replace(QStringLiteral("{COMMANDS}\n"), commands());
    page.replace(QStringLiteral("{OPTIONS}\n"), options());
    return page.toUtf8();
}

} // namespace PatchPanel::App
