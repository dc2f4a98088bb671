#include "tests/rules/includerules.h"

#include <QDir>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

namespace PatchPanel::Rules {

namespace {

// What the files beneath `prefix` may include. The longest prefix that fits a file is its rule.
struct FolderRule {
    QString prefix;
    QStringList project; // prefixes of quoted includes
    QStringList qtModules;
    QStringList libraries = {};
};

const QStringList common{QStringLiteral("services/common/")};
const QStringList commonAndLog = common + QStringList{QStringLiteral("services/log/")};
const QStringList serviceLayers =
    commonAndLog + QStringList{QStringLiteral("services/http/"), QStringLiteral("services/storage/")};
const QStringList shownValues = commonAndLog
    + QStringList{QStringLiteral("services/patch/task.h"),
                  QStringLiteral("services/patch/plan.h"),
                  QStringLiteral("services/patch/runresult.h"),
                  QStringLiteral("services/relay/lookup.h"),
                  QStringLiteral("services/relay/runrequest.h"),
                  QStringLiteral("app/servicehost.h"),
                  QStringLiteral("app/fanout.h"),
                  QStringLiteral("app/fanoutrun.h"),
                  QStringLiteral("app/sharedrunfollower.h"),
                  QStringLiteral("app/workspaceglob.h"),
                  QStringLiteral("services/storage/redisurl.h")};

const QStringList core{QStringLiteral("QtCore")};
const QStringList coreAndNetwork = core + QStringList{QStringLiteral("QtNetwork")};
// QtDBus: the desktop tells its colour scheme over D-Bus (org.freedesktop.portal.Settings).
const QStringList widgets =
    core + QStringList{QStringLiteral("QtDBus"), QStringLiteral("QtGui"), QStringLiteral("QtWidgets")};
const QStringList everyLayer{QStringLiteral("services/"), QStringLiteral("app/")};

QStringList testing(const QStringList &modules)
{
    return modules + QStringList{QStringLiteral("QtTest")};
}

const QList<FolderRule> &folderRules()
{
    static const QList<FolderRule> rules{
        {QStringLiteral("services/common/"), common, core, {QStringLiteral("openssl")}},
        {QStringLiteral("services/log/"), commonAndLog, core},
        {QStringLiteral("services/patch/"),
         commonAndLog + QStringList{QStringLiteral("services/patch/")},
         core,
         {QStringLiteral("pcre2"), QStringLiteral("git2"), QStringLiteral("xxhash"), QStringLiteral("zlib")}},
        {QStringLiteral("services/storage/"),
         common + QStringList{QStringLiteral("services/storage/")},
         core + QStringList{QStringLiteral("QtSql")},
         {QStringLiteral("hiredis")}},
        {QStringLiteral("services/http/"), commonAndLog + QStringList{QStringLiteral("services/http/")},
         coreAndNetwork + QStringList{QStringLiteral("QtHttpServer")}},
        {QStringLiteral("services/registry/"), serviceLayers + QStringList{QStringLiteral("services/registry/")}, core},
        {QStringLiteral("services/runner/"),
         serviceLayers + QStringList{QStringLiteral("services/patch/"), QStringLiteral("services/runner/")}, core},
        {QStringLiteral("services/relay/"), serviceLayers + QStringList{QStringLiteral("services/relay/")}, core},
        {QStringLiteral("ui/"), shownValues + QStringList{QStringLiteral("ui/")}, widgets},
        {QStringLiteral("app/"), everyLayer, coreAndNetwork},
        {QStringLiteral("app/frontend_gui.cpp"), everyLayer + QStringList{QStringLiteral("ui/")}, widgets},
        {QStringLiteral("tests/"), everyLayer + QStringList{QStringLiteral("tests/")}, testing(coreAndNetwork)},
        {QStringLiteral("tests/services/storage/"),
         {QStringLiteral("services/"), QStringLiteral("tests/")},
         testing(coreAndNetwork + QStringList{QStringLiteral("QtSql")}),
         {QStringLiteral("hiredis")}},
        {QStringLiteral("tests/services/patch/"),
         {QStringLiteral("services/"), QStringLiteral("tests/")},
         testing(coreAndNetwork),
         {QStringLiteral("pcre2"), QStringLiteral("git2")}},
        {QStringLiteral("tests/ui/"), everyLayer + QStringList{QStringLiteral("ui/"), QStringLiteral("tests/")},
         testing(widgets + QStringList{QStringLiteral("QtNetwork")})},
    };
    return rules;
}

const FolderRule *ruleFor(const QString &file)
{
    const FolderRule *best = nullptr;
    for (const FolderRule &rule : folderRules()) {
        if (file.startsWith(rule.prefix) && (!best || rule.prefix.size() > best->prefix.size())) {
            best = &rule;
        }
    }
    return best;
}

bool startsWithAny(const QString &text, const QStringList &prefixes)
{
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&text](const QString &prefix) { return text.startsWith(prefix); });
}

