#include "services/patch/childenvironment.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unistd.h>

namespace PatchPanel::Patch {

namespace {

constexpr std::array<std::string_view, 10> everyChild{"PATH", "HOME", "LANG",    "LANGUAGE", "TERM",
                                                      "TZ",   "USER", "LOGNAME", "SHELL",    "TMPDIR"};
constexpr std::array<std::string_view, 2> everyChildPrefixes{"LC_", "XDG_"};
constexpr std::array<std::string_view, 4> gitOnly{"SSH_AUTH_SOCK", "GNUPGHOME", "GPG_TTY", "GPG_AGENT_INFO"};

bool isAllowed(ChildRole role, std::string_view name)
{
    const auto isName = [name](std::string_view allowed) {
        return name == allowed;
    };
    return std::any_of(everyChild.begin(), everyChild.end(), isName)
        || std::any_of(everyChildPrefixes.begin(), everyChildPrefixes.end(),
                       [name](std::string_view prefix) { return name.starts_with(prefix); })
        || (role == ChildRole::Git && std::any_of(gitOnly.begin(), gitOnly.end(), isName));
}

} // namespace

QMap<QByteArray, QByteArray> variablesOf(const QList<QByteArray> &entries)
{
    QMap<QByteArray, QByteArray> variables;
    for (const QByteArray &entry : entries) {
        if (const qsizetype equals = entry.indexOf('='); equals > 0) {
            variables[entry.first(equals)] = entry.sliced(equals + 1);
        }
    }
    return variables;
}

QList<QByteArray> environmentEntries()
{
    QList<QByteArray> entries;
    for (char **entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        entries.append(QByteArray(*entry));
    }
    return entries;
}

QMap<QByteArray, QByteArray> ownEnvironment()
{
    return variablesOf(environmentEntries());
}

QList<QByteArray> childEnvironment(ChildRole role, const QList<std::pair<QString, QString>> &own)
{
    QMap<QByteArray, QByteArray> variables = ownEnvironment();
    variables.removeIf([role](const auto &variable) {
        return !isAllowed(role, std::string_view(variable.key().constData(), size_t(variable.key().size())));
    });
    for (const auto &[name, value] : own) {
        variables[name.toUtf8()] = value.toUtf8();
    }
    QList<QByteArray> result;
    for (auto it = variables.cbegin(); it != variables.cend(); ++it) {
        result.append(it.key() + '=' + it.value());
    }
    return result;
}

} // namespace PatchPanel::Patch
