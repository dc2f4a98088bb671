#include "app/completion.h"

#include "app/options.h"

#include <algorithm>

namespace PatchPanel::App {

namespace {

QString commandNames()
{
    QStringList names;
    for (const CommandSpec &spec : commandTable()) {
        names.append(QLatin1String(spec.name));
    }
    return names.join(u' ');
}

bool takesFolder(const OptionSpec &spec)
{
    return spec.valueName == QLatin1String("DIR");
}

bool takesFile(const OptionSpec &spec)
{
    return spec.valueName.contains(QLatin1String("FILE"));
}

// In single quotes, for any of the shells.
QString quoted(QString text)
{
    return u'\'' + text.replace(QLatin1String("'"), QLatin1String("'\\''")) + u'\'';
}

// The options that a command takes: of any command those that all take.
QString optionsOf(Command command)
{
    QStringList names;
    for (const OptionSpec &spec : optionTable()) {
        if (spec.commands.isEmpty() || spec.commands.contains(command)) {
            names.append(QStringLiteral("--") + spec.name);
        }
    }
    return names.join(u' ');
}

QString bashValues()
{
    QString cases;
    for (const OptionSpec &spec : optionTable()) {
        const QString name = QStringLiteral("--") + spec.name
            + (spec.shortName.isEmpty() ? QString() : QStringLiteral("|-") + spec.shortName);
        if (!spec.words.isEmpty()) {
            cases += QStringLiteral("    %1) COMPREPLY=($(compgen -W '%2' -- \"$current\")); return ;;\n")
                         .arg(name, spec.words.join(u' '));
        } else if (takesFolder(spec)) {
            cases += QStringLiteral("    %1) COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n").arg(name);
        } else if (takesFile(spec)) {
            cases += QStringLiteral("    %1) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n").arg(name);
        } else if (!spec.valueName.isEmpty()) {
            cases += QStringLiteral("    %1) return ;;\n").arg(name);
        }
    }
    return cases;
}

QByteArray bash()
{
    QString options;
    for (const CommandSpec &spec : commandTable()) {
        options += QStringLiteral("    %1) options='%2' ;;\n").arg(QLatin1String(spec.name), optionsOf(spec.command));
    }
    return QStringLiteral(R"sh(# bash completion for patchpanel: eval "$(patchpanel completion bash)"
_patchpanel() {
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command='' word options
    compopt -o filenames 2>/dev/null
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}";
    do
        case " %1 " in *" $word "*) command="$word"; break ;; esac
    done
    case "$previous" in
%2    esac
    case "$command" in
%3    *) options='%4' ;;
    esac
    if [[ "$current" == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    elif [[ "$command" == completion ]]; then
        COMPREPLY=($(compgen -W '%5' -- "$current"))
    elif [[ -z "$command" ]]; then
        COMPREPLY=($(compgen -W '%1' -- "$current") $(compgen -f -- "$current"))
    else
        COMPREPLY=($(compgen -f -- "$current"))
    fi
}
complete -F _patchpanel patchpanel
)sh")
        .arg(commandNames(), bashValues(), options, optionsOf(Command::Window), completionShells().join(u' '))
        .toUtf8();
}

// What stands in brackets in an _arguments specification: no bracket, no colon of its own.
QString zshText(QString text)
{
    return text.replace(QLatin1String("["), QLatin1String("\\[")).replace(QLatin1String("]"), QLatin1String("\\]"));
}

QString zshOption(const OptionSpec &spec)
{
    QString value;
    if (!spec.words.isEmpty()) {
        value = QStringLiteral(":%1:(%2)").arg(spec.valueName, spec.words.join(u' '));
    } else if (takesFolder(spec)) {
        value = QStringLiteral(":%1:_files -/").arg(spec.valueName);
    } else if (takesFile(spec)) {
        value = QStringLiteral(":%1:_files").arg(spec.valueName);
    } else if (!spec.valueName.isEmpty()) {
        value = QStringLiteral(":%1: ").arg(spec.valueName);
    }
    return QStringLiteral("        %1 \\\n")
        .arg(quoted(QStringLiteral("--%1[%2]%3").arg(spec.name, zshText(spec.help), value)));
}

QByteArray zsh()
{
    QString commands;
    for (const CommandSpec &spec : commandTable()) {
        commands +=
            QStringLiteral("        %1\n").arg(quoted(QLatin1String(spec.name) + u':' + QLatin1String(spec.help)));
    }
    QString options;
    for (const OptionSpec &spec : optionTable()) {
        options += zshOption(spec);
    }
    return QStringLiteral(R"sh(#compdef patchpanel
# zsh completion for patchpanel: save it as _patchpanel in a folder of $fpath
_patchpanel_word() {
    local -a commands=(
%1    )
    case "${words[(r)completion]}" in
    completion) _values shell %3 ;;
    *) _alternative 'commands:command:{_describe command commands}' 'files:task:_files' ;;
    esac
}
_patchpanel() {
    _arguments -s \
%2        '*::argument:_patchpanel_word'
}
if [[ "$funcstack[1]" == _patchpanel ]]; then _patchpanel "$@"; else compdef _patchpanel patchpanel; fi
)sh")
        .arg(commands, options, completionShells().join(u' '))
        .toUtf8();
}

QString fishOption(const OptionSpec &spec)
{
    QString line = QStringLiteral("complete -c patchpanel -l %1").arg(spec.name);
    line += spec.shortName.isEmpty() ? QString() : QStringLiteral(" -s %1").arg(spec.shortName);
    QStringList commands;
    for (const CommandSpec &command : commandTable()) {
        if (spec.commands.contains(command.command)) {
            commands.append(QLatin1String(command.name));
        }
    }
    if (!commands.isEmpty() && !spec.commands.contains(Command::Window)) {
        line += QStringLiteral(" -n '__fish_seen_subcommand_from %1'").arg(commands.join(u' '));
    }
    if (!spec.words.isEmpty()) {
        line += QStringLiteral(" -x -a %1").arg(quoted(spec.words.join(u' ')));
    } else if (takesFolder(spec)) {
        line += QStringLiteral(" -x -a '(__fish_complete_directories)'");
    } else if (!spec.valueName.isEmpty()) {
        line += takesFile(spec) ? QStringLiteral(" -r") : QStringLiteral(" -x");
    }
    return line + QStringLiteral(" -d %1\n").arg(quoted(spec.help));
}

QByteArray fish()
{
    QString text = QStringLiteral("# fish completion for patchpanel: patchpanel completion fish | source\n");
    for (const CommandSpec &spec : commandTable()) {
        text += QStringLiteral("complete -c patchpanel -n __fish_use_subcommand -a %1 -d %2\n")
                    .arg(QLatin1String(spec.name), quoted(QLatin1String(spec.help)));
    }
    text += QStringLiteral("complete -c patchpanel -n '__fish_seen_subcommand_from completion' -x -a '%1'\n")
                .arg(completionShells().join(u' '));
    for (const OptionSpec &spec : optionTable()) {
        text += fishOption(spec);
    }
    return text.toUtf8();
}

} // namespace

QStringList completionShells()
{
    return {QStringLiteral("bash"), QStringLiteral("zsh"), QStringLiteral("fish")};
}

QByteArray completionFor(const QString &shell)
{
    return shell == QLatin1String("bash") ? bash() : shell == QLatin1String("zsh") ? zsh() : fish();
}

} // namespace PatchPanel::App