// The headers of the C++ and C libraries and of the Linux system interface, which every folder may use.
bool isSystemHeader(const QString &target)
{
    static const QStringList folders{QStringLiteral("sys/"), QStringLiteral("linux/"), QStringLiteral("netinet/"),
                                     QStringLiteral("arpa/"), QStringLiteral("net/")};
    static const QStringList files{
        QStringLiteral("dirent.h"), QStringLiteral("dlfcn.h"),  QStringLiteral("errno.h"),   QStringLiteral("fcntl.h"),
        QStringLiteral("glob.h"),   QStringLiteral("grp.h"),    QStringLiteral("limits.h"),  QStringLiteral("malloc.h"),
        QStringLiteral("netdb.h"),  QStringLiteral("poll.h"),   QStringLiteral("pthread.h"), QStringLiteral("pwd.h"),
        QStringLiteral("sched.h"),  QStringLiteral("signal.h"), QStringLiteral("spawn.h"),   QStringLiteral("stdio.h"),
        QStringLiteral("stdlib.h"), QStringLiteral("string.h"), QStringLiteral("termios.h"), QStringLiteral("time.h"),
        QStringLiteral("unistd.h"),
    };
    const bool standard = !target.contains(QLatin1Char('.')) && !target.contains(QLatin1Char('/'));
    return standard || startsWithAny(target, folders) || files.contains(target);
}

std::optional<QString> quotedViolation(const FolderRule &rule, const Include &include)
{
    const QString mocOfThis = QFileInfo(include.file).completeBaseName() + QStringLiteral(".moc");
    if (include.target == mocOfThis) {
        return std::nullopt;
    }
    if (!include.target.contains(QLatin1Char('/'))) {
        return QStringLiteral("a project header is named from the repository's root");
    }
    if (!startsWithAny(include.target, rule.project)) {
        return QStringLiteral("%1 may use %2").arg(rule.prefix, rule.project.join(QStringLiteral(", ")));
    }
    return std::nullopt;
}

std::optional<QString> angledViolation(const FolderRule &rule, const Include &include)
{
    if (const std::optional<QString> module = qtModuleOf(include.target)) {
        const bool mayBeMissing = *module == QLatin1String("Qt?") && rule.qtModules.contains(QStringLiteral("QtGui"));
        if (mayBeMissing || rule.qtModules.contains(*module)) {
            return std::nullopt;
        }
        return QStringLiteral("%1 belongs to %2; %3 may use %4")
            .arg(include.target, *module, rule.prefix, rule.qtModules.join(QStringLiteral(", ")));
    }
    if (isSystemHeader(include.target) || startsWithAny(include.target, rule.libraries)) {
        return std::nullopt;
    }
    return QStringLiteral("%1 may not use the library of <%2>").arg(rule.prefix, include.target);
}

} // namespace

std::optional<QString> qtModuleOf(const QString &target)
{
    static const QDir headers(QLibraryInfo::path(QLibraryInfo::HeadersPath));
    static const QStringList modules =
        headers.entryList({QStringLiteral("Qt*")}, QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    if (target.startsWith(QLatin1String("Qt")) && target.contains(QLatin1Char('/'))) {
        return target.section(QLatin1Char('/'), 0, 0);
    }
    for (const QString &module : modules) {
        if (QFileInfo::exists(headers.filePath(module + QLatin1Char('/') + target))) {
            return module;
        }
    }
    static const QRegularExpression qtName(QStringLiteral("^(Q[A-Z]\\w*|q[a-z0-9_]+\\.h)$"));
    return qtName.match(target).hasMatch() ? std::optional(QStringLiteral("Qt?")) : std::nullopt;
}

QList<Include> includesOf(const QString &file, const QString &text)
{
    // A comment or a literal is consumed as a whole, so that an #include in it is not seen as one.
    static const QRegularExpression token(
        QStringLiteral(
            R"re(//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]|"(?:\\.|[^"\\\n])*")re"),
        QRegularExpression::DotMatchesEverythingOption | QRegularExpression::MultilineOption);
    QList<Include> includes;
    for (auto matches = token.globalMatch(text); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        if (match.captured(3).isEmpty()) {
            continue;
        }
        const int line = 1 + static_cast<int>(QStringView(text).left(match.capturedStart(3)).count(QLatin1Char('\n')));
        includes.append(Include{file, line, match.captured(3), match.captured(2) == QLatin1String("\"")});
    }
    return includes;
}

std::optional<QString> violation(const Include &include)
{
    const FolderRule *rule = ruleFor(include.file);
    if (!rule) {
        return QStringLiteral("no rule says what this folder may use");
    }
    return include.quoted ? quotedViolation(*rule, include) : angledViolation(*rule, include);
}

} // namespace PatchPanel::Rules
